"""What the document slice refuses."""

from typing import ClassVar

from zhizhao.kernel.errors import ZhizhaoError


class FontsMissing(ZhizhaoError):
    """The sheet's fonts are not on this machine; `install` says what to install, `font_dir` is the setting."""

    code: ClassVar[str] = "fonts-missing"


class GlyphMissing(ZhizhaoError):
    """The fonts have no picture of a character; `character` names it, an agreed substitute may stand for it."""

    code: ClassVar[str] = "glyph-missing"


class SheetRefused(ZhizhaoError):
    """The facts make no sheet: a text that has no room anywhere, a code that is too long; `reason` says why."""

    code: ClassVar[str] = "sheet-refused"


class SealRefused(ZhizhaoError):
    """The document cannot be sealed: no certificate for the seal's key, or the bytes are no PDF; `reason` says why."""

    code: ClassVar[str] = "seal-refused"
