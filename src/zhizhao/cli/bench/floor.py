"""U: one P-256 verification and one P-256 signature through the server's own wrapper, with the other core busy."""

import statistics
import subprocess
import sys
import time

from zhizhao.trust.keys import KeyProvider, Purpose

ROUNDS = 5
EACH = 400
SPIN = "while True: pass"


def measure_floor(keys: KeyProvider) -> float:
    """Return U in CPU microseconds, the median of five rounds."""
    kid = keys.current(Purpose.RECEIPT)
    public = keys.public(kid)
    message = b"zhizhao bench: one verification and one signature"
    signature = keys.sign(kid, Purpose.RECEIPT, message)
    with subprocess.Popen([sys.executable, "-c", SPIN]) as busy:  # noqa: S603 our own interpreter
        try:
            rounds = []
            for _ in range(ROUNDS):
                started = time.process_time_ns()
                for _ in range(EACH):
                    public.verify(message, signature)
                    keys.sign(kid, Purpose.RECEIPT, message)
                rounds.append((time.process_time_ns() - started) / EACH / 1000)
        finally:
            busy.kill()
    return statistics.median(rounds)
