"""Refuse what no file should hold: merge marks, trailing blanks, a private key, half a megabyte of anything."""

import re
import sys
from pathlib import Path

LARGEST = 500_000
TEXT = {".py", ".html", ".css", ".js", ".md", ".toml", ".sh", ".po", ".typ", ".yaml", ".txt", ""}
MARK = re.compile(r"^(<{7}|>{7}|={7})( |$)", re.MULTILINE)
BLANKS = re.compile(r"[ \t]+$", re.MULTILINE)
KEY = re.compile("-----BEGIN " + r"(EC |RSA )?PRIVATE KEY-----\s+[A-Za-z0-9+/]{40}")


def faults(path: Path) -> list[str]:
    """Return what is wrong with one file."""
    if not path.is_file() or "vendor" in path.parts:
        return []
    if path.stat().st_size > LARGEST:
        return [f"{path}: larger than {LARGEST} bytes"]
    if path.suffix not in TEXT:
        return []
    text = path.read_text("utf-8", "replace")
    checks = {"merge mark": MARK, "trailing blank": BLANKS, "private key": KEY}
    return [f"{path}: {name}" for name, pattern in checks.items() if pattern.search(text)]


if __name__ == "__main__":
    found = [fault for name in sys.argv[1:] for fault in faults(Path(name))]
    sys.stderr.write("".join(f"{fault}\n" for fault in found))
    sys.exit(bool(found))
