"""A PostgreSQL server of the bench's own: free port, unprivileged user, durable settings, stopped at the end."""

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
from typing import Any

from zhizhao.kernel.errors import ZhizhaoError

DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on", "shared_buffers=512MB", "max_connections=60")
READY_TRIES = 300


class PostgresMissing(ZhizhaoError):
    """No PostgreSQL server is installed here; install the package postgresql or give --database-url."""

    code = "postgresql-missing"


@contextlib.contextmanager
def own_postgres() -> Iterator[tuple[str, int]]:
    """Make a cluster in a temporary folder and run it; give its address and the postmaster's process id."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not binaries:
        raise PostgresMissing
    tools = binaries[-1]
    folder = Path(tempfile.mkdtemp(prefix="zhizhao-bench-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        make: list[str | Path] = [tools / "initdb", "-D", folder / "data", "-U", "zhizhao", "-A", "trust", "-E", "UTF8"]
        subprocess.run([*make, "--locale=C.UTF-8", "--data-checksums"], check=True, capture_output=True, **_demoted())  # noqa: S603 Debian's own tools
        with _running(tools, folder) as (port, pid):
            yield f"postgresql+asyncpg://zhizhao@/bench?host={folder}&port={port}", pid  # its unix socket, §1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _running(tools: Path, folder: Path) -> Iterator[tuple[int, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command: list[str | Path] = [tools / "postgres", "-D", folder / "data", "-p", str(port), "-k", folder]
    options = [part for setting in ("listen_addresses=127.0.0.1", *DURABLE) for part in ("-c", setting)]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen([*command, *options], stdout=log, stderr=log, **_demoted())  # noqa: S603 as above
    try:
        address = ["-h", "127.0.0.1", "-p", str(port), "-U", "zhizhao"]
        for _ in range(READY_TRIES):
            if subprocess.run([tools / "pg_isready", "-q", *address], check=False).returncode == 0:  # noqa: S603 as above
                break
            time.sleep(0.1)
        subprocess.run([tools / "createdb", *address, "bench"], check=True, capture_output=True)  # noqa: S603 as above
        yield port, process.pid
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def _demoted() -> dict[str, Any]:
    """Return the keywords of subprocess that leave root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return {"cwd": "/"}
    user = pwd.getpwnam("postgres")
    return {"cwd": "/", "user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
