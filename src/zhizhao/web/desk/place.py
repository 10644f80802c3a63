"""Who stands at the desk, under which client, with which matters, and how the desk is set."""

from dataclasses import dataclass, replace
from typing import Any

from litestar import Request

from zhizhao.catalogue.matter import Matter
from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.kernel.text import mask_name
from zhizhao.onboarding.client import Client
from zhizhao.staff.account import Account
from zhizhao.staff.counter.setting import DeskSetting
from zhizhao.storage.database import Transaction
from zhizhao.web.desk.errors import DeskNotConnected
from zhizhao.web.desk.verbs import DeskVerbs
from zhizhao.web.errors import SignInRequired
from zhizhao.web.session import session_of


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPlace:
    """One clerk's desk at the moment of a request."""

    account: Account
    client: Client
    """The client of the clerk's unit: what is scanned here is there for the department's own system."""
    matters: tuple[Matter, ...]
    setting: DeskSetting

    @property
    def actor(self) -> Actor:
        """Return who acts, for the ledger."""
        return Actor(ActorKind.STAFF, self.account.account_id)

    @property
    def operator(self) -> str:
        """Return what the receipt calls the window; never a person's name."""
        return self.setting.window or self.account.username

    @property
    def clerk(self) -> str:
        """Return the clerk's name as customers may see it."""
        return mask_name(self.account.name)

    def matter(self, code: str) -> Matter | None:
        """Return a granted matter."""
        return next((m for m in self.matters if m.code == code), None)


def account_of(request: Request[Any, Any, Any]) -> Account:
    """Return the signed-in clerk. Raises SignInRequired."""
    session = session_of(request.scope)
    if session is None:
        raise SignInRequired(path=request.url.path)
    return session.account


async def place_of(request: Request[Any, Any, Any], connection: Transaction, *, verbs: DeskVerbs) -> DeskPlace:
    """Return the desk with its settings filled in where they are not set yet. Raises DeskNotConnected."""
    account = account_of(request)
    client = await verbs.client_of(connection, account.unit)
    if client is None:
        raise DeskNotConnected(unit=account.unit)
    matters = tuple(await verbs.matters_of(connection, client))
    if not matters:
        raise DeskNotConnected(unit=account.unit, client_id=client.client_id)
    setting = filled(await verbs.setting(connection, account.account_id), matters)
    return DeskPlace(account=account, client=client, matters=matters, setting=setting)


def filled(setting: DeskSetting, matters: tuple[Matter, ...]) -> DeskSetting:
    """Return the setting with a granted matter and a purpose, so that the desk is ready without a click."""
    matter = next((m for m in matters if m.code == setting.matter), None)
    if matter is None:
        matter = matters[0]
        return replace(setting, matter=matter.code, purpose=matter.name)
    return setting if setting.purpose else replace(setting, purpose=matter.name)
