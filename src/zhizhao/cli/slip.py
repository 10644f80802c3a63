"""`zhizhao slip`: a one-time slip as the registration window makes it; it proves a person, not a licence."""

import click

from zhizhao.app.parts import Parts
from zhizhao.cli.context import Installation, pass_installation
from zhizhao.kernel.clock import rfc3339
from zhizhao.ledger.entry import Act
from zhizhao.wallet.proving.make_slip import Applicant, make_slip
from zhizhao.wallet.slip import Slip, in_groups, slip_uri


@click.command()
@click.argument("name")
@click.argument("document_number")
@click.option(
    "--minutes",
    type=click.IntRange(30, 4320),
    default=None,
    help="Life of the slip, 30 minutes to 72 hours; the installation's setting if not given.",
)
@pass_installation
def slip(installation: Installation, name: str, document_number: str, *, minutes: int | None) -> None:
    """Make a one-time slip for the person whose papers you have checked. The code is shown once and kept nowhere.

    Whoever calls this answers for the check: the ledger names the operator.
    """

    async def work(parts: Parts) -> tuple[Slip, str]:
        async with parts.database.write() as connection:
            made = await make_slip(
                connection,
                Applicant(name=name, document_number=document_number),
                minutes=minutes or parts.settings.slip_minutes,
                act=Act.OPERATOR_SLIP_MADE,
                actor=parts.actor,
                store=parts.wallets,
                sealer=parts.sealer,
                keys=parts.keys,
                ledger=parts.ledger,
                clock=parts.clock,
            )
        return made, slip_uri(parts.settings.base_url, made.code)

    made, uri = installation.run(work)
    code = in_groups(made.code)
    facts = {
        "slip": code,
        "uri": uri,
        "slip_id": made.slip_id,
        "document_kind": made.document_kind.value,
        "expires_at": rfc3339(made.expires_at),
    }
    lines = [
        f"slip     {code}",
        f"address  {uri}",
        f"expires  {rfc3339(made.expires_at)}",
        "Shown once. It proves this person to the first phone that also gives the document number.",
    ]
    installation.answer(facts, text="\n".join(lines))
