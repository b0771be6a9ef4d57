"""`monitor feeds`, as typed."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from monitor.entrypoints.cli.main import main
from tests.processes import install


@pytest.fixture
def config(tmp_path: Path, monkeypatch) -> Path:
    folder = tmp_path / "config"
    (folder / "watchlists").mkdir(parents=True)
    (folder / "watchlists" / "w.yaml").write_text("watchlist: w\nentities: [Microsoft]\n")
    (folder / "feeds.yaml").write_text(
        "feeds:\n"
        "  - {id: first, url: 'https://reader:word@a.example/feed', title: First, tags: [security, english]}\n"
        "  - {id: second, url: 'https://b.example/feed', enabled: false}\n"
    )
    monkeypatch.setenv("MONITOR_CONFIG", str(folder))
    return folder


def rows(capsys) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_list_shows_what_is_on_and_hides_passwords(config, capsys):
    assert main(["feeds", "list", "-o", "jsonl"]) == 0
    listed = rows(capsys)
    assert [row["id"] for row in listed] == ["first"]
    assert listed[0]["url"] == "https://a.example/feed"


def test_list_all_shows_what_is_off(config, capsys):
    assert main(["feeds", "list", "--all", "-o", "jsonl"]) == 0
    assert {row["id"]: row["health"] for row in rows(capsys)}["second"] == "off"


def test_list_by_tag(config, capsys):
    assert main(["feeds", "list", "--tag", "english", "-o", "csv"]) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("first,")


def test_health_without_a_store_has_nothing_to_complain_about(config, capsys):
    assert main(["feeds", "health", "-o", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_of_a_feed_that_was_never_read_no_interval_is_told(tmp_path, monkeypatch, capsys):
    place = install(tmp_path)
    place.write("config/monitor.yaml", "seeds: []\nallow_private_addresses: [127.0.0.0/8]\n")
    place.write("config/feeds.yaml", "feeds: [{id: closed, url: 'http://127.0.0.1:9/feed'}]\n")
    place.told("once")
    (row,) = json.loads(place.told("feeds", "list", "-o", "json").stdout)
    assert (row["health"], row["interval"], row["last_read_at"]) == ("failing", "", None)
    assert "refuses connections at port 9" in row["reason"]
    (shown,) = json.loads(place.told("feeds", "health", "-o", "json", check=False).stdout)
    assert shown["next_check_at"] == row["next_check_at"] > shown["last_checked_at"]


def test_add_writes_a_file_beside_the_users(config, capsys):
    before = (config / "feeds.yaml").read_bytes()
    assert main(["feeds", "add", "https://c.example/rss", "--untried", "--tag", "x y", "--language", "nl"]) == 0
    assert main(["feeds", "add", "https://c.example/rss?page=2", "--untried", "--id", "c2", "--every", "5m"]) == 0
    capsys.readouterr()
    assert main(["feeds", "list", "-o", "jsonl"]) == 0
    added = {row["id"]: row for row in rows(capsys)}
    assert added["c-example-rss"]["tags"] == ["x y"]
    assert added["c2"]["url"] == "https://c.example/rss?page=2"
    assert (config / "feeds.yaml").read_bytes() == before


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["https://b.example/feed", "--untried"], "switched off"),
        (["ftp://x/", "--untried"], "no http(s) address"),
        (["https://d.example/", "--untried", "--id", "No Id"], "id"),
        (["https://d.example/", "--untried", "--every", "often"], "carries its unit"),
    ],
)
def test_what_cannot_be_added_leaves_no_trace(config, capsys, words, message):
    assert main(["feeds", "add", *words]) == 2
    assert message in capsys.readouterr().err
    assert not (config / "feeds.d" / "added.yaml").exists()


def test_export_and_import_keep_folders(config, capsys, tmp_path):
    assert main(["feeds", "export", "--all"]) == 0
    exported = tmp_path / "my feeds.opml"
    exported.write_text(capsys.readouterr().out.replace("a.example/feed", "new.example/feed"))
    assert "word" not in exported.read_text()
    assert main(["feeds", "import", str(exported), "--tag", "imported"]) == 0
    assert "1 feed added, 1 there already" in capsys.readouterr().out
    assert main(["feeds", "list", "-o", "jsonl"]) == 0
    by_url = {row["url"]: row for row in rows(capsys)}
    assert by_url["https://new.example/feed"]["tags"] == ["security", "english", "imported"]
    assert (config / "feeds.d" / "my-feeds.yaml").exists()


def test_an_import_of_difficult_titles_can_be_read_back(config, capsys, tmp_path):
    listed = tmp_path / "list.json"
    titles = ["yes", "1.5", 'a "b": {c}', "# no", "- x", "ü & ß", "null", "x: y", "[", "'", "*a", "!t", "%", "@", "`"]
    listed.write_text(
        json.dumps([{"url": f"https://x.example/{number}", "title": title} for number, title in enumerate(titles)])
    )
    assert main(["feeds", "import", str(listed)]) == 0
    capsys.readouterr()
    assert main(["feeds", "list", "-o", "jsonl"]) == 0
    assert [row["title"] for row in rows(capsys) if "x.example" in row["url"]] == titles


def test_an_import_from_nowhere_is_wrong_use(config, capsys, tmp_path):
    assert main(["feeds", "import", str(tmp_path / "none.opml")]) == 2
    (tmp_path / "empty.opml").write_text("<opml/>")
    assert main(["feeds", "import", str(tmp_path / "empty.opml")]) == 2
    assert main(["feeds", "import", str(tmp_path / "empty.opml"), "--name", "../x"]) == 2
    assert "holds no address of a feed" in capsys.readouterr().err


def test_an_import_says_what_it_left_out(config, capsys, tmp_path):
    listed = tmp_path / "list.csv"
    listed.write_text("url,title\nhttps://new.example/feed,New\nnew.example,Bare\n")
    assert main(["feeds", "import", str(listed)]) == 0
    assert 'left out, since it is no http(s) address: "new.example"' in capsys.readouterr().err


def test_what_an_export_kept_secret_is_not_taken_for_an_address(config, capsys, tmp_path):
    own = "https://me:word@own.example/feed?token=very-secret"
    (config / "feeds.d").mkdir(exist_ok=True)
    (config / "feeds.d" / "own.yaml").write_text(f"feeds:\n  - {{id: own, url: '{own}'}}\n")
    assert main(["feeds", "export", "--all"]) == 0
    exported = tmp_path / "mine.opml"
    exported.write_text(capsys.readouterr().out)
    assert "secret" not in exported.read_text()
    assert main(["feeds", "import", str(exported)]) == 0
    assert "0 feeds added, 3 there already" in capsys.readouterr().out
    (config / "feeds.d" / "own.yaml").unlink()
    assert main(["feeds", "import", str(exported)]) == 0
    told = capsys.readouterr()
    assert "0 feeds added, 2 there already" in told.out
    assert "write that where *** stands" in told.err


def test_test_wants_an_id_or_an_address(config, capsys):
    assert main(["feeds", "test", "nothing"]) == 2
    assert "neither an address nor the id" in capsys.readouterr().err


def test_seeds_are_tried_by_the_id_that_is_listed(config, capsys):
    (config.parent / "seeds").mkdir(exist_ok=True)
    (config.parent / "seeds" / "one.txt").write_text("A bank was hit\n\nIt was.\n", encoding="utf-8")
    assert main(["feeds", "test", "seeds"]) == 0
    told = capsys.readouterr()
    assert "A bank was hit" in told.out
    assert 'fine: "Seed articles", 1 entry' in told.err


RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>The News</title>
<item><title>Bank hacked</title><link>https://news.example/1</link><guid>1</guid>
<pubDate>Wed, 25 Nov 2026 08:00:00 GMT</pubDate><description>It was.</description></item></channel></rss>"""
PAGES = {
    "/feed": ("application/rss+xml", RSS),
    "/page": (
        "text/html",
        b'<html><link rel="alternate" type="application/rss+xml" href="/feed"><body>Hi</body></html>',
    ),
    "/sitemap.xml": (
        "application/xml",
        b"<urlset><url><loc>https://news.example/bank-was-hacked</loc></url></urlset>",
    ),
    "/bare": ("text/html", b"<html><body>Nothing here</body></html>"),
}


