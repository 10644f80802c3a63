"""`zhizhao serve` of an installation in processes of its own, and the means to kill them without warning."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from factories.postgres import free_port

READY_SECONDS = 60


@dataclass(slots=True)
class Served:
    """A running server; its process group is its own, so that killing it takes every worker."""

    process: "subprocess.Popen[bytes]"
    port: int
    log: Path

    def kill(self) -> None:
        """Kill every process of the server at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Ask the server to end, as an operator does."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()


CARELESS = Path(__file__).with_name("careless_server.py")


def start_server(config: Path, *, workers: int = 1, careless: bool = False, metrics_port: int | None = None) -> Served:
    """Start the server, or the control that answers before its COMMIT, and wait until it answers."""
    port = free_port()
    command = [sys.executable, "-m", "zhizhao", "--config", str(config), "serve"]
    command += ["--port", str(port), "--workers", str(workers)]
    command += ["--metrics-port", str(metrics_port)] if metrics_port else []
    command = [sys.executable, "-P", str(CARELESS), str(config), str(port)] if careless else command
    log = config.parent / "serve.log"
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
    served = Served(process, port, log)
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(log.read_text("utf-8", "replace")[-4000:])
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=2).status_code == 200:
                return served
        time.sleep(0.05)
    served.kill()
    raise RuntimeError(log.read_text("utf-8", "replace")[-4000:])


@contextlib.contextmanager
def serving_installation(config: Path, *, workers: int = 1) -> Iterator[Served]:
    """Serve an installation for the length of a block."""
    served = start_server(config, workers=workers)
    try:
        yield served
    finally:
        served.stop()
