"""What the wallet refuses; each class with one stable code, told to people by `web/problems.py`."""

from zhizhao.kernel.errors import ZhizhaoError


class SlipMalformed(ZhizhaoError):
    """The typed slip code has a wrong length, a character that slips do not use, or a wrong check character."""

    code = "slip-malformed"


class SlipUnknown(ZhizhaoError):
    """No window ever made this slip."""

    code = "slip-unknown"


class SlipUsed(ZhizhaoError):
    """The slip proved its person before; another is made at the window."""

    code = "slip-used"


class SlipExpired(ZhizhaoError):
    """The slip's life is over."""

    code = "slip-expired"


class SlipVoid(ZhizhaoError):
    """Too many wrong document numbers were tried with this slip."""

    code = "slip-void"


class SlipMismatch(ZhizhaoError):
    """The document number is not the one the window checked; `tries_left` says how many tries remain."""

    code = "slip-mismatch"


class RealNameRefused(ZhizhaoError):
    """The real-name provider says that name and number do not belong together."""

    code = "real-name-refused"


class RealNameUnavailable(ZhizhaoError):
    """This installation has no real-name provider; the window's slip is the way in."""

    code = "real-name-unavailable"


class UnsafeStandIn(ZhizhaoError):
    """A stand-in that proves nothing was asked for outside demonstration mode; start is refused."""

    code = "unsafe-stand-in"


class ProofNeeded(ZhizhaoError):
    """The person must be proved anew: the proof is unknown, used, too old, or was made with another key."""

    code = "proof-needed"


class PersonMismatch(ZhizhaoError):
    """The proof is of somebody else than the device's owner."""

    code = "person-mismatch"


class PinWeak(ZhizhaoError):
    """The PIN is not six digits or is one that a stranger would try; `reason` names the rule."""

    code = "pin-weak"


class PinWrong(ZhizhaoError):
    """The PIN is not the device's; `left` says how many tries remain."""

    code = "pin-wrong"


class PinDelayed(ZhizhaoError):
    """After wrong PINs the next try has to wait; `retry_after` is in seconds."""

    code = "pin-delayed"


class PinLocked(ZhizhaoError):
    """Too many wrong PINs: the person proves himself or herself again and sets a new one."""

    code = "pin-locked"


class DeviceKeyRefused(ZhizhaoError):
    """The device key is not a P-256 public JWK, or it is registered already."""

    code = "device-key-refused"


class DeviceUnknown(ZhizhaoError):
    """No device is registered under this key."""

    code = "device-unknown"


class DeviceRetired(ZhizhaoError):
    """A newer device of the same person took this one's place."""

    code = "device-retired"


class DeviceRevoked(ZhizhaoError):
    """The owner signed this device off."""

    code = "device-revoked"


class DeviceFrozen(ZhizhaoError):
    """The owner, a colleague or a window reported the device lost; proving the person lifts it."""

    code = "device-frozen"


class WalletTokenRefused(ZhizhaoError):
    """The access token is missing, malformed, expired or bound to another key; ask for a new one."""

    code = "wallet-token-refused"


class UnlockNeeded(ZhizhaoError):
    """The act asks for a token got with the PIN, and this one was not or is over."""

    code = "unlock-needed"


class DpopRefused(ZhizhaoError):
    """The DPoP proof is missing or does not prove this request (RFC 9449 §4.3); `reason` is for the log."""

    code = "dpop-refused"


class DpopOutOfTime(DpopRefused):
    """The DPoP proof's `iat` is too far from our time; the `Date` header of the answer tells ours."""

    code = "dpop-out-of-time"


class DpopReplayed(ZhizhaoError):
    """The DPoP proof was seen before (RFC 9449 §11.1)."""

    code = "dpop-replayed"


class NotEntitled(ZhizhaoError):
    """The register does not name this person for the entity, and no mandate does."""

    code = "not-entitled"


class DeclarationNeeded(ZhizhaoError):
    """The download declaration in force was not accepted; `version` names it."""

    code = "declaration-needed"


class NotDownloaded(ZhizhaoError):
    """This device holds no copy of the licence; download comes before use."""

    code = "not-downloaded"


class CopyOutOfDate(ZhizhaoError):
    """The register changed after the download; the copy must be downloaded again."""

    code = "licence-changed"


class LicenceNotInForce(ZhizhaoError):
    """The licence cannot be downloaded or used now; `status` says what it is."""

    code = "licence-not-in-force"


class PersonUnknown(ZhizhaoError):
    """Nobody with this document has a wallet here."""

    code = "person-unknown"
