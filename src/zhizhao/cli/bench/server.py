"""The measured server: `zhizhao serve` in a process of its own."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from zhizhao.kernel.errors import ZhizhaoError

READY_SECONDS = 60


class ServerFailed(ZhizhaoError):
    """The measured server did not start; its log says why."""

    code = "bench-server-failed"


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running_server(config: Path, *, port: int) -> Iterator[int]:
    """Start the server of an installation; give its process id; stop it by that id."""
    command = [sys.executable, "-m", "zhizhao", "--config", str(config), "serve", "--port", str(port)]
    log = config.parent / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env={**os.environ, "NO_COLOR": "1"})  # noqa: S603 our own interpreter and arguments
    try:
        _wait(process, port=port, log=log)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(process: "subprocess.Popen[bytes]", *, port: int, log: Path) -> None:
    address = f"http://127.0.0.1:{port}/readyz"
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise ServerFailed(log=log.read_text("utf-8", "replace")[-800:])
