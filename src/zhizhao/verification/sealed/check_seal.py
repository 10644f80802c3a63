"""Check the seals of a PDF: four questions for all its signatures together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from zhizhao.trust.errors import CertificateRefused
from zhizhao.trust.x509.chain import check_chain, read_leaf
from zhizhao.verification.anchors import TrustAnchors
from zhizhao.verification.errors import Fault
from zhizhao.verification.finding import Answer, Judgement, no, unknown, yes
from zhizhao.verification.sealed.cms import Signed, read_signed, require_digest, require_signature
from zhizhao.verification.sealed.container import Container, find_containers
from zhizhao.verification.sealed.inside import Inside, read_inside


@dataclass(frozen=True, slots=True, kw_only=True)
class Seals:
    """Three answers about a PDF, and its inside where all three are yes."""

    intact: Judgement
    valid: Judgement
    trusted: Judgement
    inside: Inside | None = None


def check_seals(data: bytes, *, trust: TrustAnchors, now: datetime) -> Seals:
    """Return what the signatures of a PDF prove.

    In order: (1) places, from the bytes; (2) each signature value in its one form, its signature computes;
    (3) each digest is that of the bytes it covers; (4) each signer is trusted; (5) only now the document is parsed.
    Where (2) fails nobody knows which bytes were signed; where (3) fails the signature is one over other bytes.
    """
    try:
        containers = find_containers(data)  # (1)
    except Fault as fault:
        return _seals(no(fault.because, **fault.facts), unknown("not-whole"), unknown("nothing-valid"))
    try:
        signed = [_read(container) for container in containers]  # (2)
    except Fault as fault:
        return _seals(unknown("nothing-valid"), no(fault.because, **fault.facts), unknown("nothing-valid"))
    if changed := _changed(data, containers, signed):  # (3)
        return _seals(changed, no("over-other-bytes"), unknown("nothing-valid"))
    valid = yes("signature-computes", algorithm="ES256", signers=[one.subject for one in signed])
    refusals = [_refusal(one, trust=trust, now=now) for one in signed]  # (4)
    trusted = _trusted(signed, refusals, trust=trust)
    if trusted.answer is not Answer.YES:
        return _seals(_untrusted_bytes(data, refusals), valid, trusted)
    try:
        inside = read_inside(data, containers)  # (5)
    except Fault as fault:
        return _seals(no(fault.because, **fault.facts), no("over-other-bytes"), trusted)
    return Seals(intact=_whole(data, len(signed)), valid=valid, trusted=trusted, inside=inside)


def _whole(data: bytes, signatures: int) -> Judgement:
    return yes("covers-whole-file", bytes=len(data), signatures=signatures)


def _untrusted_bytes(data: bytes, refusals: Sequence[Fault | None]) -> Judgement:
    """Judge the bytes of a file with a signer nobody knows, which is therefore not parsed.

    What a stranger's signature adds to a trusted seal is no part of what was sealed; several strangers may have
    changed anything between one signature and the next.
    """
    if None in refusals:
        return no("extended-by-stranger", signature=next(n for n, one in enumerate(refusals, start=1) if one))
    return _whole(data, 1) if len(refusals) == 1 else unknown("several-strangers", signatures=len(refusals))


def _seals(intact: Judgement, valid: Judgement, trusted: Judgement) -> Seals:
    return Seals(intact=intact, valid=valid, trusted=trusted)


def _read(container: Container) -> Signed:
    signed = read_signed(container.der)
    require_signature(signed)
    return signed


def _changed(data: bytes, containers: Sequence[Container], signed: Sequence[Signed]) -> Judgement | None:
    for number, (container, one) in enumerate(zip(containers, signed, strict=True), start=1):
        try:
            require_digest(one, container.covered(data))
        except Fault as fault:
            return no(fault.because, signature=number, signer=one.subject)
    return None


def _refusal(signed: Signed, *, trust: TrustAnchors, now: datetime) -> Fault | None:
    try:
        _require_trusted(signed, trust=trust, now=now)
    except Fault as fault:
        return fault
    return None


def _trusted(signed: Sequence[Signed], refusals: Sequence[Fault | None], *, trust: TrustAnchors) -> Judgement:
    """Judge every signer; one that is not trusted decides."""
    for number, (one, fault) in enumerate(zip(signed, refusals, strict=True), start=1):
        if fault is not None:
            return no(fault.because, signature=number, signer=one.subject, anchors=trust.source, **fault.facts)
    return yes("reaches-root", signers=[one.subject for one in signed], anchors=trust.source)


def _require_trusted(signed: Signed, *, trust: TrustAnchors, now: datetime) -> None:
    if trust.seal_keys is not None and _key_of(signed) not in trust.seal_keys:
        raise Fault(because="signer-unknown")
    reasons: list[object] = []
    for root in trust.roots:
        try:
            check_chain([*signed.certificates, root], now=now)
        except CertificateRefused as cause:
            reasons.append(cause.facts.get("reason"))
        else:
            return
    raise Fault(because="no-root", reasons=reasons)


def _key_of(signed: Signed) -> bytes:
    try:
        return read_leaf(signed.certificates[0]).spki
    except CertificateRefused as cause:
        raise Fault(because="signer-unknown", reason=cause.facts.get("reason")) from cause
