"""A demonstration of the test session's own: the real command in its own process, stopped by process id."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from factories.postgres import free_port

READY_SECONDS = 120


@dataclass(frozen=True, slots=True)
class DemoServer:
    """A running demonstration."""

    folder: Path
    facts: dict[str, Any]
    """`demo.json`, INTERFACES.md §2."""
    pid: int

    @property
    def base(self) -> str:
        """Return its address."""
        return str(self.facts["base_url"])

    @property
    def config(self) -> Path:
        """Return its settings file, for commands beside it."""
        return self.folder / "zhizhao.toml"

    def staff(self, role: str) -> dict[str, Any]:
        """Return the first account of a role."""
        return next(s for s in self.facts["staff"] if s["role"] == role)

    def holder(self, number: int = 0) -> dict[str, Any]:
        """Return a person who represents an active entity, by number."""
        active = {e["uscc"] for e in self.facts["entities"] if e["status"] == "active" and not e["marks"]}
        people = [p for p in self.facts["people"] if active & set(p["legal_representative_of"])]
        return people[number]


@contextlib.contextmanager
def running_demo(folder: Path, *, database_url: str | None = None) -> Iterator[DemoServer]:
    """Start `zhizhao demo` in a folder on a free port; wait until it says that it answers."""
    command = [sys.executable, "-m", "zhizhao", "demo", "--dir", str(folder), "--port", str(free_port())]
    command += ["--database-url", database_url] if database_url else []
    folder.mkdir(parents=True, exist_ok=True)
    facts = folder / "demo.json"
    facts.unlink(missing_ok=True)
    log = folder / "demo.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=os.environ)
    try:
        deadline = time.monotonic() + READY_SECONDS
        while not facts.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(log.read_text("utf-8", "replace")[-4000:])
            time.sleep(0.1)
        yield DemoServer(folder, json.loads(facts.read_text("utf-8")), process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
