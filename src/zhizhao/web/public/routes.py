"""Every route of the public door."""

from typing import Final

from litestar.types import ControllerRouterHandler

from zhizhao.web.public.display import display
from zhizhao.web.public.start import start

handlers: Final[list[ControllerRouterHandler]] = [start, display]
