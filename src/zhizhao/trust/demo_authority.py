"""The demonstration's certificate authority: two roots, P-256 and SM2, whose certificates prove nothing (演示).

It stands in for an electronic certification service (电子签名法 art. 16-20) so that sheets and credentials can be
signed out of the box. It says so in every name, warns when it is opened, and refuses to be opened outside demo mode.
"""

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec

from zhizhao.kernel.clock import Clock
from zhizhao.trust.certificates import Certificates, der_signature, keep_first
from zhizhao.trust.errors import DemoOnly
from zhizhao.trust.es256 import P256Private, load_p256_private, new_p256
from zhizhao.trust.keys import SUITES, KeyProvider, Purpose, Suite
from zhizhao.trust.sm2 import Sm2Private, load_sm2_private, new_sm2
from zhizhao.trust.x509.build import Draft, Signer, Subject, build_certificate

FILE: Final = "demo-authority.json"
ORGANIZATION: Final = "示例平台（演示，无法律效力）"
ROOT_LIFE: Final = timedelta(days=3653)
LEAF_LIFE: Final = timedelta(days=1096)
BACKDATED: Final = timedelta(days=1)
"""A reader whose clock is a little behind must not find our certificates not yet valid."""
NAMES: Final = MappingProxyType(
    {Purpose.DOCUMENT_SEAL: "电子营业执照文档签章（演示）", Purpose.ISSUER_SM2: "电子营业执照签发 SM2（演示）"}
)
_ROOT_NAMES: Final = MappingProxyType({Suite.ES256: "演示根证书 P-256", Suite.SM2: "演示根证书 SM2"})
_LOG: Final = logging.getLogger(__name__)

Random = Callable[[int], bytes]


class _Root(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One root as its file keeps it; the key is wrapped by the provider."""

    suite: Suite
    certificate: bytes
    wrapped: bytes
    wrapped_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Issuer:
    """A root ready to sign."""

    certificate: bytes
    spki: bytes
    subject: Subject
    sign: Signer


class DemoAuthority:
    """Issues certificates for our own keys, in demo mode only."""

    def __init__(
        self, folder: Path, keys: KeyProvider, *, clock: Clock, demo: bool, random: Random = os.urandom
    ) -> None:
        if not demo:
            raise DemoOnly(stand_in="DemoAuthority")
        _LOG.warning("DemoAuthority is in use: its certificates prove nothing outside this demonstration")
        self._path = folder / FILE
        self._keys = keys
        self._clock = clock
        self._random = random
        self._certificates = Certificates(folder, keys)

    def ensure(self) -> Certificates:
        """Issue what the current and announced keys want and do not have; return all certificates."""
        missing = self._certificates.missing()
        if not missing:
            return self._certificates
        roots = self._roots()
        for purpose, kid in missing:
            chain = self._issue(purpose, kid, issuer=self._issuer(roots[SUITES[purpose]]))
            self._certificates.install(purpose, chain, now=self._clock.now())
        return self._certificates

    def _issue(self, purpose: Purpose, kid: str, *, issuer: _Issuer) -> list[bytes]:
        now = self._clock.now()
        draft = Draft(
            subject=Subject(common_name=NAMES[purpose], organization=ORGANIZATION),
            issuer=issuer.subject,
            spki=self._keys.public(kid).spki(),
            issuer_spki=issuer.spki,
            not_before=now - BACKDATED,
            not_after=now + LEAF_LIFE,
            serial=self._random(16),
        )
        return [build_certificate(draft, suite=SUITES[purpose], sign=issuer.sign), issuer.certificate]

    def _roots(self) -> dict[Suite, _Root]:
        """Return the kept roots, made at first use."""
        if not self._path.exists():
            made = [self._new_root(suite, now=self._clock.now()) for suite in _ROOT_NAMES]
            keep_first(self._path, msgspec.json.encode(made))
        roots = msgspec.json.decode(self._path.read_bytes(), type=list[_Root])
        return {root.suite: root for root in roots}

    def _new_root(self, suite: Suite, *, now: datetime) -> _Root:
        key = new_p256() if suite is Suite.ES256 else new_sm2()
        subject = Subject(common_name=_ROOT_NAMES[suite], organization=ORGANIZATION)
        draft = Draft(
            subject=subject,
            issuer=subject,
            spki=key.public.spki(),
            issuer_spki=key.public.spki(),
            not_before=now - BACKDATED,
            not_after=now + ROOT_LIFE,
            serial=self._random(16),
            is_authority=True,
        )
        kid = self._keys.current(Purpose.DATA)
        return _Root(
            suite=suite,
            certificate=build_certificate(draft, suite=suite, sign=_signer(key)),
            wrapped=self._keys.wrap(kid, Purpose.DATA, key.pkcs8()),
            wrapped_by=kid,
        )

    def _issuer(self, root: _Root) -> _Issuer:
        raw = self._keys.unwrap(root.wrapped_by, Purpose.DATA, root.wrapped)
        key = load_p256_private(raw) if root.suite is Suite.ES256 else load_sm2_private(raw)
        return _Issuer(
            certificate=root.certificate,
            spki=key.public.spki(),
            subject=Subject(common_name=_ROOT_NAMES[root.suite], organization=ORGANIZATION),
            sign=_signer(key),
        )


def _signer(key: P256Private | Sm2Private) -> Signer:
    if isinstance(key, Sm2Private):
        return key.sign
    return lambda message: der_signature(key.sign(message))
