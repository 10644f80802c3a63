"""OpenAPI 3.1 of one door: the application's own description, cut to the door's addresses and what they use."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Litestar


def door_schema(app: Litestar, *, prefixes: Sequence[str], title: str, description: str) -> dict[str, Any]:
    """Return the OpenAPI document of the routes under the prefixes; components that nothing uses are left out."""
    whole = json.loads(json.dumps(app.openapi_schema.to_schema(), default=str))
    paths = {path: item for path, item in whole.get("paths", {}).items() if path.startswith(tuple(prefixes))}
    components = whole.get("components", {})
    return {
        "openapi": whole["openapi"],
        "info": {"title": title, "version": whole["info"]["version"], "description": description},
        "servers": whole.get("servers", []),
        "paths": paths,
        "components": {
            "schemas": _used(paths, components.get("schemas", {})),
            "securitySchemes": components.get("securitySchemes", {}),
        },
    }


def _used(paths: Mapping[str, Any], schemas: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schemas that the paths refer to, directly or through others."""
    found: dict[str, Any] = {}
    waiting = _names(paths)
    while waiting:
        name = waiting.pop()
        if name not in found and name in schemas:
            found[name] = schemas[name]
            waiting |= _names(schemas[name])
    return dict(sorted(found.items()))


def _names(part: object) -> set[str]:
    """Return the names of the schemas that a part of a document refers to."""
    if isinstance(part, Mapping):
        own = {str(part["$ref"]).rsplit("/", 1)[-1]} if isinstance(part.get("$ref"), str) else set()
        return own.union(*(_names(value) for value in part.values()))
    if isinstance(part, list):
        return set().union(*(_names(value) for value in part))
    return set()
