"""The lock that keeps a second service off an SQLite store."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.adapters.service_lock import only_service
from monitor.domain.errors import StoreError

HOLD = """
import os, sys, time
from pathlib import Path
from monitor.adapters.service_lock import only_service

with only_service(Path(sys.argv[1])):
    if os.fork() == 0:
        # A child that outlives the service, as one of the processes that read may by a moment.
        time.sleep(60)
        os._exit(0)
    print("held", flush=True)
    time.sleep(60)
"""


def test_another_process_is_refused_until_the_one_that_holds_it_is_gone(tmp_path: Path) -> None:
    store = tmp_path / "storage" / "monitor.db"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(store)], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StoreError) as refused, only_service(store):
            pass
        assert f"another service works on this store (process {holder.pid})" in str(refused.value)
        holder.kill()
        holder.wait()
        with only_service(store):
            assert store.with_name("monitor.db.lock").read_text() == str(os.getpid())
    finally:
        os.killpg(holder.pid, 9)
        holder.stdout.close()


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away")
def test_the_lock_belongs_to_whom_the_folder_belongs_to(tmp_path: Path) -> None:
    os.chown(tmp_path, 10_001, 10_002)
    with only_service(tmp_path / "monitor.db"):
        owner = (tmp_path / "monitor.db.lock").stat()
    assert (owner.st_uid, owner.st_gid) == (10_001, 10_002)


def test_without_room_for_the_lock_the_service_works_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    works = False
    with only_service(tmp_path / "file" / "monitor.db"):
        works = True
    assert works
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
