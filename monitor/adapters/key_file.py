"""The key that signs links, made at the first start and kept beside the store."""

import os
import secrets
from pathlib import Path

from monitor.domain.errors import StoreError

_BYTES = 32


def read_or_make_key(path: Path) -> bytes:
    """
    The key in *path*; a new one where there is none. Only this user may read the file.

    Raises:
        StoreError: the file cannot be read or made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return bytes.fromhex(path.read_text(encoding="ascii").strip())
        with os.fdopen(handle, "w", encoding="ascii") as file:
            key = secrets.token_bytes(_BYTES)
            file.write(key.hex())
            return key
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: the key for signed links cannot be read or made: {error}") from error
