"""An opened installation for tests, planted through the real verbs: entities, licences, phones, clients."""

import hashlib
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from zhizhao.app.parts import Parts, build_parts
from zhizhao.catalogue.matter import Domain, Function, Matter
from zhizhao.catalogue.store import Revision
from zhizhao.kernel.actor import SYSTEM
from zhizhao.kernel.clock import SystemClock
from zhizhao.kernel.idcard import guess_document, id_check_character
from zhizhao.kernel.text import mask_name
from zhizhao.kernel.uscc import check_character, organisation_check_character
from zhizhao.ledger.entry import Act
from zhizhao.mandate.grant import Role
from zhizhao.onboarding.add_client import NewClient, add_client
from zhizhao.presentation.show import Showing
from zhizhao.presentation.ticket import Ticket
from zhizhao.registry.draft import EntityDraft
from zhizhao.registry.entity import EntityStatus
from zhizhao.registry.record import record
from zhizhao.settings import Settings
from zhizhao.trust.base64url import b64url
from zhizhao.trust.file_provider import FileKeys
from zhizhao.trust.key_file import KdfCost
from zhizhao.wallet.device import Device
from zhizhao.wallet.download import download
from zhizhao.wallet.enrol import Application, enrol
from zhizhao.wallet.entitle import entitle
from zhizhao.wallet.holding import DECLARATION_VERSION
from zhizhao.wallet.person import Person
from zhizhao.wallet.proving.make_slip import Applicant, make_slip
from zhizhao.wallet.proving.proof import SlipClaim
from zhizhao.wallet.proving.prove import prove

PASSPHRASE = b"only for tests"
MATTER = "EG-SCJG-SPXK"
END = "EG-SCJG-ZXDJ"
FIELDS = (
    "name",
    "uscc",
    "entity_type",
    "legal_representative",
    "registered_capital",
    "established_on",
    "domicile",
    "scope",
)


def uscc_of(number: int, prefix: str = "91") -> str:
    """Return a made-up code with both checks good."""
    body = f"MAT{number:05d}"
    code = f"{prefix}370811{body}{organisation_check_character(body)}"
    return code + check_character(code)


def id_of(number: int) -> str:
    """Return a made-up ID number of a place that does not exist."""
    body = f"37990019{number % 80 + 10:02d}0{number % 9 + 1}1{number % 9 + 1}{number % 1000:03d}"[:17]
    return body + id_check_character(body)


@dataclass(frozen=True, slots=True)
class Phone:
    """A person's phone with one downloaded licence."""

    person: Person
    device: Device
    uscc: str


class TestHouse:
    """Parts with short ways to plant what a test needs."""

    __test__ = False

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    async def matters(self) -> None:
        """Plant two matters: one ordinary, one that also accepts revoked entities."""
        rows = [
            _matter(MATTER, "食品经营许可", statuses={EntityStatus.ACTIVE}),
            _matter(END, "注销登记", statuses={EntityStatus.ACTIVE, EntityStatus.REVOKED}),
        ]
        async with self.parts.database.write() as connection:
            revisions = [
                Revision(matter=m, revision=1, effective_from=date(2020, 1, 1), effective_until=None) for m in rows
            ]
            await self.parts.catalogue.add(connection, revisions)

    async def entity(self, number: int, **changes: object) -> str:
        """Record an entity; its licence is issued in the same transaction."""
        parts = self.parts
        async with parts.database.write() as connection:
            await record(
                connection,
                [_draft(number, **changes)],
                store=parts.registry,
                sealer=parts.sealer,
                outbox=parts.outbox,
                ledger=parts.ledger,
                clock=parts.clock,
                actor=SYSTEM,
            )
        return uscc_of(number)

    async def phone(self, number: int, usccs: Iterable[str]) -> list[Phone]:
        """Prove the principal of an entity, register a phone, download the licences."""
        parts = self.parts
        slip = await self._slip(number)
        key = ec.generate_private_key(ec.SECP256R1())
        jwk = public_jwk(key)
        thumbprint = thumbprint_of(jwk)
        proof = await prove(
            parts.database.write,
            SlipClaim(code=slip, document_number=id_of(number)),
            thumbprint=thumbprint,
            seconds=parts.settings.real_name_seconds,
            provider=None,
            store=parts.wallets,
            sealer=parts.sealer,
            keys=parts.keys,
            ledger=parts.ledger,
            clock=parts.clock,
        )
        enrolled = await enrol(
            parts.database.write,
            Application(proof_id=proof.proof_id, pin="274916", label="测试手机", thumbprint=thumbprint, public_jwk=jwk),
            cap=1,
            store=parts.wallets,
            keys=parts.keys,
            ledger=parts.ledger,
            outbox=parts.outbox,
            clock=parts.clock,
        )
        return [await self._download(enrolled.device, uscc) for uscc in usccs]

    async def _slip(self, number: int) -> str:
        parts = self.parts
        async with parts.database.write() as connection:
            slip = await make_slip(
                connection,
                Applicant(name=name_of(number), document_number=id_of(number)),
                minutes=30,
                act=Act.OPERATOR_SLIP_MADE,
                actor=SYSTEM,
                store=parts.wallets,
                sealer=parts.sealer,
                keys=parts.keys,
                ledger=parts.ledger,
                clock=parts.clock,
            )
        return slip.code

    async def _download(self, device: Device, uscc: str) -> Phone:
        parts = self.parts
        async with parts.database.write() as connection:
            person = await parts.wallets.person(connection, device.person_id)
            assert person is not None
            entitled = await entitle(connection, person, registry=parts.registry)
            await download(
                connection,
                device,
                next(e for e in entitled if e.entity.uscc == uscc),
                declaration=DECLARATION_VERSION,
                proof_seconds=parts.settings.real_name_seconds,
                licences=parts.licences,
                store=parts.wallets,
                ledger=parts.ledger,
                outbox=parts.outbox,
                clock=parts.clock,
            )
        return Phone(person, device, uscc)

    async def show(self, phone: Phone) -> Ticket:
        """Show the phone's licence."""
        return await self.parts.show_line.show(
            Showing(
                uscc=phone.uscc,
                person_id=phone.person.person_id,
                device_id=phone.device.device_id,
                role=Role.LEGAL_REPRESENTATIVE,
                mandate_id=None,
                presenter_name=mask_name(phone.person.name),
            )
        )

    async def client(self, name: str = "测试窗口系统", **options: object) -> NewClient:
        """Add a client for both matters."""
        parts = self.parts
        wanted: dict[str, object] = {
            "matters": [MATTER, END],
            "functions": [Function.PRESENT],
            "peak_per_second": 10_000,
            **options,
        }
        async with parts.database.write() as connection:
            return await add_client(
                connection,
                name,
                store=parts.clients,
                catalogue=parts.catalogue,
                ledger=parts.ledger,
                clock=parts.clock,
                actor=SYSTEM,
                **wanted,  # type: ignore[arg-type] # options by name
            )


