"""Import every slice's tables, so that `metadata` is whole; migrations are compared with it."""

import importlib
import pkgutil

import zhizhao
from zhizhao.storage.schema import metadata


def load_all() -> None:
    """Import each slice's `store` room and the storage's own tables, found by name, never listed by hand."""
    importlib.import_module("zhizhao.storage.outbox")
    for slice_ in pkgutil.iter_modules(zhizhao.__path__):
        if slice_.ispkg and any(room.name == "store" for room in pkgutil.iter_modules([f"{zhizhao.__path__[0]}/{slice_.name}"])):
            importlib.import_module(f"zhizhao.{slice_.name}.store")


__all__ = ["load_all", "metadata"]
