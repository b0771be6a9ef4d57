"""Links that act: bound to one deed, one alert and a time; nobody else can make one."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.stages.compose.signed_links import LIFETIME, NO_LINKS, Deed, LinkMaker, Offer, read, sign
from tests.occasions import NOW

KEY = b"k" * 32
OFFER = Offer(Deed.SILENCE, "al-1", "soc", "nl", NOW + timedelta(days=1))


def test_a_link_says_what_it_offers() -> None:
    assert read(sign(OFFER, KEY), KEY, NOW) == OFFER


@pytest.mark.parametrize("key", [b"x" * 32, b""])
def test_another_key_reads_nothing(key: bytes) -> None:
    assert read(sign(OFFER, KEY), key, NOW) is None


def test_a_link_ends() -> None:
    assert read(sign(OFFER, KEY), KEY, OFFER.expires_at) is None


def test_no_character_can_be_changed() -> None:
    token = sign(OFFER, KEY)
    for place in range(len(token)):
        for letter in ("A", "b", "-", "."):
            forged = token[:place] + letter + token[place + 1 :]
            assert forged == token or read(forged, KEY, NOW) is None


@given(st.text(max_size=200))
def test_any_text_is_no_link(text: str) -> None:
    assert read(text, KEY, NOW) is None


@given(st.text(max_size=40), st.text(max_size=40))
def test_names_with_anything_in_them_offer_nothing_else(alert: str, channel: str) -> None:
    offer = Offer(Deed.USEFUL, alert, channel, "en", NOW + timedelta(days=1))
    found = read(sign(offer, KEY), KEY, NOW)
    assert found is not None
    assert found.deed is Deed.USEFUL
    assert found.alert_id == alert.replace("\n", "")


def test_without_a_public_address_there_are_no_links() -> None:
    assert NO_LINKS.link(Deed.USEFUL, "al-1", "soc", "en", NOW) == ""
    assert LinkMaker("https://monitor.example.org", b"").link(Deed.USEFUL, "al-1", "soc", "en", NOW) == ""
    made = LinkMaker("https://monitor.example.org/", KEY)
    url = made.link(Deed.USEFUL, "al-1", "soc", "en", NOW)
    assert url.startswith("https://monitor.example.org/do/")
    assert read(url.rpartition("/")[2], KEY, NOW + LIFETIME - timedelta(seconds=1)) is not None
