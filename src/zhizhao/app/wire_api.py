"""Binds the verbs of the relying-party API."""

from zhizhao.app.parts import Parts
from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.kernel.clock import today
from zhizhao.ledger.prove import prove_inclusion
from zhizhao.ledger.seal import refresh
from zhizhao.licence.errors import LicenceUnknown
from zhizhao.licence.face import LicenceFace
from zhizhao.onboarding.access import api_audience, mint_access_token, read_access_token
from zhizhao.onboarding.authenticate import Credentials, authenticate
from zhizhao.onboarding.charge import charge
from zhizhao.onboarding.client import Client
from zhizhao.onboarding.errors import ClientUnknown
from zhizhao.presentation.archive import Archivist
from zhizhao.presentation.ask import Ask
from zhizhao.presentation.errors import PresentationUnknown
from zhizhao.presentation.match_holder import match_holder
from zhizhao.presentation.presentation import Presentation
from zhizhao.presentation.redeem import Redeemed
from zhizhao.storage.database import Transaction
from zhizhao.web.api.verbs import ApiVerbs, Proved


class _Api:
    """The bound verbs, as methods on the parts."""

    def __init__(self, parts: Parts, archives: Archivist) -> None:
        self.parts = parts
        self.archives = archives
        base = parts.settings.base_url
        self.audiences = frozenset({base, f"{base}/oauth/token", api_audience(base)})

    def client_of(self, authorization: str | None) -> str:
        parts = self.parts
        return read_access_token(
            authorization, base_url=parts.settings.base_url, keys=parts.keys, now=parts.clock.now()
        )

    async def token(self, connection: Transaction, credentials: Credentials) -> tuple[Client, str]:
        parts = self.parts
        now = parts.clock.now()
        client = await authenticate(connection, credentials, audiences=self.audiences, now=now, store=parts.clients)
        return client, mint_access_token(client, base_url=parts.settings.base_url, keys=parts.keys, now=now)

    async def redeem(self, ask: Ask) -> Redeemed:
        return await self.parts.redeem_line.batcher.submit(ask, owner=ask.client_id)

    async def charge(self, client_id: str) -> None:
        await charge(client_id, database=self.parts.database, store=self.parts.clients)

    async def client(self, connection: Transaction, client_id: str) -> Client:
        client = await self.parts.clients.get(connection, client_id)
        if client is None:
            raise ClientUnknown(client_id=client_id)
        return client

    async def presentation(self, connection: Transaction, client_id: str, presentation_id: str) -> Presentation:
        found = await self.parts.presentations.get(connection, presentation_id, client_id=client_id)
        if found is None:
            raise PresentationUnknown(presentation_id=presentation_id)
        return found

    async def of_case(self, connection: Transaction, client_id: str, case_number: str) -> list[Presentation]:
        return await self.parts.presentations.of_case(connection, client_id=client_id, case_number=case_number)

    async def face(self, connection: Transaction, presentation: Presentation) -> LicenceFace:
        licence = await self.parts.licences.version(connection, presentation.uscc, presentation.licence_version)
        if licence is None:
            raise LicenceUnknown(uscc=presentation.uscc, version=presentation.licence_version)
        return licence.face

    async def archive(self, client_id: str, presentation: Presentation) -> bytes:
        del client_id  # the presentation was found for this client
        return await self.archives.archive(presentation)

    async def match(
        self,
        connection: Transaction,
        presentation_id: str,
        *,
        name: str,
        id_number: str,
        client_id: str,
        key: str | None = None,
    ) -> bool:
        parts = self.parts
        return await match_holder(
            connection,
            presentation_id,
            name=name,
            id_number=id_number,
            client_id=client_id,
            key=key,
            actor=Actor(ActorKind.CLIENT, client_id),
            store=parts.presentations,
            wallets=parts.wallets,
            sealer=parts.sealer,
            ledger=parts.ledger,
            clock=parts.clock,
        )

    async def proof(self, connection: Transaction, presentation: Presentation) -> Proved | None:
        store = self.parts.ledger
        leaf = await store.leaf(connection, presentation.entry_id)
        head = await refresh(connection, store=store, keys=self.parts.keys)
        if leaf is None or head is None or head.size <= leaf.number:
            return None
        found = await prove_inclusion(connection, leaf.number, size=head.size, store=store)
        return Proved(number=found.number, path=found.path, head=head)

    async def usage(self, connection: Transaction, client_id: str) -> tuple[int, int, int]:
        year = today(self.parts.clock.now()).year
        used, limit = await self.parts.clients.usage(connection, client_id, year=year)
        return year, used, limit


def wire(parts: Parts, archives: Archivist) -> ApiVerbs:
    """Return the bound verbs."""
    api = _Api(parts, archives)
    return ApiVerbs(
        client_of=api.client_of,
        token=api.token,
        redeem=api.redeem,
        charge=api.charge,
        client=api.client,
        presentation=api.presentation,
        of_case=api.of_case,
        face=api.face,
        grant=parts.mandates.get,
        matter=parts.catalogue.matter,
        archive=api.archive,
        proof=api.proof,
        match=api.match,
        usage=api.usage,
    )
