"""`monitor db hush`: a store that was restored by other means than `monitor db restore` takes what it missed for history."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.adapters.database.store import DatabaseStore
from monitor.domain.notification import ChannelId
from monitor.entrypoints.daemon import utc_now
from tests.adapters.database.store_builders import claimed, feed, note, polled
from tests.builders import NOW
from tests.processes import install
from tests.stores import open_database


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_a_store_missed_is_history_and_what_waited_is_one_list(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path / 'storage' / 'monitor.db'}"
    if kind == "postgresql":
        new_url: Callable[[], str] = request.getfixturevalue("new_postgres_url")
        url = new_url()
    installation = install(tmp_path)
    (tmp_path / "storage").mkdir(exist_ok=True)
    database = open_database(url)
    store = DatabaseStore(database)
    store.sync_feeds([feed()], NOW)
    store.save_polls([polled(state) for state in claimed(store).values()], NOW)
    store.save_notifications([note("n1"), note("n2")])
    began = utc_now()
    done = installation.run("db", "hush", MONITOR_STORAGE=url)
    assert "does not ring: 1\n" in done.stdout
    assert "for each channel: 2\n" in done.stdout
    (state,) = claimed(store, utc_now() + timedelta(seconds=1)).values()
    assert (state.last_success_at, state.etag) == (None, None)
    assert state.known_since is not None
    assert state.known_since >= began
    assert store.claim_notifications(ChannelId("chat"), utc_now(), 10, timedelta(minutes=1)) == ()
    assert [len(held) for held in store.due_folds(utc_now()).values()] == [2]
    database.close()


def test_what_a_store_in_postgresql_does_with_its_own_tools_is_wrong_use(
    tmp_path: Path, new_postgres_url: Callable[[], str]
) -> None:
    installation, url = install(tmp_path), new_postgres_url()
    for words, tool in (("db backup", "pg_dump"), ("db restore x", "pg_restore"), (f"db move {url}", "pg_dump")):
        done = installation.run(*words.split(), check=False, MONITOR_STORAGE=url)
        assert (done.returncode, done.stdout) == (2, "")
        assert tool in done.stderr
