"""What every command is handed: the installation it speaks to and how it shall answer."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from zhizhao.settings import Settings, find_settings, read_settings

if TYPE_CHECKING:
    from zhizhao.app.parts import Parts

T = TypeVar("T")


@dataclass(slots=True)
class Installation:
    """The installation of this call; opened only when a command needs it."""

    config: str | None
    as_json: bool

    def settings(self) -> Settings:
        """Return the settings of the installation. Raises SettingsRefused."""
        return read_settings(find_settings(self.config))

    def run(self, work: Callable[["Parts"], Awaitable[T]]) -> T:
        """Open the installation, run `work` with its parts, close it. Raises what `work` raises."""
        from zhizhao.app.parts import open_parts  # noqa: PLC0415 commands that open nothing start ten times faster

        async def opened() -> T:
            async with open_parts(self.settings()) as parts:
                return await work(parts)

        return asyncio.run(opened())

    def answer(self, facts: dict[str, Any], *, text: str) -> None:
        """Print the facts as JSON where asked, else the text for people."""
        click.echo(json.dumps(facts, ensure_ascii=False, default=str) if self.as_json else text)


pass_installation = click.make_pass_decorator(Installation)
