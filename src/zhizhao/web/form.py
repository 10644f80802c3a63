"""What every posted form has in common: a frozen struct with the CSRF field, unknown fields refused."""

from typing import Annotated, TypeVar

import msgspec
from litestar.enums import RequestEncodingType
from litestar.params import Body

from zhizhao.web.csrf import FIELD

T = TypeVar("T")
FormData = Annotated[T, Body(media_type=RequestEncodingType.URL_ENCODED)]
"""Annotation of a handler's `data`: `data: FormData[SignInForm]`."""


class Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A form; the token is checked before any handler runs and is only named here so that it is not unknown."""

    csrf: str = msgspec.field(default="", name=FIELD)
