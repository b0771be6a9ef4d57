"""Which part of a host name somebody registered, and so whose site an address lies on; and what sites are called."""

import contextlib
import functools
import ipaddress
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

_MOST_NAMES = 20_000
# Papers and broadcasters with a newsroom of their own that lie below the name of a portal. Its sections (economy.) are
# the portal's, so that no rule can stand for this list.
_BELOW_PORTALS = frozenset(
    "abcnews.go.com agenciabrasil.ebc.com.br band.uol.com.br cbn.globo.com cincodias.elpais.com cnnportugal.iol.pt"
    " computerhoy.20minutos.es cronicaglobal.elespanol.com cursor.tue.nl datanews.knack.be delta.tudelft.nl"
    " diariodeavisos.elespanol.com diariodonordeste.verdesmares.com.br economictimes.indiatimes.com eco.sapo.pt"
    " edinburghnews.scotsman.com elandroidelibre.elespanol.com epocanegocios.globo.com extra.globo.com"
    " folha.uol.com.br g1.globo.com gauchazh.clicrbs.com.br ia.acs.org.au ionline.sapo.pt"
    " irpimedia.irpi.eu jc.uol.com.br jornaleconomico.sapo.pt koreajoongangdaily.joins.com la1ere.franceinfo.fr"
    " lemarin.ouest-france.fr odia.ig.com.br oglobo.globo.com piaui.folha.uol.com.br pointer.kro-ncrv.nl"
    " poligrafo.sapo.pt portocanal.sapo.pt pplware.sapo.pt radar.avrotros.nl radio24.ilsole24ore.com record.r7.com"
    " redetv.uol.com.br rmc.bfmtv.com spectrum.ieee.org sportbild.bild.de tek.sapo.pt tg24.sky.it"
    " timesofindia.indiatimes.com tvbrasil.ebc.com.br tvi.iol.pt unaaldia.hispasec.com valor.globo.com"
    " veja.abril.com.br zeenews.india.com".split()
)
_OWN_NETWORK = ("local", "localhost", "internal", "lan", "home", "test")


@functools.lru_cache(_MOST_NAMES)
def is_public_name(name: str) -> bool:
    """Whether *name* looks like a host of somebody else: no address, no single word, no name of a local network."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        labels = name.rstrip(".").lower().split(".")
        return len(labels) > 1 and labels[-1] not in _OWN_NETWORK
    return False


@functools.lru_cache(_MOST_NAMES)
def domain_of(name: str) -> str:
    """
    The part of a host name that somebody registered, by the public suffix list; *name* where there is none.

    What private firms give away below their own names (a blog of a host of blogs) counts as theirs: it is their
    servers that ask for patience.
    """
    return (_suffixes(False).privatesuffix(name.rstrip(".").lower()) if is_public_name(name) else None) or name


@functools.lru_cache(_MOST_NAMES)
def site_of(name: str) -> str:
    """
    Whose word it is that stands on the host *name*.

    That of who was given the name, but for papers that lie below the name of a portal: each is a site of its own.
    """
    labels = name.rstrip(".").lower().split(".")
    above = (".".join(labels[start:]) for start in range(len(labels) - 1))
    return next((one for one in above if one in _BELOW_PORTALS), None) or holder_of(name)


@functools.lru_cache(_MOST_NAMES)
def holder_of(name: str) -> str:
    """The same as ``domain_of`` for who was given a name: each blog of a host of blogs is somebody's own."""
    return (_suffixes(True).privatesuffix(name.rstrip(".").lower()) if is_public_name(name) else None) or name


def site_in(url: str) -> str:
    """The site of an address; empty where it has none."""
    with contextlib.suppress(ValueError):
        return site_of(urlsplit(url).hostname or "")
    return ""


def is_site(owner: str) -> bool:
    """Whether what an outlet is known by is its site and no name."""
    return "." in owner and " " not in owner


def folded(name: str) -> str:
    """The letters and digits of a name in one spelling, as they stand in the name of its site."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", name.casefold())))


@functools.cache
def _suffixes(by_firms: bool) -> "PublicSuffixList":
    # Read when it is first needed: it takes longer than all else that a command imports.
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(only_icann=not by_firms)
