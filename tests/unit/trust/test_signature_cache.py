"""The memory of good signatures: bounded, by bytes, kid and epoch."""

from zhizhao.trust.signature_cache import SignatureCache


def test_remembers_what_was_noted() -> None:
    """Only the noted entry is known; another kid, epoch or byte is another entry."""
    cache = SignatureCache()
    entry = cache.key(b"token", kid="a", epoch=1)
    assert not cache.holds(entry)
    cache.remember(entry)
    assert cache.holds(entry)
    for other in (cache.key(b"tokeN", kid="a", epoch=1), cache.key(b"token", kid="b", epoch=1)):
        assert not cache.holds(other)
    assert not cache.holds(cache.key(b"token", kid="a", epoch=2))


def test_epoch_and_kid_do_not_run_together() -> None:
    """Epoch 1 of key 1a is not epoch 11 of key a."""
    assert SignatureCache.key(b"", kid="1a", epoch=1) != SignatureCache.key(b"", kid="a", epoch=11)


def test_is_bounded_and_drops_the_least_used() -> None:
    """The oldest unused goes first."""
    cache = SignatureCache(entries=2)
    first, second, third = (cache.key(bytes([number]), kid="a", epoch=1) for number in range(3))
    cache.remember(first)
    cache.remember(second)
    assert cache.holds(first)
    cache.remember(third)
    assert len(cache) == 2
    assert cache.holds(first)
    assert not cache.holds(second)
