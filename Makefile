# The commands of this project; each is one line of help and nothing clever (docs: README.md).
SHELL := /bin/bash
PYTHON := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help install demo test check soak bench golden

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: ## Make .venv with the package, its test tools and the licence's font
	@bash dev/install.sh base

demo: install ## Create or re-open a demonstration in var/demo and serve it on http://localhost:8420
	@$(PYTHON) -m zhizhao demo

test: ## Install what the tests need and run every test
	@bash dev/install.sh test
	@bash dev/test.sh

check: install ## Format, lint, types, floors, templates, translations; no tests
	@bash dev/check.sh

soak: ## The long forms of the fault, race and fuzz tests
	@bash dev/install.sh test
	@ZHIZHAO_SOAK=1 bash dev/test.sh

bench: install ## Measure the hot paths (PERFORMANCE: ratios of one run)
	@$(PYTHON) -m zhizhao bench

golden: ## Rewrite the golden pictures of the sheets; review the difference
	@bash dev/install.sh test
	@ZHIZHAO_GOLDEN=1 $(PYTHON) -m pytest tests/golden
