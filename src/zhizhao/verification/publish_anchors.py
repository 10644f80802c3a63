"""Publish an installation's trust anchors as a file, so that documents can be checked without its passphrase."""

from pathlib import Path

from zhizhao.trust.certificates import Certificates, replace_public_file
from zhizhao.trust.keys import KeyProvider
from zhizhao.verification.anchors import FILE, anchors_document


def publish_anchors(data_dir: Path, *, keys: KeyProvider, certificates: Certificates, base_url: str) -> Path:
    """Write `anchors.json` if it differs from what the keys say now, and return its path.

    Called at start and after every change of keys; readers see the old or the new file, whole.
    """
    path = data_dir / FILE
    document = anchors_document(keys, certificates, base_url=base_url)
    if not path.is_file() or path.read_bytes() != document:
        replace_public_file(path, document)
    return path
