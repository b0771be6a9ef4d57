"""Configuration files: what is read, and where each fault is said to be."""

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.adapters.yaml_settings.catalogue import load_catalogue
from monitor.adapters.yaml_settings.document import read_document
from monitor.adapters.yaml_settings.load import load_settings
from monitor.adapters.yaml_settings.rule_tests import load_rule_tests
from monitor.adapters.yaml_settings.watchlists import load_watchlist_file
from monitor.app import feeds_of
from monitor.domain.errors import ConfigError
from monitor.domain.settings import Settings
from monitor.domain.watchlist import Severity
from monitor.stages.detect.folding import fold_words

WATCHLIST = """\
watchlist: suppliers
entities:
  - {id: acme, name: Acme, tags: [tier-1]}
  - Borealis Dairy
rules:
  - id: attacked
    entities: {tags: [tier-1]}
    roles: [victim]
    statuses: [confirmed, alleged]
    severity: critical
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    (folder / "watchlists").mkdir(parents=True)
    (folder / "watchlists" / "suppliers.yaml").write_text(WATCHLIST, encoding="utf-8")
    (folder / "channels.yaml").write_text("channels:\n  screen: {console: true}\n", encoding="utf-8")
    return folder


def faults_of(folder: Path, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_settings(folder, environ or {})
    return [str(fault).removeprefix(f"{folder}/") for fault in caught.value.faults]


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def test_a_small_configuration(config: Path) -> None:
    write(
        config,
        "feeds.yaml",
        "feeds:\n  - https://www.example.org/feed.xml\n  - {id: nl, url: https://example.nl/rss, every: 15m}\n",
    )
    settings = load_settings(config, {})
    assert [(feed.id, feed.every) for feed in settings.feeds] == [
        ("example-org-feed-xml", None),
        ("nl", timedelta(minutes=15)),
    ]
    (watchlist,) = settings.watchlists
    assert [entity.id for entity in watchlist.entities] == ["acme", "borealis-dairy"]
    (rule,) = watchlist.rules
    assert rule.entity_ids == {"acme"}
    assert rule.statuses == {"confirmed", "alleged"}
    assert "ransomware" in rule.attacks
    assert rule.severity is Severity.CRITICAL
    assert settings.storage.endswith(f"{config.parent}/storage/monitor.db")


def test_a_folder_is_looked_into_often_where_it_does_not_say_how_often(config: Path) -> None:
    rows = "{url: dropped, kind: folder}, {url: archive, kind: folder, every: 1h}, {url: 'https://a.example/x'}"
    write(config, "feeds.yaml", f"feeds: [{rows}]")
    write(config, "monitor.yaml", "folder: {every: 5s}\n")
    every = {Path(feed.url).name: feed.every for feed in feeds_of(load_settings(config, {}))}
    assert (every["dropped"], every["archive"], every["x"]) == (timedelta(seconds=5), timedelta(hours=1), None)


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        pytest.param(
            "watchlists/suppliers.yaml",
            "watchlist: a\nentities:\n  - Acme\n  - name: Beta\n    alias: [B]\n",
            'watchlists/suppliers.yaml:5:5: entities.1.alias: unknown key (did you mean "aliases"?)',
            id="unknown key, with the place of the key",
        ),
        pytest.param(
            "watchlists/suppliers.yaml",
            WATCHLIST.replace("tier-1]}\n    roles", "tier-9]}\n    roles"),
            'watchlists/suppliers.yaml:7:23: rules.0.entities.tags.0: no entity has the tag "tier-9" (did you mean "tier-1"?)',
            id="unknown tag",
        ),
        pytest.param(
            "watchlists/suppliers.yaml",
            WATCHLIST.replace("{tags: [tier-1]}", "[ACME]"),
            'watchlists/suppliers.yaml:7:16: rules.0.entities.0: no entity of this watchlist is "ACME" (did you mean "acme"?)',
            id="an id in capitals",
        ),
        pytest.param(
            "watchlists/suppliers.yaml",
            WATCHLIST.replace("[victim]", "[victm]"),
            'watchlists/suppliers.yaml:8:13: rules.0.roles.0: "victm" is none of any, victim, supplier, actor, responder, source,'
            ' mentioned (did you mean "victim"?)',
            id="misspelt role",
        ),
        pytest.param(
            "watchlists/suppliers.yaml",
            WATCHLIST + "    text: '\"customer data\" NEAR/x stolen'\n",
            'watchlists/suppliers.yaml:11:11: rules.0.text: at character 17: "NEAR/x" is written NEAR/5',
            id="wrong expression",
        ),
        pytest.param(
            "watchlists/suppliers.yaml",
            WATCHLIST + "    channels: [scren]\n",
            'watchlists/suppliers.yaml:11:16: rules.0.channels.0: no channel is called "scren" (did you mean "screen"?)',
            id="unknown channel",
        ),
        pytest.param("watchlists/suppliers.yaml", "", "watchlists/suppliers.yaml:1:1: the file is empty", id="empty"),
        pytest.param("watchlists/suppliers.yaml", "\t- a: [", "watchlists/suppliers.yaml:1:1: no valid YAML", id="no YAML"),
        pytest.param("feeds.yaml", "feeds: [not-a-url]", 'feeds.yaml:1:9: feeds.0.url: "not-a-url" is no http(s)', id="no URL"),
        pytest.param("feeds.yaml", "feeds:\n  - {url: 'https://a.example/', every: 15}", "feeds.yaml:2:40: feeds.0.every: a duration carries its unit", id="no unit"),
        pytest.param("feeds.yaml", "feeds:\n  - {url: 'https://a.example/', every: 0m}", "feeds.yaml:2:40: feeds.0.every: some time is wanted here", id="asked without a pause"),
        pytest.param("feeds.yaml", "feeds: [{url: 'https://a.example/', options: {haeders: {a: b}}}]", "feeds.yaml:1:56: feeds.0.options.haeders: unknown option of a feed of kind web (did you mean \"headers\"?)", id="unknown option"),
        pytest.param("feeds.yaml", "feeds: [{url: 'https://a.example/', options: {headers: [a]}}]", "feeds.0.options.headers: is no mapping", id="headers are none"),
        pytest.param("feeds.yaml", "feeds: [{url: 'https://a.example/', options: {user_agent: {}}}]", "feeds.0.options.user_agent: is no text", id="a name that is none"),
        pytest.param("feeds.yaml", "feeds: [{url: 'https://a.example/', kind: json-api, options: {items: a}}]", "feeds.0.options: title is missing", id="API without title"),
        pytest.param("feeds.yaml", "feeds: [{url: 'https://a.example/', kind: imap}]", "feeds.0.url: a mailbox is imaps://", id="a mailbox that is a site"),
        pytest.param("feeds.yaml", "feeds: [{url: 'imaps://a.example/', kind: imap, options: {password: x}}]", "feeds.0.url: names no user", id="a mailbox of nobody"),
        pytest.param("feeds.yaml", "feeds: [{url: 'imaps://k@a.example/', kind: imap}]", "feeds.0.options: password is missing", id="a mailbox without password"),
        pytest.param("feeds.yaml", "feeds: [{url: 'imaps://k@a.example/', kind: imap, options: {password: x, tls: some}}]", "options.tls: can be none and nothing else", id="a kind of TLS that there is not"),
        pytest.param("feeds.yaml", "feeds: [{url: here, kind: folder, options: {title: x}}]", "options.title: unknown option of a feed of kind folder", id="a folder has no options"),
        pytest.param("feeds.yaml", "feeds: {}", "feeds.yaml:1:8: feeds: a list is wanted here", id="no list"),
        pytest.param("feeds.yaml", "feeds: {a: b}", "each of its items begins with a hyphen", id="keys for a list"),
        pytest.param("feeds.yaml", "feeds: x", "feeds: a list is wanted here, such as [x]", id="one for a list"),
        pytest.param("feeds.yaml", "- x", '1:1: keys and values are wanted here, such as "feeds: ..."', id="no keys"),
        pytest.param("feeds.yaml", "feeds:\n - id: a: b", "a text with a colon needs quotes", id="colon in a text"),
        pytest.param("feeds.yaml", "feeds:\n  - x\n - y", "further left or right", id="out of line"),
        pytest.param("feeds.yaml", "feeds: [x", "a bracket is open", id="open bracket"),
        pytest.param("feeds.yaml", "feeds: ['x]", "a quotation mark is open", id="open quotation"),
        pytest.param("feeds.yaml", "feeds:\n  - 'x\n  - y\n", "feeds.yaml:2:5: no valid YAML: found unexpected end of stream (a quotation mark is open)", id="where a quotation opens"),
        pytest.param("channels.yaml", "channels: {c: {console: true, digest: true}}", '"true" is none of none, hourly, daily, weekly', id="yes for a word"),
        pytest.param("monitor.yaml", "storrage: x", 'monitor.yaml:1:1: storrage: unknown key (did you mean "storage"?)', id="monitor.yaml"),
        pytest.param("monitor.yaml", "poll: {every: never}", "monitor.yaml:1:15: poll.every: a duration carries its unit", id="section"),
        pytest.param("monitor.yaml", "web: {listen: '8080'}", "monitor.yaml:1:15: web.listen: an IP address and a port are wanted", id="a port alone"),
        pytest.param("monitor.yaml", "web: {listen: '127.0.0.1:8080', token: short}", "monitor.yaml:1:40: web.token: too short", id="short token"),
        pytest.param("monitor.yaml", "web: {base_url: example.org}", 'monitor.yaml:1:17: web.base_url: "example.org" is no http(s) address', id="links without a scheme"),
        pytest.param("monitor.yaml", "web: {base_url: 'http://['}", "web.base_url: \"http://[\" is no http(s) address", id="no address at all"),
        pytest.param("watchlists/suppliers.yaml", "watchlist: a\nentities:\n  - {name: Beta, country: Denmark}", 'yaml:3:27: entities.0.country: a country is its code of two letters, such as DK, not "Denmark"', id="a country by its name"),
        pytest.param("watchlists/more.yaml", WATCHLIST.replace("watchlist: suppliers", "watchlist: more"), "stands in the watchlists more, suppliers: rename one of them", id="one rule in two lists"),
        pytest.param("watchlists/more.yaml", "watchlist: suppliers\nentities: [Beta]", 'watchlists: watchlist: "suppliers" stands in more.yaml, suppliers.yaml: give one of them another name', id="one list in two files"),
        pytest.param("watchlists/suppliers.yaml", "watchlist: a\nentities:\n  - Beta: Works", "yaml:3:5: entities.0: a name with a colon in it stands in quotes", id="a name with a colon"),
        pytest.param("watchlists/suppliers.yaml", "watchlist: a\nentities:\n  - nam: Works", 'entities.0.nam: unknown key (did you mean "name"?)', id="a key that is nearly one"),
        pytest.param("watchlists/suppliers.yaml", "watchlist: a\nentities:\n  - true", "the names true, false and null stand in quotes", id="a name that is a boolean"),
        pytest.param("watchlists/suppliers.yaml", "watchlist: a\n---\nentities: [Beta]", "found another document (take the line --- out", id="two documents"),
        pytest.param("monitor.yaml", "a: 1\na: 2", "monitor.yaml:2:1: a: this key stands twice, first in line 1", id="double key"),
        pytest.param("watchlists/suppliers.yaml", "watchlist: a\nentities: [Square, Block]", 'yaml:2:20: entities.1: "Block" (id block-inc) stands here and in line 2, maybe by another name: leave', id="one company by two names"),
        pytest.param("watchlists/suppliers.yaml", "watchlist: a\nentities: [*Star]", "yaml:2:12: no valid YAML: found undefined alias (a text that begins with * stands in quotes)", id="a name that begins with a star"),
        pytest.param("channels.yaml", "channels:\n  c: {url: 'slak://a/b/c'}", "channels.c.url: slak:// is not supported (did you mean slack://?)", id="nearly a service"),
        pytest.param("monitor.yaml", "[" * 5000, "nested deeper than 60 levels", id="nested"),
        pytest.param("channels.yaml", "channels:\n  c: {url: '${NO_SUCH}'}", "channels.yaml:2:12: channels.c.url: NO_SUCH is not set", id="no secret"),
        pytest.param("channels.yaml", "channels:\n  c: {console: true, file: x}", "channels.yaml:2:6: channels.c: a channel has one of", id="two ways"),
        pytest.param("channels.yaml", "channels:\n  c: {url: 'hello world'}", "channels.yaml:2:12: channels.c.url", id="no channel URL"),
        pytest.param("channels.yaml", "channels:\n  c: {console: true, timezone: Europe/Amsterdm}", "channels.yaml:2:32: channels.c.timezone", id="zone"),
    ],
)  # fmt: skip
def test_faults_name_their_place(config: Path, name: str, text: str, fault: str) -> None:
    write(config, name, text)
    assert any(fault in found for found in faults_of(config)), faults_of(config)


def test_all_faults_of_all_files_at_once(config: Path) -> None:
    write(config, "feeds.yaml", "feeds: [x, {url: 'ftp://a.example'}]")
    write(config, "monitor.yaml", "fetch: {per_hots: 3}")
    found = faults_of(config)
    assert [line.partition(":")[0] for line in found] == ["monitor.yaml", "feeds.yaml", "feeds.yaml"]


def test_faults_of_a_file_are_told_from_top_to_bottom(config: Path) -> None:
    rules = "rules:\n  - id: r\n    role: [victim]\n    severity: loud\n    statuses: [sure]\n"
    write(config, "watchlists/suppliers.yaml", f"watchlist: w\nentities:\n  - {{name: Acme, alias: [B]}}\n{rules}")
    assert [int(line.split(":")[1]) for line in faults_of(config)] == [3, 6, 7, 8]


def test_binary_and_foreign_bytes(config: Path) -> None:
    (config / "feeds.yaml").write_bytes(b"feeds:\n  - caf\xe9")
    assert faults_of(config) == ["feeds.yaml:2:1: byte 14 is no UTF-8: save the file as UTF-8"]


def test_aliases_cannot_blow_up() -> None:
    rounds = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))
    document = read_document("x.yaml", f"a0: &a0 [lol]\n{rounds}\n".encode())
    assert any("aliases" in str(fault) for fault in document.faults)


def test_words_of_yaml_1_1_stay_words() -> None:
    document = read_document("x.yaml", b"[no, on, 0123, 1:30, 1.5, 7, true, ~, 3M, '9']")
    assert document.value == ["no", "on", "0123", "1:30", 1.5, 7, True, None, "3M", "9"]


def test_the_environment_beats_the_file_and_a_flag_beats_both(config: Path, tmp_path: Path) -> None:
    write(config, "monitor.yaml", "poll: {every: 1h, shortest: 2m}\n")
    secret = tmp_path / "storage-url"
    secret.write_text("sqlite:////somewhere/else.db\n", encoding="utf-8")
    environ = {"MONITOR_POLL__EVERY": "7m", "MONITOR_STORAGE_FILE": str(secret), "MONITOR_CONFIG": "x"}
    settings = load_settings(config, environ)
    assert settings.policy.poll.every == timedelta(minutes=7)
    assert settings.policy.poll.shortest == timedelta(minutes=2)
    assert settings.storage == "sqlite:////somewhere/else.db"
    assert load_settings(config, environ, {"storage": "sqlite:////flag.db"}).storage == "sqlite:////flag.db"


@pytest.mark.parametrize(
    ("environ", "flags", "told"),
    [
        ({"MONITOR_POLL__EVERY": "10"}, {}, "MONITOR_POLL__EVERY: poll.every: a duration carries its unit"),
        ({"MONITOR_POLL__EVRY": "10m"}, {}, 'MONITOR_POLL__EVRY: poll.evry: unknown key (did you mean "every"?)'),
        ({"MONITOR_SEEDS": "[seeds/"}, {}, "MONITOR_SEEDS: no valid YAML"),
        ({"MONITOR_POLL": "1m", "MONITOR_POLL__EVERY": "2m"}, {}, "MONITOR_POLL: poll: keys and values are wanted"),
        ({}, {"storage": "mysql://host/db"}, "--storage: storage: "),
    ],
)
def test_what_a_variable_or_a_flag_got_wrong_is_not_laid_at_the_file(
    config: Path, environ: dict[str, str], flags: dict[str, object], told: str
) -> None:
    write(config, "monitor.yaml", "poll: {shortest: 2m}\n")
    with pytest.raises(ConfigError) as caught:
        load_settings(config, environ, flags)
    assert [str(fault)[: len(told)] for fault in caught.value.faults] == [told]


def test_secrets_come_from_variables_or_files_and_stay_out_of_sight(config: Path, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cr3t-token\n", encoding="utf-8")
    write(config, "channels.yaml", "channels:\n  hook: {webhook: 'https://example.org/${TOKEN}', secret: '${KEY}'}\n")
    settings = load_settings(config, {"TOKEN_FILE": str(tmp_path / "token"), "KEY": "whsec_" + "A" * 32})
    (channel,) = settings.channels
    assert channel.target == "https://example.org/s3cr3t-token"
    assert "s3cr3t" not in repr(settings)


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({}, "KEY is not set: set it, or KEY_FILE to a file that holds it"),
        ({"KEY": ""}, "KEY is empty: set it, or leave out what needs it"),
        ({"KEY_FILE": "/no/such/file"}, "KEY_FILE names /no/such/file, which cannot be read"),
        ({"KEY_FILE": "/dev/null"}, "KEY_FILE names /dev/null, which is empty"),
    ],
)
def test_what_counts_on_a_secret_does_not_go_without_it(config: Path, environ: dict[str, str], told: str) -> None:
    write(config, "channels.yaml", "channels:\n  hook: {webhook: 'https://example.org/', secret: '${KEY}'}\n")
    assert faults_of(config, environ) == [f"channels.yaml:2:51: channels.hook.secret: {told}"]


CSV = """\
name,id,aliases,domains,tags
Acme Holding B.V.,,Acme Zuivel;Acme Kaas,acme.example,tier-2
ACME B.V.,,,acme.test,
"Vries, de & Zonen N.V.",vries,,,
"""


def test_thousands_of_suppliers_come_from_csv(config: Path) -> None:
    write(config, "watchlists/list.csv", CSV)
    write(config, "watchlists/suppliers.yaml", "watchlist: s\nentities:\n  - {file: list.csv, tags: [third-party]}\n")
    acme, vries = load_watchlist_file(config / "watchlists" / "suppliers.yaml").entities
    assert (acme.id, acme.name) == ("acme", "Acme")
    assert set(acme.aliases) >= {"Acme Holding B.V.", "Acme Zuivel", "Acme Kaas"}
    assert acme.domains == ("acme.example", "acme.test")
    assert acme.tags == ("third-party", "tier-2")
    assert vries.id == "vries"


def test_a_broken_csv_is_a_fault_with_its_place(config: Path) -> None:
    write(config, "watchlists/list.csv", "nam,tags\nAcme,\n")
    write(config, "watchlists/suppliers.yaml", "watchlist: s\nentities:\n  - {file: list.csv}\n")
    assert faults_of(config) == [
        'watchlists/list.csv:1:1: unknown column "nam" (did you mean "name"?); the columns are name[,id,aliases,domains,tags]'
    ]


def test_a_bare_name_is_filled_in_from_the_catalogue(config: Path) -> None:
    write(
        config, "watchlists/suppliers.yaml", "watchlist: s\nentities: [Microsoft, {name: Apple, people: [Tim Cook]}]\n"
    )
    microsoft, apple = load_watchlist_file(config / "watchlists" / "suppliers.yaml").entities
    assert microsoft.people
    assert apple.people == ("Tim Cook",)
    assert apple.ambiguous


def test_a_name_that_somebody_writes_for_an_entity_is_not_excluded_by_the_catalogue(config: Path) -> None:
    write(
        config,
        "watchlists/suppliers.yaml",
        "watchlist: s\nentities: [{name: RTL, aliases: [RTL Nieuws]}, {name: RTL, id: rtl-tv, aliases: [RTL TV]}]\n",
    )
    with_news, without = load_watchlist_file(config / "watchlists" / "suppliers.yaml").entities
    assert "RTL Nieuws" not in with_news.exclude
    assert "RTL Nieuws" in without.exclude


@pytest.mark.parametrize(
    ("entity", "kind"),
    [
        ("{name: FBI, kind: agency, sector: police}", "public-body"),
        ("{name: FBI, kind: agency}", "public-body"),
        ("{name: Reuters, kind: agency}", "agency"),
        ("{name: Reuters, kind: news-agency}", "agency"),
        ("{name: Harbour Safety Agency, kind: agency, sector: government}", "public-body"),
        ("{name: Brenko Wire, kind: agency}", "agency"),
        ("{name: Brenko Wire, kind: news-agency, sector: shipping}", "agency"),
    ],
)
def test_an_agency_is_one_of_the_state_or_of_the_news(config: Path, entity: str, kind: str) -> None:
    write(config, "watchlists/suppliers.yaml", f"watchlist: s\nentities: [{entity}]\n")
    assert load_watchlist_file(config / "watchlists" / "suppliers.yaml").entities[0].kind == kind


def test_no_company_of_the_catalogue_excludes_its_own_name() -> None:
    """A phrase that is excluded is compared without signs: "sic!" hides SIC."""
    hidden = [
        (entity.id, phrase)
        for entity in load_catalogue()
        for phrase in entity.exclude
        if fold_words(phrase) in {"", *map(fold_words, (entity.name, *entity.aliases))}
    ]
    assert hidden == []


def test_the_configuration_that_ships_is_fine() -> None:
    settings = load_settings(Path(__file__).parents[3] / "config", {})
    assert isinstance(settings, Settings)
    assert len(settings.entities()) >= 60
    assert [rule.id for rule in settings.watchlists[0].rules] == ["under-attack", "in-attack-news"]


def test_a_channel_without_a_limit_of_its_own_has_that_of_all(config: Path) -> None:
    write(config, "channels.yaml", "channels:\n  a: {console: true}\n  b: {console: true, per_minute: 3}\n")
    write(config, "monitor.yaml", "alerts: {storm_per_minute: 7}\n")
    assert [channel.per_minute for channel in load_settings(config, {}).channels] == [7, 3]


def test_rules_say_who_is_told_of_feeds(config: Path) -> None:
    write(config, "feeds.yaml", "feeds:\n  - {id: nl, url: https://example.nl/rss, tags: [dutch]}\n")
    write(
        config,
        "monitor.yaml",
        "notices:\n  - {on: feed-unhealthy, states: [gone], tags: [dutch], channels: [screen], severity: critical}\n",
    )
    (rule,) = load_settings(config, {}).notices
    assert (rule.states, rule.tags, rule.channels) == ({"gone"}, {"dutch"}, ("screen",))
    assert rule.severity is Severity.CRITICAL


def test_faults_in_rules_for_feeds_have_their_place(config: Path) -> None:
    write(config, "monitor.yaml", "notices:\n  - {on: feed-unhealthy, channels: [sceen], tags: [dutch]}\n")
    assert faults_of(config) == [
        'monitor.yaml:2:37: notices.0.channels.0: no channel is called "sceen" (did you mean "screen"?)',
        'monitor.yaml:2:52: notices.0.tags.0: no feed has the tag "dutch"',
    ]
    write(config, "monitor.yaml", "notices:\n  - {on: feed-unwell}\n")
    assert "feed-unhealthy" in faults_of(config)[0]


def test_the_faults_of_rule_tests_are_told_all_at_once(tmp_path: Path) -> None:
    written = "tests:\n  - {name: a, given: [{titel: x}], expect: {}}\n  - {name: b, expects: {}}\ntest: []\n"
    write(tmp_path, "x.test.yaml", written)
    with pytest.raises(ConfigError) as caught:
        load_rule_tests(tmp_path / "x.test.yaml")
    told = [str(fault).removeprefix(f"{tmp_path}/") for fault in caught.value.faults]
    assert told[-1] == 'x.test.yaml:4:1: test: unknown key (did you mean "tests"?)'
    assert 'x.test.yaml:2:24: tests.0.given.0.titel: unknown key (did you mean "title"?)' in told
    assert 'x.test.yaml:3:15: tests.1.expects: unknown key (did you mean "expect"?)' in told
