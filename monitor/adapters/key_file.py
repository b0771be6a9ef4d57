"""The key that signs links, made at the first start and kept beside the store."""

import contextlib
import fcntl
import os
import secrets
from pathlib import Path

from monitor.domain.errors import StoreError

_BYTES = 32


def read_or_make_key(path: Path) -> bytes:
    """
    The key in *path*; a new one where there is none. Only this user may read the file.

    Raises:
        StoreError: the file cannot be read or made, or holds something that is no key.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _read(path) or _make(path)
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: the key for signed links cannot be read or made: {error}") from error


def _read(path: Path) -> bytes:
    """The key; nothing where the file is missing or empty, as a program leaves it that was killed right then."""
    try:
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return b""
    key = bytes.fromhex(text)
    # An empty key would sign too, and anybody could sign with it.
    if key and len(key) < _BYTES:
        raise ValueError(f"it holds {len(key)} bytes, not {_BYTES}: remove it, and links sent so far stop working")
    return key


def _make(path: Path) -> bytes:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+", encoding="ascii") as file:
        # Those that start together make one key: the others wait here and find it.
        fcntl.flock(file, fcntl.LOCK_EX)
        if found := _read(path):
            return found
        key = secrets.token_bytes(_BYTES)
        file.write(key.hex())
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(OSError):
        path.chmod(0o600)
    return key
