"""What figures are told in: the unit of work of PERFORMANCE.md."""

from time import process_time

from zhizhao.trust.es256 import new_p256

ROUNDS = 500


def unit_seconds() -> float:
    """Return U: CPU seconds of one P-256 signature and one verification through our own wrapper."""
    key = new_p256()
    begun = process_time()
    for _ in range(ROUNDS):
        key.public.verify(b"x" * 500, key.sign(b"x" * 500))
    return (process_time() - begun) / ROUNDS
