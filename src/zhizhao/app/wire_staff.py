"""Binds the verbs of sign-in: each with the transactions it needs, the slow hash outside of them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from zhizhao.app.parts import Parts
from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.staff.begin_passkey import begin_passkey
from zhizhao.staff.change_password import change_password
from zhizhao.staff.close_session import close_session
from zhizhao.staff.errors import PasskeyNeeded, PasskeyRefused, SignInLocked, SignInPaused, SignInRefused
from zhizhao.staff.find_session import find_session
from zhizhao.staff.note_refusal import note_refusal
from zhizhao.staff.passkey import Passkey, RelyingPartySite
from zhizhao.staff.password import check_new_password, normal
from zhizhao.staff.prove_password import Attempt, Decoy, prove_password
from zhizhao.staff.register_passkey import register_passkey
from zhizhao.staff.remove_passkey import remove_passkey
from zhizhao.staff.session import TOUCH_EVERY, Opened, Session
from zhizhao.staff.sign_in import sign_in
from zhizhao.staff.sign_in_passkey import sign_in_passkey
from zhizhao.staff.take_attempt import take_attempt
from zhizhao.staff.touch_session import touch_session
from zhizhao.trust.errors import SecretMismatch
from zhizhao.trust.secret import hash_secret, verify_secret
from zhizhao.web.session import FindSession
from zhizhao.web.staff.verbs import NewPassword, StaffVerbs, Typed

REFUSALS = (SignInRefused, SignInPaused, SignInLocked, PasskeyNeeded, PasskeyRefused)


class Signing:
    """The ways in and out of one installation."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.decoy = Decoy()
        origin = parts.settings.base_url
        self.site = RelyingPartySite(urlsplit(origin).hostname or "localhost", origin, parts.settings.operator_name)

    async def find(self, token: str) -> Session:
        """Find the session of a cookie and move its idle limit, by a write at most every thirty seconds."""
        parts = self.parts
        async with parts.database.read() as reader:
            session = await find_session(reader, token, store=parts.staff)
            now = await parts.database.now(reader)
        if session.seen_at + TOUCH_EVERY <= now:
            async with parts.database.write() as tx:
                await touch_session(tx, token, store=parts.staff)
        return session

    async def sign_in(self, typed: Typed) -> Opened:
        """Count the try, judge it, open the session; a refusal is noted in a transaction of its own."""
        parts = self.parts
        try:
            async with parts.database.write() as tx:
                await take_attempt(tx, typed.username, store=parts.staff, sealer=parts.sealer)
            async with parts.database.read() as reader:
                credentials = await parts.staff.by_username(reader, typed.username.strip().lower())
                now = await parts.database.now(reader)
            attempt = Attempt(typed.password, typed.number)
            proven = await prove_password(
                attempt, credentials=credentials, sealer=parts.sealer, decoy=self.decoy, at=now
            )
            async with parts.database.write() as tx:
                return await sign_in(
                    tx, proven, store=parts.staff, sealer=parts.sealer, ledger=parts.ledger, clock=parts.clock
                )
        except REFUSALS as refusal:
            await self._note(refusal)
            raise

    async def _note(self, refusal: ZhizhaoError) -> None:
        async with self.parts.database.write() as tx:
            await note_refusal(tx, refusal, ledger=self.parts.ledger, clock=self.parts.clock)

    async def sign_in_passkey(self, answer: Mapping[str, Any]) -> Opened:
        """Judge a passkey's answer and open the session."""
        parts = self.parts
        try:
            async with parts.database.write() as tx:
                return await sign_in_passkey(
                    tx, answer, site=self.site, store=parts.staff, ledger=parts.ledger, clock=parts.clock
                )
        except REFUSALS as refusal:
            await self._note(refusal)
            raise

    async def sign_out(self, token: str) -> None:
        """End a session."""
        async with self.parts.database.write() as tx:
            await close_session(tx, token, store=self.parts.staff, ledger=self.parts.ledger, clock=self.parts.clock)

    async def change_password(self, session: Session, token: str, wanted: NewPassword) -> int:
        """Prove the present password, check and keep the new one."""
        parts, account = self.parts, session.account
        async with parts.database.write() as tx:
            await take_attempt(tx, account.username, store=parts.staff, sealer=parts.sealer)
        async with parts.database.read() as reader:
            credentials = await parts.staff.by_id(reader, account.account_id)
        try:
            stored = credentials.password_hash if credentials else await self.decoy.stored()
            await verify_secret(normal(wanted.present), stored)
        except SecretMismatch as cause:
            raise SignInRefused(account_id=account.account_id, reason="password") from cause
        hashed = await hash_secret(check_new_password(wanted.wanted, account.username))
        async with parts.database.write() as tx:
            return await change_password(
                tx,
                account,
                password_hash=hashed,
                keep=token,
                actor=Actor(ActorKind.STAFF, account.account_id),
                store=parts.staff,
                sealer=parts.sealer,
                ledger=parts.ledger,
                clock=parts.clock,
            )

    async def passkeys(self, session: Session) -> list[Passkey]:
        """List the account's passkeys."""
        async with self.parts.database.read() as reader:
            return await self.parts.staff.passkeys(reader, session.account.account_id)

    async def begin(self, session: Session | None) -> Mapping[str, Any]:
        """Give out a challenge: to register when somebody is signed in, else to sign in."""
        async with self.parts.database.write() as tx:
            account = None if session is None else session.account
            return await begin_passkey(tx, account, site=self.site, store=self.parts.staff)

    async def begin_sign_in(self) -> Mapping[str, Any]:
        """Give out a challenge to sign in with."""
        return await self.begin(None)

    async def register(self, session: Session, answer: Mapping[str, Any], label: str) -> Passkey:
        """Keep a new passkey."""
        parts = self.parts
        async with parts.database.write() as tx:
            return await register_passkey(
                tx,
                session.account,
                answer=answer,
                label=label,
                site=self.site,
                store=parts.staff,
                ledger=parts.ledger,
                clock=parts.clock,
            )

    async def remove(self, session: Session, credential_id: bytes) -> None:
        """Take a passkey away."""
        parts = self.parts
        async with parts.database.write() as tx:
            await remove_passkey(
                tx, session, credential_id=credential_id, store=parts.staff, ledger=parts.ledger, clock=parts.clock
            )


def wire(parts: Parts) -> StaffVerbs:
    """Return the verbs of the sign-in door."""
    signing = Signing(parts)
    return StaffVerbs(
        sign_in=signing.sign_in,
        begin_sign_in=signing.begin_sign_in,
        sign_in_passkey=signing.sign_in_passkey,
        sign_out=signing.sign_out,
        change_password=signing.change_password,
        passkeys=signing.passkeys,
        begin_register=signing.begin,
        register_passkey=signing.register,
        remove_passkey=signing.remove,
    )


def find_session_of(parts: Parts) -> FindSession:
    """Return what the session middleware asks: the live session of a cookie's token."""
    return Signing(parts).find
