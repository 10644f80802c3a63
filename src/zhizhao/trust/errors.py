"""What trust refuses, by name; doors choose the public words."""

from typing import ClassVar

from zhizhao.kernel.errors import ZhizhaoError


class PassphraseRefused(ZhizhaoError):
    """The passphrase does not open the key file."""

    code: ClassVar[str] = "passphrase-refused"


class KeyFileMissing(ZhizhaoError):
    """There is no key file in the folder: `zhizhao keys create` makes the first, `zhizhao restore` brings it back."""

    code: ClassVar[str] = "key-file-missing"


class KeyFileExists(ZhizhaoError):
    """The folder already holds a key file; it is never overwritten."""

    code: ClassVar[str] = "key-file-exists"


class KeyFileExposed(ZhizhaoError):
    """Others than the owner may read or write the key file."""

    code: ClassVar[str] = "key-file-exposed"


class KeyFileDamaged(ZhizhaoError):
    """The key file is cut short, altered, or not a key file; `reason` says which."""

    code: ClassVar[str] = "key-file-damaged"


class KeyUnknown(ZhizhaoError):
    """No live key of that name serves that purpose: never ours, retired, or of another purpose."""

    code: ClassVar[str] = "key-unknown"


class KeyNotUsable(ZhizhaoError):
    """The key is known but may not do this: not current any more, or of another suite."""

    code: ClassVar[str] = "key-not-usable"


class RotationRefused(ZhizhaoError):
    """The key cannot be changed like this; `reason` says why."""

    code: ClassVar[str] = "rotation-refused"


class SignatureBad(ZhizhaoError):
    """The signature was not made over these bytes with this key."""

    code: ClassVar[str] = "signature-bad"


class PublicKeyRefused(ZhizhaoError):
    """The text or bytes are no public key that we accept; `reason` says why."""

    code: ClassVar[str] = "public-key-refused"


class PrivateKeyRefused(ZhizhaoError):
    """The bytes are no private key that we accept; `reason` says why."""

    code: ClassVar[str] = "private-key-refused"


class TokenRefused(ZhizhaoError):
    """A signed token is not accepted; the subclass and `reason` say why, for the log only."""

    code: ClassVar[str] = "token-refused"


class TokenMalformed(TokenRefused):
    """The token is too long or is no compact JWS."""

    code: ClassVar[str] = "token-malformed"


class TokenUntrusted(TokenRefused):
    """Header, key or signature is not what this kind of token must have."""

    code: ClassVar[str] = "token-untrusted"


class TokenOutOfTime(TokenRefused):
    """The token is expired, not yet valid, or carries no usable time."""

    code: ClassVar[str] = "token-out-of-time"


class TokenClaimRefused(TokenRefused):
    """A claim is missing or is not the expected one."""

    code: ClassVar[str] = "token-claim-refused"


class SealBroken(ZhizhaoError):
    """A sealed column value does not open: altered, moved to another row, or its key is gone."""

    code: ClassVar[str] = "seal-broken"


class SecretMismatch(ZhizhaoError):
    """The secret is not the one that was stored."""

    code: ClassVar[str] = "secret-mismatch"


class StoredSecretDamaged(ZhizhaoError):
    """The stored text is no Argon2id string within our bounds."""

    code: ClassVar[str] = "stored-secret-damaged"


class TotpRefused(ZhizhaoError):
    """The six digits are not those of now, or their step was used before."""

    code: ClassVar[str] = "totp-refused"


class CertificateRefused(ZhizhaoError):
    """A certificate or chain does not fit the key or does not verify; `reason` says why."""

    code: ClassVar[str] = "certificate-refused"


class CertificateMissing(ZhizhaoError):
    """No certificate is installed for the current key of a purpose."""

    code: ClassVar[str] = "certificate-missing"


class DemoOnly(ZhizhaoError):
    """A stand-in of the demonstration was asked for outside demo mode."""

    code: ClassVar[str] = "demo-only"


class AddressRefused(ZhizhaoError):
    """An outgoing request is not made: address, port or form of the URL; `reason` says why."""

    code: ClassVar[str] = "address-refused"


class FetchFailed(ZhizhaoError):
    """An outgoing request failed: no connection, bad TLS, too slow, too long, or no HTTP."""

    code: ClassVar[str] = "fetch-failed"


class Sm2Unavailable(ZhizhaoError):
    """The system has no OpenSSL 3 with SM2; `install` says what to install."""

    code: ClassVar[str] = "sm2-unavailable"
