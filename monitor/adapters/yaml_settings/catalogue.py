"""The company catalogue that ships with the program: public facts that make `- Microsoft` enough."""

import functools
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from monitor.adapters.kept_values import kept_value
from monitor.adapters.yaml_settings.document import READER, Document, read_document
from monitor.adapters.yaml_settings.faults import validate
from monitor.adapters.yaml_settings.models import CatalogueEntityModel, CatalogueModel, EntityModel
from monitor.domain.errors import ConfigError
from monitor.domain.watchlist import Entity, EntityId

_FILE = Path(__file__).resolve().parents[2] / "lexicon" / "catalogue.yaml"
# Legal forms that suppliers' lists carry and the press leaves out (ISO 20275 entity legal forms, the usual ones).
_LEGAL_FORM = re.compile(
    r"[\s,]+(?:holding|group|groep|gruppe|b\.?\s?v\.?|n\.?\s?v\.?|s\.?\s?a\.?|s\.?\s?a\.?\s?s\.?|s\.?p\.?a\.?|s\.?r\.?l\.?|"
    r"gmbh(?: & co\.? kg)?|a\.?g\.?|kgaa|s\.?e\.?|kg|ohg|e\.?v\.?|plc|ltd\.?|limited|llc|l\.l\.c\.|inc\.?|incorporated|"
    r"corp\.?|corporation|co\.?|company|s\.?l\.?(?:u\.?)?|lda\.?|ltda\.?|s/a|sarl|a/s|ab|oy|oyj|asa|as|pty|srl|bvba|vof|u\.a\.)$",
    re.IGNORECASE,
)


@functools.cache
def load_catalogue() -> tuple[Entity, ...]:
    """All companies of the catalogue; a ConfigError here means that the installation is damaged."""
    value = kept_value(_FILE, _FILE.read_bytes(), READER, _value)
    document = Document(_FILE.name)
    model = validate(document, value, CatalogueModel)
    if model is None:
        raise ConfigError(tuple(document.faults))
    return tuple(entity_from(item) for item in model.entities)


def _value(data: bytes) -> object:
    document = read_document(_FILE.name, data)
    if document.faults:
        raise ConfigError(tuple(document.faults))
    return document.value


@functools.cache
def catalogue_by_name() -> Mapping[str, Entity]:
    """Entities by folded name, alias and id; a name that two companies share leads to the first."""
    found: dict[str, Entity] = {}
    for entity in load_catalogue():
        for surface in (entity.name, str(entity.id), *entity.aliases):
            found.setdefault(fold_name(surface), entity)
    return found


def entity_from(model: EntityModel, **changes: object) -> Entity:
    """A model as an entity; *changes* win."""
    fields: dict[str, object] = {
        "id": EntityId(model.id or slug(model.name)),
        "name": model.name,
        "ambiguous": bool(model.ambiguous),
        **{
            key: tuple(getattr(model, key))
            for key in (
                "aliases",
                "people",
                "products",
                "subsidiaries",
                "domains",
                "tickers",
                "context",
                "exclude",
                "tags",
            )
        },
    }
    if isinstance(model, CatalogueEntityModel):
        fields |= {"kind": model.kind, "country": model.country, "sector": model.sector}
    return Entity(**(fields | changes))  # type: ignore[arg-type]  # the keys are the fields of Entity


def fold_name(name: str) -> str:
    """*name* for comparison: no case, accents, punctuation or legal form."""
    plain = name.casefold()
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w&]+", " ", without_legal_form(plain)).split())


def without_legal_form(name: str) -> str:
    """`Acme Holding B.V.` -> `Acme`; a name that is nothing but legal forms stays."""
    while (shorter := _LEGAL_FORM.sub("", name.strip())) != name and shorter:
        name = shorter
    return name.strip()


def slug(name: str) -> str:
    """An id for a name: lower-case letters and digits with hyphens between."""
    plain = unicodedata.normalize("NFKD", name.casefold()).replace("&", " and ").replace("ß", "ss")
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-") or f"entity-{abs(hash(name)) % 10**8}"
