"""Pages that stand where an article or a feed was, and say that there is nothing: in the languages of our feeds."""

import pytest

from monitor.domain.errors import ParseError
from monitor.domain.feed import Feed, FeedId
from monitor.stages.parse import parse_document
from monitor.stages.parse.walls import absence_instead_of_feed, says_missing

FEED = Feed(FeedId("paper"), "https://paper.example/feed")
MISSING = {
    "en": "Page not found. The page you are looking for does not exist. Go back to the home page.",
    "en, friendly": "Oops! That page can’t be found. Maybe try a search?",
    "en, removed": "The content you requested is no longer available.",
    "en, short": "404 Not Found",
    "en, we": "Sorry, we couldn't find that page.",
    "nl": "Pagina niet gevonden. De pagina die je zoekt bestaat niet (meer). Ga terug naar de voorpagina.",
    "nl, helaas": "Helaas, deze pagina bestaat niet meer.",
    "nl, we": "We kunnen de pagina niet vinden.",
    "de": "Seite nicht gefunden. Die angeforderte Seite existiert leider nicht. Zur Startseite",
    "de, weg": "Diese Seite gibt es nicht mehr. Zurück zur Startseite.",
    "de, wir": "Wir konnten die Seite nicht finden.",
    "fr": "Page introuvable. La page que vous recherchez n'existe plus. Retour à l'accueil",
    "fr, article": "Désolé, cet article n’est plus disponible.",
    "fr, nous": "Nous ne trouvons pas la page demandée.",
    "es": "Página no encontrada. La página que buscas no existe. Volver al inicio",
    "es, nosotros": "No pudimos encontrar la página que buscas.",
    "it": "Pagina non trovata. La pagina che stai cercando non esiste. Torna alla home",
    "it, articolo": "L'articolo richiesto non è più disponibile.",
    "it, noi": "Siamo spiacenti, non riusciamo a trovare la pagina.",
    "pt": "Página não encontrada. A página que você procura não existe. Voltar à página inicial",
    "pt, nós": "Não conseguimos encontrar a página.",
}
REPORTS = [
    "Hackers took the bank's web site down on Friday; visitors saw an error. The page could not be found for hours, "
    "and officials had to go back to paper. The bank said that its customers were not affected, and that it hopes to "
    "have all of its systems back on Monday. A spokeswoman would not say who was behind it.",
    "The museum says its online archive is back. Whoever wants to search it needs a new password.",
    "Nadat hackers toesloegen bij de leverancier was de site van de gemeente Meerdam urenlang onbereikbaar. Volgens de "
    "burgemeester was de pagina niet beschikbaar doordat de verbinding uit voorzorg was verbroken; wie een paspoort "
    "zoekt, moet terug naar het loket. De politie onderzoekt wie er achter de aanval zit.",
]


@pytest.mark.parametrize("text", MISSING.values(), ids=MISSING)
def test_a_page_that_says_that_there_is_none_is_recognised(text):
    assert says_missing(text)


@pytest.mark.parametrize("text", REPORTS, ids=["en", "en, archive", "nl"])
def test_a_report_of_a_page_that_was_away_is_a_report(text):
    assert not says_missing(text)


@pytest.mark.parametrize(
    "words",
    [
        "This domain is for sale! Related searches",
        "Deze domeinnaam is te koop",
        "Diese Domain steht zum Verkauf",
        "Ce nom de domaine est à vendre",
        "Este dominio está en venta",
        "Questo dominio è in vendita",
        "Este domínio está à venda",
    ],
)
def test_a_domain_that_was_given_up_is_said_to_be_for_sale(words):
    assert absence_instead_of_feed(f"<html><body><h1>{words}</h1></body></html>") == "offers this domain for sale"


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("<html><head><title>404</title></head><body><h1>Page not found</h1></body></html>", "nothing at this address"),
        ("<html><body><h1>paper.example</h1><p>Buy this domain.</p></body></html>", "offers this domain for sale"),
    ],
)
def test_what_became_of_a_feed_is_told(page, words):
    with pytest.raises(ParseError, match=words) as caught:
        parse_document(FEED, page.encode(), {"content-type": "text/html"}, FEED.url, 100)
    assert not caught.value.is_wall


def test_what_is_packed_deep_is_not_printed():
    with pytest.raises(ParseError, match="it is no text"):
        parse_document(FEED, b"<g\xee\x15\xfd\x1b[2J>\x07" * 40, {}, FEED.url, 100)
