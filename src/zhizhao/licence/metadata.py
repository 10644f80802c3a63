"""What verifiers fetch from us: the issuer's keys and the type of the credential. Pure builders of JSON objects."""

from typing import Any, Final

from zhizhao.licence.names import IssuerNames
from zhizhao.registry.template import field_labels
from zhizhao.trust.jws import jwk_set
from zhizhao.trust.keys import KeyProvider, Purpose

FRAME_LABELS: Final = {
    "identifier": ("证照标识", "Licence identifier (GB/T 36904)"),
    "version": ("版本", "Version of the licence"),
    "uscc": ("统一社会信用代码", "Unified social credit code (GB 32100)"),
    "kind": ("主体类型代码", "Code of the kind of entity"),
    "template": ("照面模板", "Letter of the face's template"),
    "registrar": ("登记机关", "Registrar"),
    "issued_on": ("登记日期", "Day of the registration, ISO 8601"),
}


def issuer_metadata(keys: KeyProvider, *, names: IssuerNames) -> dict[str, Any]:
    """Return `/.well-known/jwt-vc-issuer` (SD-JWT VC draft §5): every live key of credentials and status lists."""
    return {"issuer": names.base_url, "jwks": jwk_set(keys, (Purpose.ISSUER, Purpose.STATUS_LIST))}


def type_metadata(names: IssuerNames) -> dict[str, Any]:
    """Return the type metadata served at the `vct` address (SD-JWT VC draft §6): name and claims in both languages."""
    labels = {**field_labels(), **{name: zh for name, (zh, _) in FRAME_LABELS.items()}}
    return {
        "vct": names.vct,
        "name": "Electronic business licence",
        "description": "电子营业执照; an installation's own credential, not the national one.",
        "display": [
            {"locale": "zh-CN", "name": "电子营业执照"},
            {"locale": "en", "name": "Electronic business licence"},
        ],
        "claims": [_claim(name, zh) for name, zh in labels.items()],
    }


def _claim(name: str, label: str) -> dict[str, Any]:
    display = [{"locale": "zh-CN", "label": label}]
    if name in FRAME_LABELS:
        display.append({"locale": "en", "label": FRAME_LABELS[name][1]})
    return {"path": [name], "display": display, "sd": "always"}
