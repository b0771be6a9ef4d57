"""One service, restore or move at a time on an SQLite store: a lock that the system takes back however it ends."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from monitor.domain.errors import StoreError


@contextlib.contextmanager
def only_service(store: Path) -> Iterator[None]:
    """
    Hold the lock of the store in the file *store* until the block ends.

    Two services would send what waits twice, and each would group without the stories of the other. Where there is no
    room for the file, or locks are not known, there is none: a service that cannot run is worse.

    Raises:
        StoreError: another service holds it.
    """
    with contextlib.ExitStack() as stack:
        try:
            path = store.with_name(f"{store.name}.lock")
            path.parent.mkdir(parents=True, exist_ok=True)
            # Opened without emptying it: whoever holds it stands in it.
            file = stack.enter_context(path.open("a+", encoding="ascii"))
        except OSError:
            yield
            return
        _take(file, store)
        yield


def _take(file: TextIO, store: Path) -> None:
    try:
        # A lock of the process, which its children do not inherit: they may outlive it by a moment.
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError) as error:
        file.seek(0)
        holder = file.read(20).strip()
        which = f" (process {holder})" if holder.isdigit() else ""
        raise StoreError(
            f"{store}: another service works on this store{which}: stop it first, or give this one a store of its own"
        ) from error
    except OSError:
        return
    with contextlib.suppress(OSError):
        # Root restores, too, and the service has to take the lock after it.
        owner = store.parent.stat()
        os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
    with contextlib.suppress(OSError):
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
