"""The operators' guide says what the code does."""

import re
from pathlib import Path

import click

from zhizhao.cli.keys import keys
from zhizhao.trust.keys import SUITES, Purpose
from zhizhao.trust.ring.rotation import POLICIES

GUIDE = Path("docs/guides/operator/keys.md").read_text("utf-8")
COMMAND = re.compile(r"^zhizhao (?:--config \S+ )?keys ([a-z]+)(.*)$", re.MULTILINE)


def test_every_purpose_is_told() -> None:
    """Name, algorithm and how long an old key is kept."""
    for purpose in Purpose:
        row = next(line for line in GUIDE.splitlines() if line.startswith(f"| `{purpose}` |"))
        suite = {"A256GCM": "AES-256-GCM"}.get(SUITES[purpose].value, SUITES[purpose].value)
        assert suite in row
        policy = POLICIES[purpose]
        kept = f"{policy.keep.days} 天" if policy.keep else "一直能"
        assert ("不能更换" if policy.rotation_refused else kept) in row


def test_every_command_exists() -> None:
    """Each line an operator may copy names a command and options that there are."""
    lines = COMMAND.findall(GUIDE)
    assert {name for name, _ in lines} == set(keys.commands)
    for name, rest in lines:
        options = {option for parameter in keys.commands[name].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", rest.split("#")[0])) <= options


def test_every_command_says_what_it_does() -> None:
    """`--help` has a sentence for each."""
    assert all(command.help for command in keys.commands.values())
    assert isinstance(keys, click.Group)
