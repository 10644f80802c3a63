"""Import every slice's tables, so that `metadata` is whole; migrations are compared with it."""

import importlib
from pathlib import Path

import zhizhao
from zhizhao.storage.schema import metadata


def load_all() -> None:
    """Import the storage's own tables and every `store` room of every slice, found by name, never listed by hand."""
    importlib.import_module("zhizhao.storage.outbox")
    importlib.import_module("zhizhao.storage.maintenance")
    for place in sorted(Path(zhizhao.__path__[0]).rglob("store.py")):
        room = place.relative_to(zhizhao.__path__[0]).with_suffix("")
        importlib.import_module(".".join(["zhizhao", *room.parts]))


__all__ = ["load_all", "metadata"]
