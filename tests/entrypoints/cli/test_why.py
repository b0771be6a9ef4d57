"""`monitor why` and `why-not`: every reason that a verdict can have is said in a sentence, and so is every way."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.app import open_store
from monitor.domain.alert import Alert, Reason, Silence, Verdict
from monitor.domain.article import Article
from monitor.domain.feed import Feed
from monitor.domain.finding import Analysis, Attack, AttackType, Finding, Part, Role, Span, Status
from monitor.domain.notification import ChannelId, Message, Notification, NotificationId
from monitor.domain.settings import Settings
from monitor.domain.story import Join
from monitor.domain.watchlist import EntityId, RuleId, Severity
from monitor.entrypoints.cli.configured import read_settings
from monitor.entrypoints.cli.main import main
from monitor.ports import Assessment, Poll, StoredMember
from monitor.stages.decide.explain import SENTENCES
from monitor.stages.decide.reasons import alert_id
from tests.builders import NOW
from tests.story_builders import article, entity, story

RULE, APPLE = RuleId("hit"), EntityId("apple")
STORY = story(entity("apple"))
QUIET = sorted(reason for reason in Reason if not reason.speaks)
LOUD = sorted(reason for reason in Reason if reason.speaks)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    folder = tmp_path / "config"
    (folder / "watchlists").mkdir(parents=True)
    (folder / "watchlists" / "w.yaml").write_text(
        "watchlist: w\nentities: [{id: apple, name: Apple, tags: [tier-1]}, Okta]\n"
        "rules: [{id: hit, roles: [victim], entities: [apple], severity: warning}]\n",
        encoding="utf-8",
    )
    (folder / "channels.yaml").write_text(
        "channels:\n"
        "  screen: {console: true, default: true}\n"
        "  pager: {console: true, default: true, min_severity: critical}\n"
        "  second: {console: true, default: true, tags: [tier-2]}\n"
        "  other: {console: true, default: true, watchlists: [others]}\n"
        "  dutch: {console: true, default: true, languages: [nl]}\n"
        "  night: {console: true, default: true, hours: {start: '22:00', end: '07:00'}}\n"
        "  extra: {console: true}\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("MONITOR_CONFIG", str(folder))
    return read_settings(None)


def told(
    settings: Settings,
    verdict: Verdict,
    *messages: Notification,
    alerts: tuple[Alert, ...] = (),
    parts: tuple[tuple[str, float], ...] = (),
) -> None:
    """A store with one article and what was decided on its story."""
    one: Article = article("a1", "Apple hit by ransomware", "Apple was hit.")
    finding = Finding(APPLE, Role.VICTIM, 0.93, (Span("title", 0, 5, "Apple"),), tuple(Part(*one) for one in parts))
    attack = Attack(AttackType.RANSOMWARE, Status.CONFIRMED, ("apple",), 0.9, (Span("title", 6, 9),))
    with open_store(settings, NOW) as store:
        store.sync_feeds([Feed(one.feed_id, "https://desk.example/")], NOW)
        ((_, state),) = store.claim_due_feeds(NOW + timedelta(minutes=9), 9, timedelta(minutes=1))
        store.save_polls([Poll(state, (one,))], NOW)
        store.save_assessment(
            Assessment(
                analyses=(Analysis(one.id, "en", (finding,), (attack,), (APPLE,)),),
                joins=(Join(one.id, STORY.id, 0.0, ()),),
                fingerprints=(StoredMember(one.id, STORY.id, b"[]", NOW),),
                stories=(STORY,),
                verdicts=(verdict,),
                alerts=alerts,
                notifications=messages,
                done=(one.id,),
            ),
            NOW,
        )


def verdict_of(reason: Reason, **more: object) -> Verdict:
    return Verdict(RULE, STORY.id, reason, Severity.WARNING, NOW, STORY.entities, **more)


@pytest.mark.parametrize("reason", QUIET)
def test_why_not_says_each_reason_to_keep_still(
    settings: Settings, capsys: pytest.CaptureFixture[str], reason: Reason
) -> None:
    told(settings, verdict_of(reason, detail="si-77" if reason is Reason.SILENCED else "loud-rule"))
    assert main(["why-not", "a1", "--watch", "apple"]) == 0
    said = capsys.readouterr().out
    assert "  hit (warning) asks for: role victim; attack any;" in said
    assert f"    2026-11-25 09:00 keeps still: {reason}\n      {SENTENCES[reason]}" in said
    assert f"Conclusion: hit: {SENTENCES[reason]}" in said
    assert ("Silence si-77; `monitor silence list` shows it." in said) is (reason is Reason.SILENCED)
    assert ("It is the alert of rule loud-rule." in said) is (reason is Reason.INHIBITED)


@pytest.mark.parametrize("reason", LOUD)
def test_why_says_each_reason_to_speak(settings: Settings, capsys: pytest.CaptureFixture[str], reason: Reason) -> None:
    told(settings, verdict_of(reason, changes=(reason, Reason.MORE_SOURCES)))
    assert main(["why", "a1"]) == 0
    said = capsys.readouterr().out
    assert f"    2026-11-25 09:00 speaks: {reason}\n      {SENTENCES[reason]}" in said
    assert SENTENCES[Reason.MORE_SOURCES] in said
    assert main(["why-not", "a1", "--watch", "apple"]) == 0
    assert "Conclusion: it did alert, under hit; no message about it was sent" in capsys.readouterr().out


@pytest.mark.parametrize("reason", [Reason.NOTHING_NEW, Reason.COOLING_DOWN])
def test_why_not_of_a_later_article_says_that_its_story_spoke_before_and_why_it_keeps_still(
    settings: Settings, capsys: pytest.CaptureFixture[str], reason: Reason
) -> None:
    told(settings, replace(verdict_of(Reason.NEW_STORY), decided_at=NOW - timedelta(hours=1)))
    with open_store(settings, NOW) as store:
        store.save_assessment(Assessment(verdicts=(verdict_of(reason),)), NOW)
    assert main(["why-not", "a1", "--watch", "apple"]) == 0
    said = capsys.readouterr().out
    assert "Conclusion: its story had alerted before it came, under hit; no message about it was sent\n" in said
    assert f"  hit since then: {SENTENCES[reason]}" in said


def test_an_article_that_waits_is_not_said_to_name_nobody(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    one = article("a1", "Apple hit by ransomware", "Apple was hit.")
    with open_store(settings, NOW) as store:
        store.sync_feeds([Feed(one.feed_id, "https://desk.example/")], NOW)
        ((_, state),) = store.claim_due_feeds(NOW + timedelta(minutes=9), 9, timedelta(minutes=1))
        store.save_polls([Poll(state, (one,))], NOW)
    assert main(["why-not", "a1", "--watch", "apple"]) == 0
    said = capsys.readouterr().out
    assert "    has not decided: the article has not been assessed yet\n" in said
    assert "Conclusion: the article has not been assessed yet" in said
    assert "no-entity" not in said


def test_where_no_channel_takes_an_alert_the_conclusion_says_so(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    told(settings, verdict_of(Reason.NEW_STORY))
    assert main(["why", "a1"]) == 0
    assert "sent, since no channel" not in capsys.readouterr().out
    channels = Path(os.environ["MONITOR_CONFIG"]) / "channels.yaml"
    channels.write_text(
        "channels:\n  pager: {console: true, default: true, min_severity: critical}\n", encoding="utf-8"
    )
    assert main(["why", "a1"]) == 0
    said = capsys.readouterr().out
    assert "    not to pager: it takes critical and above\n" in said
    assert "no message about it was sent, since no channel takes it: the lines of the rules say why" in said


def test_a_story_that_no_rule_has_judged_is_not_said_to_name_nobody(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    told(settings, replace(verdict_of(Reason.NEW_STORY), rule_id=RuleId("of-before")))
    assert main(["why", "a1"]) == 0
    said = capsys.readouterr().out
    assert "no-entity" not in said
    assert "    has not decided yet\n" in said
    assert "Conclusion: no rule has decided yet" in said


def test_an_article_is_found_by_its_address_as_it_was_pasted_and_a_story_is_said_to_be_one(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    told(settings, verdict_of(Reason.NEW_STORY))
    assert main(["why", "www.a1.example/a1/?utm_source=mail"]) == 0
    assert "Apple hit by ransomware" in capsys.readouterr().out
    assert main(["why", str(STORY.id)]) == 2
    assert f"is a story: `monitor stories show {STORY.id}`" in capsys.readouterr().err


def test_why_says_what_spoke_for_a_finding_in_words_and_by_its_name(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    told(settings, verdict_of(Reason.NEW_STORY), parts=(("name the-before", 3.5), ("victim bound:blow-at", 1.86)))
    for command in (["why", "a1"], ["why-not", "a1", "--watch", "apple"]):
        assert main(command) == 0
        said = capsys.readouterr().out
        assert (
            "    for and against the name being meant:\n"
            '      +3.50  "the" right before the name                       [the-before]\n'
            "    = +3.50  in all: 0.97 likely\n"
            "    for and against it being the victim:\n"
            '      +1.86  an attack word, then "at" or "on", then the name  [bound:blow-at]\n'
            "    = +1.86  in all: 0.96 likely beside the other roles; confidence 0.97 x 0.96\n"
        ) in said
        assert main([*command, "--short"]) == 0
        assert "bound:blow-at" not in capsys.readouterr().out


def test_an_article_that_the_program_failed_on_is_said_and_what_it_was_filed_under(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    told(settings, verdict_of(Reason.NEW_STORY))
    two = article("a2", "Odd", "Odd.", tags=("Banks", "R&D"), page="not read: the page is a cookie wall")
    with open_store(settings, NOW) as store:
        ((_, state),) = store.claim_due_feeds(NOW + timedelta(hours=9), 9, timedelta(minutes=1))
        store.save_polls([Poll(state, (two,))], NOW)
        unread = Analysis(two.id, "und", (), (), (), fault="IndexError in split, line 5: no such place")
        store.save_assessment(Assessment(analyses=(unread,), done=(two.id,)), NOW)
    for command in (["why", "a2"], ["why-not", "a2", "--watch", "apple"]):
        assert main(command) == 0
        said = capsys.readouterr().out
        assert "  filed by its publisher under: Banks, R&D\n" in said
        assert "  the page behind it: not read: the page is a cookie wall\n" in said
        assert "none, the program failed on this article (IndexError in split, line 5: no such place)" in said
        assert "Conclusion: the program failed on the article; the fault is worth a report" in said


def test_a_pause_says_when_it_ends(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    told(settings, verdict_of(Reason.COOLING_DOWN, retry_at=NOW + timedelta(hours=1)))
    assert main(["why", "a1"]) == 0
    assert "It would speak from 2026-11-25 10:00 UTC on." in capsys.readouterr().out


def test_an_entity_that_is_not_named_or_not_watched_by_a_rule_is_said(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    told(settings, verdict_of(Reason.NEW_STORY))
    assert main(["why-not", "a1", "--watch", "okta"]) == 0
    assert "Conclusion: okta is not named in this article" in capsys.readouterr().out


def test_an_article_that_was_read_before_somebody_was_watched_is_not_said_to_mean_another(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    told(settings, verdict_of(Reason.NEW_STORY))
    two = article("a2", "Okta hit by ransomware", "Okta was hit by ransomware on Monday, the company confirmed.")
    with open_store(settings, NOW) as store:
        ((_, state),) = store.claim_due_feeds(NOW + timedelta(hours=9), 9, timedelta(minutes=1))
        store.save_polls([Poll(state, (two,))], NOW)
        store.save_assessment(Assessment(analyses=(Analysis(two.id, "en", (), (), ()),), done=(two.id,)), NOW)
    assert main(["why-not", "a2", "--watch", "okta"]) == 0
    said = capsys.readouterr().out
    assert "Conclusion: okta is named in this article, but was not watched when it was read" in said


def test_why_says_who_heard_and_why_the_others_did_not(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    told(settings, verdict_of(Reason.NEW_STORY))
    assert main(["why", "a1"]) == 0
    said = [line.strip() for line in capsys.readouterr().out.splitlines()]
    for line in (
        "to screen",
        "not to pager: it takes critical and above",
        "not to second: it takes companies tagged tier-2",
        "not to other: it takes the watchlists others",
        "not to dutch: it takes stories told in nl",
        "not to night: it is used from 22:00 to 07:00 only",
        "not to extra: it is no default channel, and the rule names none",
    ):
        assert line in said


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("digest:screen:daily:2026-11-26", "held for the daily digest of screen"),
        ("quiet:screen:2026-11-26T07:00", "held until the quiet hours of screen end"),
        ("storm:screen:2026-11-25T09:32", "held as one of many: more alerts came in a minute than screen takes"),
        ("restored:screen:2026-11-25", "held since the backup that was restored; it may have been sent already"),
        ("handover:screen:mail:2026-11-25T09:32", "held in place of mail, which did not take it"),
    ],
)
def test_why_says_why_a_message_waits_and_until_when(
    settings: Settings, capsys: pytest.CaptureFixture[str], key: str, says: str
) -> None:
    alert = Alert(alert_id(RULE, STORY.id), RULE, STORY.id, Severity.WARNING, 1, NOW, NOW, STORY.entities)
    message = Notification(
        NotificationId("n1"), ChannelId("screen"), alert.id, Severity.WARNING, Message("Subject", "Text"), NOW,
        NOW + timedelta(hours=3), key,
    )  # fmt: skip
    told(settings, verdict_of(Reason.NEW_STORY), message, alerts=(alert,))
    for wanted in ("a1", str(alert.id)):
        assert main(["why", wanted]) == 0
        said = capsys.readouterr().out
        assert says in said
        assert "planned for 2026-11-25 12:00:00 UTC" in said


def test_why_names_the_list_in_which_an_alert_left(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    key = alert_id(RULE, STORY.id)
    alert = Alert(key, RULE, STORY.id, Severity.WARNING, 1, NOW, NOW, STORY.entities)
    single = Notification(
        NotificationId("n-held"), ChannelId("screen"), key, Severity.WARNING, Message("Apple", "Apple"), NOW, NOW
    )
    folded = replace(single, fold_key="quiet:screen:2026-11-25")
    lists = [
        replace(
            single, id=NotificationId(f"n-{text}"), alert_id=None, message=Message(f"List {text}", f"{text} {text}")
        )
        for text in (str(key), "al-another")
    ]
    told(settings, verdict_of(Reason.NEW_STORY), folded, *lists, alerts=(alert,))
    assert main(["why", "a1"]) == 0
    said = capsys.readouterr().out
    assert f'to screen: pending, "List {key}"\n    a list that names an alert of this story' in said
    assert "List al-another" not in said


def test_why_tells_of_a_silence_that_has_ended(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    told(settings, replace(verdict_of(Reason.SILENCED, detail="si-77"), decided_at=NOW - timedelta(hours=1)))
    with open_store(settings, NOW) as store:
        store.save_silence(Silence("si-77", "Kim", NOW, NOW + timedelta(minutes=5), entity_id=APPLE))
        store.save_assessment(Assessment(verdicts=(verdict_of(Reason.NOTHING_NEW),)), NOW)
    assert main(["why", "a1"]) == 0
    assert "Silence si-77 of Kim, until 2026-11-25 09:05 UTC." in capsys.readouterr().out
