"""CPU time of processes as the operating system accounts it (user + system), exited children included."""

import os
from dataclasses import dataclass
from pathlib import Path

TICK = 1_000_000 / os.sysconf("SC_CLK_TCK")
UTIME, STIME, CUTIME, CSTIME = 11, 12, 13, 14  # fields 14 to 17 of proc(5), counted behind the command's name


@dataclass(frozen=True, slots=True)
class Used:
    """CPU microseconds of a process and of its finished children."""

    own: float
    children: float


def used_by(pid: int) -> Used | None:
    """Return what one process used; None when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    own = (int(fields[UTIME]) + int(fields[STIME])) * TICK
    return Used(own, (int(fields[CUTIME]) + int(fields[CSTIME])) * TICK)


def children_of(pid: int) -> list[int]:
    """Return the direct children of a process."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in task.read_text().split()]
        except OSError:
            continue
    return found


def tree_micros(pid: int) -> float:
    """Return CPU microseconds of a process, its living descendants, and all that have ended."""
    used = used_by(pid)
    if used is None:
        return 0.0
    return used.own + used.children + sum(tree_micros(child) for child in children_of(pid))


def resident_mib(pid: int) -> float:
    """Return the resident memory of one process in MiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def load() -> dict[str, float]:
    """Return load average and the share of stolen time since boot, for the head of the report."""
    one, five, fifteen = os.getloadavg()
    fields = [int(n) for n in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
    return {"load_1": one, "load_5": five, "load_15": fifteen, "steal_share": fields[7] / max(1, sum(fields))}


def machine_micros() -> float:
    """Return the CPU microseconds that all processes of this machine used since boot."""
    fields = [int(n) for n in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
    user, nice, system, _idle, _iowait, irq, softirq = fields[:7]
    return (user + nice + system + irq + softirq) * TICK