def name_of(number: int) -> str:
    """Return a made-up person's name."""
    return "张王李赵"[number % 4] + "示" + chr(0x5B89 + number % 500)


def public_jwk(key: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    """Return the public JWK of a P-256 key."""
    numbers = key.public_key().public_numbers()
    x, y = (b64url(n.to_bytes(32, "big")).decode() for n in (numbers.x, numbers.y))
    return {"crv": "P-256", "kty": "EC", "x": x, "y": y}


def thumbprint_of(jwk: dict[str, str]) -> str:
    """Return the RFC 7638 thumbprint."""
    text = json.dumps(jwk, sort_keys=True, separators=(",", ":"))
    return b64url(hashlib.sha256(text.encode()).digest()).decode()


def _draft(number: int, **changes: object) -> EntityDraft:
    values: dict[str, object] = {
        "uscc": uscc_of(number),
        "kind": "1",
        "name": f"济宁示例第{number}商贸有限公司",
        "status": EntityStatus.ACTIVE,
        "marks": frozenset(),
        "template": "A",
        "entity_type": "有限责任公司",
        "facts": {
            "scope": "一般项目：日用百货销售。",
            "registered_capital": "贰佰万元整",
            "established_on": "2020年02月22日",
            "domicile": "山东省济宁市任城区样张街道示例路1号",
        },
        "extra": {},
        "registrar": "任城区登记机关（演示）",
        "division": "370811",
        "registered_on": date(2020, 2, 22),
        "approved_on": date(2024, 3, 18),
        "principal_name": name_of(number),
        "document": guess_document(id_of(number)),
        **changes,
    }
    return EntityDraft(**values)  # type: ignore[arg-type] # fields by name


def _matter(code: str, name: str, *, statuses: set[EntityStatus]) -> Matter:
    domain = "电子政务" if code.startswith(Domain.GOVERNMENT) else "电子商务"
    return Matter(
        code=code,
        name=name,
        path=(domain, "市场监管", name),
        purpose=f"办理{name}",
        fields=FIELDS,
        functions=frozenset(Function),
        statuses=frozenset(statuses),
        documents_not_required=("营业执照复印件",),
    )


def make_keys(folder: Path) -> FileKeys:
    """Make keys behind a cheap passphrase."""
    cost = KdfCost(memory_kib=64, passes=1, lanes=1)
    return FileKeys.create(folder, PASSPHRASE, clock=SystemClock(), cost=cost)


@asynccontextmanager
async def open_house(database_url: str, folder: Path) -> AsyncIterator[TestHouse]:
    """Open an installation over a migrated database, with fresh keys and two matters."""
    settings = Settings(base_url="http://localhost:8420", data_dir=str(folder), database_url=database_url, demo=True)
    parts = build_parts(settings, keys=make_keys(folder / "keys"))
    house = TestHouse(parts)
    await house.matters()
    try:
        yield house
    finally:
        await parts.redeem_line.batcher.drain()
        await parts.database.close()
