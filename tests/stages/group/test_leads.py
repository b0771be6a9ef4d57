"""Long articles recall much that is not their own: what each begins with says whether they are about one event."""

import json
from datetime import UTC, datetime

from monitor.adapters.packaged.group_weights import load_group_weights
from monitor.domain.group_policy import GroupPolicy
from monitor.stages.group import FactReader, Fingerprint, GroupWindow, group
from monitor.stages.group.leads import lead_of, shared_lead, story_lead
from tests.stages.group.test_evaluation import EVALUATION, grouped

AT = datetime(2024, 7, 2, 20, tzinfo=UTC)
EURO = {
    "en": "Euro 2024 is being played in ten German cities until the final in Berlin on 14 July. Hosts Germany under "
    "Julian Nagelsmann, Spain under Luis de la Fuente, France with captain Kylian Mbappé, Gareth Southgate's England and "
    "Cristiano Ronaldo's Portugal were named as favourites. The quarter-finals are in Stuttgart, Hamburg, Düsseldorf and "
    "Berlin, the semi-finals in Munich and Dortmund. Holders Italy went out to Switzerland in the last sixteen. ",
    "de": "Die Europameisterschaft läuft bis zum Endspiel am 14. Juli in Berlin in zehn deutschen Städten. Als Favoriten "
    "galten Gastgeber Deutschland unter Julian Nagelsmann, Spanien unter Luis de la Fuente, Frankreich mit Kylian Mbappé, "
    "Gareth Southgates England und Cristiano Ronaldos Portugal. Die Viertelfinals steigen in Stuttgart, Hamburg, "
    "Düsseldorf und Berlin, die Halbfinals in München und Dortmund. Italien schied gegen die Schweiz aus. ",
}
DUTCH = [
    ("en", "Gakpo and Malen send the Netherlands past Romania", "The Netherlands beat Romania 3-0 in Munich. Cody Gakpo "
     "fired in at the near post after 20 minutes, and substitute Donyell Malen struck twice late on. Virgil van Dijk "
     "headed against a post. Ronald Koeman had dropped Joey Veerman after the defeat to Austria, and Xavi Simons ran the "
     "game. Romania had topped their group, and their fans sang until the end of a warm evening in Bavaria. "),
    ("de", "3:0 gegen Rumänien: Niederlande stürmen ins Viertelfinale", "Die Niederlande besiegten Rumänien in München mit "
     "3:0. Cody Gakpo traf früh, der Dortmunder Donyell Malen erzielte nach seiner Einwechslung einen Doppelpack. Virgil "
     "van Dijk köpfte an den Pfosten. Ronald Koeman hatte Joey Veerman nach der Niederlage gegen Österreich draußen "
     "gelassen, Xavi Simons war überall zu finden. Rumänien hielt nur eine Viertelstunde mit. "),
]  # fmt: skip
SLOVENES = [
    ("en", "Costa saves three penalties as tearful Ronaldo and Portugal survive", "Diogo Costa saved three penalties in a "
     "shootout as Portugal beat Slovenia in Frankfurt after 120 minutes without a goal. Cristiano Ronaldo wept after Jan "
     "Oblak had saved his penalty in extra time. Benjamin Sesko missed the best chance of the night for Slovenia, one on "
     "one with Costa. Roberto Martinez embraced his goalkeeper, and Pepe, at 41, ran longer than anybody. "),
    ("de", "Drei gehaltene Elfmeter: Costa rettet Portugal", "Torhüter Diogo Costa hat Portugal im Elfmeterschießen gegen "
     "Slowenien weitergebracht. In Frankfurt parierte er alle drei Schüsse. In der Verlängerung war Cristiano Ronaldo an "
     "Jan Oblak gescheitert. Benjamin Sesko vergab frei vor Costa die größte Chance. Roberto Martinez umarmte seinen "
     "Torwart, und Pepe lief mit 41 Jahren mehr als alle anderen. "),
]  # fmt: skip


def test_games_that_share_their_background_are_stories_of_their_own(reader: FactReader) -> None:
    told = [*((2, *one) for one in DUTCH), *((1, *one) for one in SLOVENES)]
    prints = [
        reader.fingerprint(f"{game}{spoken}", title, text + EURO[spoken], AT) for game, spoken, title, text in told
    ]
    window = GroupWindow(GroupPolicy(), load_group_weights(), reader.lexicon.priors)
    joins = group(prints, window, GroupPolicy())
    story = {str(join.article_id): join.story_id for join in joins}
    assert story["2en"] == story["2de"] != story["1en"] == story["1de"]


def test_a_lead_is_wholly_shared_with_itself_and_little_with_another_games(reader: FactReader) -> None:
    window = GroupWindow(GroupPolicy(), load_group_weights(), reader.lexicon.priors)
    one, other = (
        reader.fingerprint(name, title, text + EURO["en"], AT)
        for name, (_, title, text) in (("one", DUTCH[0]), ("other", SLOVENES[0]))
    )
    (join,) = group([one], window, GroupPolicy())
    story = window.stories[join.story_id]

    def likeness(of: Fingerprint) -> float:
        return shared_lead(lead_of(window.values(of), dict(of.facts), "en"), story_lead(story, window.weight))

    assert likeness(one) > 0.95
    assert likeness(other) < 0.2


def test_two_games_of_one_evening_are_two_stories(reader: FactReader) -> None:
    rows = [json.loads(line) for line in (EVALUATION / "stories-april.jsonl").read_text("utf-8").splitlines()]
    games = [row for row in rows if row["story"] in {"ars-rma", "bay-int"}]
    got = grouped(reader, games)
    assert {(row["story"], got[row["id"]]) for row in games} == {
        (game, got[next(row["id"] for row in games if row["story"] == game)]) for game in ("ars-rma", "bay-int")
    }
    assert len(set(got.values())) == 2
