"""What a phone calls its ticket: the keyed MAC of the code, from which nobody gets back to the code."""

from zhizhao.presentation.errors import TicketUnknown
from zhizhao.trust.base64url import b64url_text, unb64url


def make_handle(code_mac: bytes) -> str:
    """Return the handle of a ticket."""
    return b64url_text(code_mac)


def read_handle(handle: str) -> bytes:
    """Return the MAC of a handle. Raises TicketUnknown."""
    try:
        return unb64url(handle.encode("ascii"))
    except ValueError as cause:
        raise TicketUnknown(reason="no handle") from cause