WITHOUT_FEED = {path: PAGES[path] for path in ("/bare", "/sitemap.xml")}


class _Handler(BaseHTTPRequestHandler):
    pages = PAGES

    def do_GET(self) -> None:
        kind, body = self.pages.get(self.path, ("text/html", b""))
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def site(config):
    (config / "monitor.yaml").write_text('allow_private_addresses: ["127.0.0.0/8"]\n')
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_feed_is_tried_without_being_stored(site, capsys):
    assert main(["feeds", "test", f"{site}/feed", "-o", "jsonl"]) == 0
    said = capsys.readouterr()
    (entry,) = [json.loads(line) for line in said.out.splitlines()]
    assert (entry["title"], entry["url"]) == ("Bank hacked", "https://news.example/1")
    assert '"The News", 1 entry' in said.err


def test_a_page_that_is_no_feed_says_where_one_is(site, capsys):
    assert main(["feeds", "test", f"{site}/page"]) == 1
    said = capsys.readouterr().err
    assert "monitor feeds discover" in said
    assert said.startswith(f"{site}/page: ")


def test_an_address_without_its_scheme_is_asked_safely(config, capsys):
    (config / "monitor.yaml").write_text("allow_private_addresses: []\n")
    for command in (["feeds", "test"], ["feeds", "add"], ["feeds", "discover"]):
        assert main([*command, "127.0.0.1/feed"]) == 1
        assert capsys.readouterr().err.startswith("https://127.0.0.1/feed: ")


