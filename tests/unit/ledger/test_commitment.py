"""A commitment opens with its salt and says nothing without."""

import hashlib
import hmac

import pytest

from zhizhao.ledger.commitment import SALT_BYTES, commitment, new_salt
from zhizhao.ledger.errors import EntryMalformed


class TestCommitment:
    """The value under the salt."""

    def test_is_hmac_sha_256(self) -> None:
        """An independent computation gives the same."""
        salt = bytes(range(16))
        assert (
            commitment("91370800MA3XXXXX12", salt) == hmac.new(salt, b"91370800MA3XXXXX12", hashlib.sha256).hexdigest()
        )

    def test_another_salt_is_another_commitment(self) -> None:
        """The same value twice is not seen to be the same."""
        assert len({commitment("张三", new_salt()) for _ in range(50)}) == 50
        assert len(new_salt()) == SALT_BYTES == 16

    def test_a_short_salt_is_refused(self) -> None:
        """An ID number has few candidates; a salt that can be tried is none."""
        with pytest.raises(EntryMalformed):
            commitment("x", bytes(15))
