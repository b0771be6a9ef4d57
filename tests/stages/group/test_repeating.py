"""What an article repeats of a story's lead joins them; other days, identifiers and companies part them."""

from datetime import UTC, datetime

import pytest

from monitor.stages.group import FactReader
from monitor.stages.group.leads import repeated_lead
from tests.stages.group.streams import Told, in_letters, joins_of

START = datetime(2025, 4, 4, 19, 0, tzinfo=UTC)
STRIKES: list[Told] = [
    (0, "Rockets kill 18 by a playground in Velikov", "Two rockets hit the Ondravian town of Velikov on Friday and killed 18 people, nine of them children, President Sarnov said. The Kelmish army claimed to have struck a meeting of officers."),
    (0.05, "Ondrawien: 18 Tote bei Raketenangriff auf Spielplatz in Welikow", "Zwei Raketen trafen am Freitag einen Spielplatz in Velikov. Präsident Sarnov sprach von 18 Toten, darunter neun Kinder."),
    (2.6, "At least 34 killed in Sarmin as rockets strike on Palm Sunday", "Two rockets hit the centre of the Ondravian city of Sarmin on Sunday and killed 34 people, President Sarnov said. The Kelmish army claimed to have struck a meeting of officers."),
]  # fmt: skip
HOLES: list[Told] = [
    (0, "Ordwin rushes out a patch for its mail server", "Ordwin has patched CVE-2025-11111 in its mail server Ordwin Post, which criminals used to steal data of customers."),
    (3, "Another hole in Ordwin's mail server", "Ordwin warns customers of CVE-2025-22222 in its mail server Ordwin Post. Nobody uses it to steal data as yet."),
    (3.1, "Ordwin Post: CVE-2025-22222 gaat over gegevens", "Ordwin waarschuwt voor CVE-2025-22222 in de mailserver Ordwin Post."),
]  # fmt: skip
RECALLED: list[Told] = [
    (0, "Ordwin mail server attacked through CVE-2025-11111", "Criminals use CVE-2025-11111, a hole in the mail server Ordwin Post, to steal mail. Ordwin works on a patch for its mail server."),
    (1, "Ordwin Post: Lücke CVE-2025-11111 wird ausgenutzt", "Das Amt warnt vor CVE-2025-11111 im Mailserver Ordwin Post. Kriminelle nutzen die Lücke aus."),
    (28, "Second hole in Ordwin's mail server in a month", "Criminals use CVE-2025-22222, a hole in the mail server Ordwin Post. A month ago Ordwin had to close CVE-2025-11111 in its mail server."),
]  # fmt: skip
PROBE: list[Told] = [
    (0, "Probe Velmira lands on Ondrax", "The probe Velmira of the Sarnish Space Agency set down on the asteroid Ondrax on Friday. Controllers in Pontelva cheered. The craft carries a small hopper named Tik."),
    (0.1, "Velmira ist auf Ondrax gelandet", "Die Sonde Velmira ist am Freitag auf dem Asteroiden Ondrax gelandet. An Bord ist der Hüpfer Tik."),
    (16, "Tik makes its first hop on Ondrax", "The hopper Tik, released by the probe Velmira, fired its jets on Sunday and flew 38 metres across Ondrax, the Sarnish Space Agency said in Pontelva."),
]  # fmt: skip
OUTAGE: list[Told] = [
    (0, "Booking system Velkor down worldwide, planes stay on the ground", "The booking system Velkor failed on Friday after a faulty update. Airlines cancelled flights all over the world, and computers at check-in stood still."),
    (4, "Ondra Air sigue cancelando vuelos por el fallo informático", "La aerolínea Ondra Air ha cancelado otros 500 vuelos. El sistema informático dejó de funcionar el 4 de abril por una actualización defectuosa de Velkor."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        pytest.param(STRIKES, "aab", id="two strikes in one war, days apart"),
        pytest.param(HOLES, "abb", id="two holes in one product"),
        pytest.param(RECALLED, "aab", id="a second hole, and the first one recalled"),
        pytest.param(PROBE, "aab", id="what those of a story do on another day, weeks later"),
        pytest.param(OUTAGE, "aa", id="a follow-up that leads with a company of its own"),
    ],
)
def test_what_parts_and_what_joins(reader: FactReader, told: list[Told], wanted: str) -> None:
    assert in_letters(joins_of(reader, told, START)) == wanted


def test_days_say_nothing_where_nobody_knows_when_an_article_was_written(reader: FactReader) -> None:
    talks: list[Told] = [
        (0, "Leaders of Ordwin, Velkor and Kelmsund meet the president", "The heads of Ordwin, Velkor and Kelmsund visit President Sarnov in Ondrava on August 25 to talk about cybersecurity and ransomware."),
        (400, "Koffie bij president Sarnov: Ordwin, Velkor en Kelmsund schuiven aan", "De bazen van Ordwin, Velkor en Kelmsund gaan woensdag naar president Sarnov in Ondrava, om over cybersecurity te praten."),
    ]  # fmt: skip
    assert in_letters(joins_of(reader, talks, START, are_dated=False)) == "aa"


def test_the_share_of_a_lead_that_is_repeated_counts_what_is_said_in_passing_less() -> None:
    lead = ({"n:ordwin": 6.0, "cyb:breach": 2.0}, 6.3)
    assert repeated_lead({"n:ordwin": 1.3, "cyb:breach": 1.0}, lead, 0.0) == 1.0
    assert repeated_lead({"n:ordwin": 0.5}, lead, 0.0) == pytest.approx(3 / 8)
    assert repeated_lead({"n:other": 1.3}, lead, 0.0) == repeated_lead({"n:ordwin": 1.0}, ({}, 1.0), 0.0) == 0.0


def test_a_name_is_repeated_whatever_befalls_it_so_that_what_happened_counts_besides() -> None:
    lead = ({"n:ordwin": 6.0, "cyb:breach": 2.0}, 6.3)
    assert repeated_lead({"n:ordwin": 1.0}, lead, 0.4) == pytest.approx(0.75 * 0.6)
    assert repeated_lead({"n:ordwin": 1.0, "cyb:breach": 1.0}, lead, 0.4) == 1.0
    assert repeated_lead({"n:ordwin": 1.0}, ({"n:ordwin": 6.0}, 6.0), 0.4) == 1.0
