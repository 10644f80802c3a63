"""Every JSON route of the wallet under `/wallet/api`."""

from litestar import Router

from zhizhao.web.wallet.api.devices import change_pin, devices, enrol, reset_pin, revive, revoke, token, unlock
from zhizhao.web.wallet.api.licences import download, freeze, licence, licences, show, unfreeze
from zhizhao.web.wallet.api.people import info, prove
from zhizhao.web.wallet.api.uses import disown, record, records, ticket, ticket_events
from zhizhao.web.wallet.callers import CALLERS


def api_router(*, documented: bool = False) -> Router:
    """Return a fresh router of these routes; `documented` for the application that only describes itself.

    In the served application they stay out of the common description, so that two doors may name their bodies alike.
    """
    return Router(
        path="/wallet/api",
        route_handlers=[
            info,
            prove,
            enrol,
            token,
            unlock,
            devices,
            revoke,
            revive,
            change_pin,
            reset_pin,
            licences,
            licence,
            download,
            show,
            freeze,
            unfreeze,
            ticket,
            ticket_events,
            records,
            record,
            disown,
        ],
        dependencies=CALLERS,
        include_in_schema=documented,
    )