@pytest.mark.parametrize(
    "typed", ["not a url", "", "ftp://a.example/feed", "http://", "http://[", "file:///etc/passwd"]
)
@pytest.mark.parametrize("command", ["discover", "add", "test"])
def test_what_is_no_address_is_wrong_use(config, capsys, command, typed):
    assert main(["feeds", command, typed]) == 2
    assert f'"{typed}" is n' in capsys.readouterr().err
    assert not (config / "feeds.d").exists()


def test_an_import_that_brings_nothing_promises_no_poll(config, capsys, tmp_path):
    (tmp_path / "known.txt").write_text("https://a.example/feed\n")
    assert main(["feeds", "import", str(tmp_path / "known.txt")]) == 0
    assert capsys.readouterr().out == "0 feeds added, 1 there already\n"


def test_add_tries_first_and_takes_the_title(site, config, capsys):
    assert main(["feeds", "add", f"{site}/missing"]) == 1
    assert not (config / "feeds.d").exists()
    assert main(["feeds", "add", f"{site}/feed", "--id", "news"]) == 0
    assert "title: The News" in (config / "feeds.d" / "added.yaml").read_text()


@pytest.mark.parametrize("path", ["/page", "/bare", "/feed", "/missing"])
@pytest.mark.parametrize("typed", ["http://", ""])
def test_discover_finds_named_and_usual_feeds(site, capsys, path, typed):
    assert main(["feeds", "discover", f"{site.replace('http://', typed)}{path}", "-o", "json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["url"] == f"{site}/feed"
    assert (found["title"], found["entries"]) == ("The News", 1)


@pytest.mark.parametrize(
    ("pages", "found"),
    [
        pytest.param(WITHOUT_FEED, ["sitemap"], id="a sitemap where there is no feed"),
        pytest.param({"/bare": PAGES["/bare"]}, [], id="nothing at all"),
    ],
)
def test_discover_ends_with_sitemaps_and_says_what_to_try(site, capsys, monkeypatch, pages, found):
    monkeypatch.setattr(_Handler, "pages", pages)
    assert main(["feeds", "discover", f"{site}/bare", "-o", "json"]) == (0 if found else 1)
    said = capsys.readouterr()
    assert [row["kind"] for row in json.loads(said.out or "[]")] == found
    assert ("no feed and no sitemap of news was found" in said.err) is not bool(found)


def test_discover_does_not_advise_itself(site, capsys, monkeypatch):
    monkeypatch.setattr(_Handler, "pages", {})
    assert main(["feeds", "discover", f"{site}/missing"]) == 1
    assert capsys.readouterr().err == f"{site}/missing: 127.0.0.1 has no such document (404)\n"
