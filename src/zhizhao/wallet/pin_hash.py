"""The stored form of a PIN: Argon2id over a MAC of it under our own key, so a stolen table is no list of PINs."""

from zhizhao.trust.keys import KeyProvider
from zhizhao.trust.secret import hash_secret, peppered, verify_secret

KIND = "wallet-pin"


async def hash_pin(pin: str, *, keys: KeyProvider) -> str:
    """Return the stored form; slow by design, in a thread."""
    return await hash_secret(peppered(pin, keys=keys, kind=KIND))


async def verify_pin(pin: str, stored: str, *, keys: KeyProvider) -> None:
    """Return if this is the PIN. Raises SecretMismatch."""
    await verify_secret(peppered(pin, keys=keys, kind=KIND), stored)
