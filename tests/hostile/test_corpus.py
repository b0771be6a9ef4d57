"""The hostile corpus is whole: every one of its 72 cases is a test, and so are thirty of our own."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.domain.errors import ParseError
from monitor.domain.feed import Feed, FeedId
from monitor.stages.parse import parse_document
from tests.feed_documents import atom, rss
from tests.hostile.corpus import CORPUS
from tests.hostile.documents import all_cases, own_cases

TESTS = Path(__file__).parents[1]
NAMES = {case.name for case in all_cases()}
FEED = Feed(FeedId("cut"), "https://example.org/feed")


def test_all_72_are_there_and_thirty_of_our_own():
    assert sorted(CORPUS) == list(range(1, 73))
    assert len(list(own_cases())) >= 30
    assert len(NAMES) == len(all_cases())


@pytest.mark.parametrize("number", CORPUS)
def test_a_case_names_what_tests_it(number):
    for name in CORPUS[number]:
        file, _, function = name.partition("::")
        if function:
            text = (TESTS / file).read_text(encoding="utf-8")
            assert re.search(rf"^(?:async )?def {function}\(", text, re.MULTILINE), name
        else:
            assert name in NAMES


def test_reading_them_opens_starts_and_connects_to_nothing():
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.reached"], capture_output=True, text=True, check=True, cwd=TESTS.parent
    )
    count, *attempts = done.stdout.strip().splitlines()
    assert int(count.split()[0]) > 80
    assert attempts == []


@pytest.mark.parametrize("document", [rss, atom], ids=["rss", "atom"])
def test_what_is_whole_of_a_document_that_was_cut_off_is_kept(document):
    items = [f"<title>Item {n}</title><link>https://example.org/{n}</link>" for n in range(3)]
    data = document(*items).encode()
    ends = [found.end() for found in re.finditer(rb"</(?:item|entry)>", data)]
    for cut in range(len(data)):
        whole = sum(end <= cut for end in ends)
        try:
            found = parse_document(FEED, data[:cut], {}, FEED.url, 99).entries
        except ParseError:
            found = ()
        assert [entry.title for entry in found][:whole] == [f"Item {n}" for n in range(whole)], cut
