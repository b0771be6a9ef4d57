"""Whatever the text holds, there is an answer, its spans lie in the text, and twice is as once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.domain.finding import Status
from tests.stages.detect.reading import ENTITIES, detector

_PIECES = [
    "Nordwick", "Apple", "Siemens Energy", "ransomware", "hacked", "data breach", "said", ".", "\n", " ", "\u200b", "\u202e",
    "\ud800", "\x00", "&amp;", "&#x110000;", "<b>", "😀", "العربية", "cyberaanval op", "Datenleck bei", "Read also:", "’s",
    "e\u0301", "A" * 200, "QUJD" * 40, "https://nordwick.example/x", "(NW)", "2019", "?", "“", "\u2028", "İ", "ß",
]  # fmt: skip
hostile = st.lists(st.sampled_from(_PIECES) | st.text(max_size=12), max_size=40).map(" ".join) | st.text(max_size=300)


@settings(max_examples=300)
@given(title=hostile, text=hostile)
def test_every_text_has_an_answer(title, text):
    analysis = detector().analyse("x", title, text)
    fields = {"title": title, "text": text}
    ids = {entity.id for entity in ENTITIES}
    spans = [span for finding in analysis.findings for span in finding.spans]
    for span in [*spans, *(span for attack in analysis.attacks for span in attack.evidence)]:
        assert 0 <= span.start < span.end <= len(fields[span.field])
    assert {finding.entity_id for finding in analysis.findings} <= ids
    assert set(analysis.under_attack) <= {finding.entity_id for finding in analysis.findings}
    assert all(0 <= finding.confidence <= 1 for finding in analysis.findings)
    assert all(attack.status in Status for attack in analysis.attacks)
    assert detector().analyse("x", title, text) == analysis


@pytest.mark.parametrize(
    "text",
    ["", " ", "\ud800\udfff", "\x00" * 50, "a" * 50_000, "Nordwick " * 5_000, ". " * 20_000, "&amp" * 10_000, "Read also\n" * 3_000,
     "Nordwick said hackers " * 9_000, "the company took systems " * 9_000, "." * 100_000, "Nordwick?!" + "?!" * 50_000],
    ids=["empty", "blank", "surrogates", "nulls", "no spaces", "one name", "full stops", "broken entities", "headings",
         "names and cues", "openings of a verb taken apart", "a row of full stops", "a row of marks"],
)  # fmt: skip
def test_walls_of_text_are_answered(text):
    assert detector().analyse("x", text[:500], text).article_id == "x"
