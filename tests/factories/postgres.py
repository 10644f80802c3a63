"""A PostgreSQL server of the test session's own: free port, unprivileged user, stopped by process id."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1:] or [Path("/usr/bin")]


def free_port() -> int:
    """Return a TCP port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _demote() -> dict[str, object]:
    """Return the keywords of subprocess that leave root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


class Postgres:
    """A running server; `url(database)` gives its SQLAlchemy address, `kill()` ends it without warning."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server with the durable settings and wait until it answers."""
        command = [BINARIES[0] / "postgres", "-D", self.folder / "data", "-p", str(self.port), "-k", self.folder]
        command += ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=on", "-c", "max_connections=120"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", **_demote())  # type: ignore[call-overload] # keywords differ by user
        for _ in range(300):
            ready = subprocess.run(
                [BINARIES[0] / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)], check=False
            )
            if ready.returncode == 0:
                return
            time.sleep(0.1)
        message = (self.folder / "log").read_text()
        raise RuntimeError(message)

    def kill(self) -> None:
        """Kill every process of the server at once, as a crash does."""
        assert self.process is not None
        children = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, check=False, text=True)
        for pid in [str(self.process.pid), *children.stdout.split()]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        self.process.wait()
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)

    def stop(self) -> None:
        """Stop the server by its process id."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)

    def sql(self, text: str, database: str = "postgres") -> str:
        """Run SQL through psql, return its bare output."""
        command = [
            BINARIES[0] / "psql",
            "-qAtX",
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
            "-U",
            "zhizhao",
            "-d",
            database,
        ]
        done = subprocess.run([*command, "-c", text], capture_output=True, check=True, text=True)
        return done.stdout.strip()

    def url(self, database: str) -> str:
        """Return the SQLAlchemy address of a database."""
        return f"postgresql+asyncpg://zhizhao@127.0.0.1:{self.port}/{database}"


@contextlib.contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Make a cluster in a temporary folder, run it, stop and remove it."""
    folder = Path(tempfile.mkdtemp(prefix="zhizhao-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        command = [BINARIES[0] / "initdb", "-D", folder / "data", "-U", "zhizhao", "-A", "trust", "-E", "UTF8"]
        command += ["--locale=C.UTF-8", "--data-checksums"]
        subprocess.run(command, check=True, capture_output=True, cwd="/", **_demote())  # type: ignore[call-overload] # keywords differ by user
        server = Postgres(folder, free_port())
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
