"""
Reads one item of a well-formed document as feedparser would, element by element.

feedparser is a state machine: which title or link wins depends on order and depth. This is the part of
that machine that decides about what we keep; whatever it does not know makes it hand over (DoubtError),
or, when it salvages what it can from a broken document, it takes the text as it stands.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from feedparser.urls import _urljoin

from monitor.stages.parse.element_names import DoubtError, Element, ElementNames, is_handled
from monitor.stages.parse.elements import attributes_of, base_of, inner_markup, whole_address, xml_language
from monitor.stages.parse.origin import origin_in_tree
from monitor.stages.parse.values import (
    MOST_TAGS,
    as_markup,
    between_commas,
    finished,
    finished_link,
    is_html_type,
    is_markup,
    language_code,
    media_type,
    spare_link,
)

_DEEPEST = 200
# A parser is given seconds, and each takes microseconds.
_MOST_ELEMENTS = 50_000


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Handled by feedparser, and of no effect on what we keep of an item.
_HARMLESS = _words(
    "cloud generator"
    " expirationdate dcterms_valid rights copyright dc_rights publisher webmaster dc_publisher contributor"
    " dc_contributor media_group media_rating media_credit media_restriction media_license media_content"
    " media_thumbnail media_player itunes_image itunes_link itunes_owner cc_license creativecommons_license"
    " georss_point georss_line georss_polygon georss_box georss_where where subtitle tagline itunes_subtitle info"
    " feedburner_browserfriendly admin_generatoragent admin_errorreportsto psc_chapters psc_chapter"
)
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_STRAYS = _words("title link guid pubdate description dc_date dc_creator content_encoded published updated item entry")
_TEXTS = _words("title link guid id pubdate description summary content_encoded published updated dc_date dc_creator")
_ABSOLUTE = re.compile(r"https?://[^\s/]", re.IGNORECASE)
_MOST_LINKS = 1_000
_LONGEST_AUTHORS = 1_000
ITEMS = frozenset({"item", "entry"})
_PEOPLE = frozenset({"name", "email", "uri", "url", "homepage"})
_OF_SOURCE = _words("title link id guid updated subtitle author rights category generator icon logo name email uri")


@dataclass(slots=True)
class Fields:
    """What an item says, before it becomes an Entry. Dates are raw text; markup holds what is shown."""

    guid: str = ""
    title: str = ""
    link: str = ""
    summary: str = ""
    contents: list[str] = field(default_factory=list)
    published: str = ""
    updated: str = ""
    created: str = ""
    author: str = ""
    language: str | None = None
    tags: list[str] = field(default_factory=list)
    source: str = ""
    source_url: str = ""


@dataclass(slots=True)
class _State:
    """Where the machine is within one item."""

    title_depth: int = -1
    depths: dict[str, int] = field(default_factory=dict)
    spare_title: str = ""
    spare_date: str = ""
    spare_links: list[tuple[str, str, str]] = field(default_factory=list)
    author_name: str = ""
    spare_source: str = ""
    links: int = 0
    has_link: bool = False
    has_summary: bool = False
    has_content: bool = False
    is_in_source: bool = False
    count: int = 0


class ItemReader:
    """Reads the items of one document."""

    def __init__(self, names: ElementNames, *, is_strict: bool) -> None:
        self._names = names
        self._is_strict = is_strict
        self._fields = Fields()
        self._state = _State()

    def read(self, item: Element, base: str, depth: int) -> Fields:
        """
        The fields of *item*, which lies *depth* elements below the root and has *base* as its address.

        Raises:
            DoubtError: strict, and there is something that feedparser may read in another way.
        """
        self._fields, self._state = Fields(), _State()
        attributes = attributes_of(item)
        if self._is_strict and ("lastmod" in attributes or "href" in attributes):
            raise DoubtError("an item with a link as an attribute")
        self._fields.guid = item.get(_RDF_ABOUT, "")
        self._fields.language = language_code(xml_language(item))
        for child in item:
            self._element(child, base, depth + 1)
        self._fields.title = self._fields.title or self._state.spare_title
        self._fields.link = self._fields.link or spare_link(self._state.spare_links)
        self._fields.updated = self._fields.updated or self._state.spare_date
        self._fields.source = self._fields.source or self._state.spare_source
        return self._fields

    def _element(self, element: Element, base: str, depth: int) -> None:
        if depth > _DEEPEST:
            self._doubt("nested too deep")
            return
        name = self._names.of(element)
        if not name or (name in ITEMS and not self._is_strict):
            return  # an item in an item is one of its own: a closing tag is missing
        self._state.count += 1
        if self._state.count > _MOST_ELEMENTS:
            self._doubt("more elements than an item has")
            return
        handler = _HANDLERS.get(name)
        if self._state.is_in_source and name not in _OF_SOURCE:
            self._doubt(f"{name} within a source")
            return
        base = base_of(element, base)
        if handler is not None:
            handler(self, element, base, depth)
            self._elements(self._strays(element), base, depth)
            return
        if is_handled(name) and name not in _HARMLESS:
            self._doubt(name)
        self._elements(element, base, depth + 1)

    def _elements(self, elements: Iterable[Element], base: str, depth: int) -> None:
        for element in elements:
            self._element(element, base, depth)

    def _doubt(self, what: str) -> None:
        if self._is_strict:
            raise DoubtError(what)

    def _text(self, element: Element) -> str:
        if len(element):
            self._doubt(f"{self._names.of(element)} with elements in it")
            return inner_markup(element, len(element) - len(self._strays(element)))
        return element.text or ""

    def _strays(self, element: Element) -> Sequence[Element]:
        """What got into *element* because nobody closed it: all from the first part of an item in it on."""
        if self._is_strict or not len(element) or self._names.of(element) not in _TEXTS:
            return ()
        children = list(element)
        first = next((n for n, child in enumerate(children) if self._names.of(child) in _STRAYS), len(children))
        return children[first:]

    def _keep(self, key: str, value: str, depth: int) -> bool:
        """Store under *key* unless a value from higher up in the tree is there already."""
        held = self._state.depths.get(key)
        if self._state.is_in_source or (held is not None and depth > held):
            return False
        self._state.depths[key] = depth
        setattr(self._fields, key, value)
        return True

    # The handlers: each does what feedparser's of the same name does.

    def _title(self, element: Element, _base: str, depth: int) -> None:
        value, markup = self._construct(element, "text/plain")
        self._store_title(markup, depth)
        if value:
            self._state.title_depth = depth

    def _media_title(self, element: Element, _base: str, depth: int) -> None:
        _, markup = self._construct(element, "text/plain")
        self._store_title(markup, depth)

    def _spare_title(self, element: Element, _base: str, _depth: int) -> None:
        # feedparser knows no such title; it is better than none.
        if not self._state.is_in_source:
            self._state.spare_title = self._state.spare_title or self._construct(element, "text/plain")[1]

    def _store_title(self, markup: str, depth: int) -> None:
        if not -1 < self._state.title_depth <= depth:
            self._keep("title", markup, depth)

    def _link(self, element: Element, base: str, _depth: int) -> None:
        self._state.links += 1
        if self._state.links > _MOST_LINKS:
            self._doubt("very many links")
            return
        attributes = attributes_of(element)
        if len(element):
            self._doubt("a link with elements in it")
        href = attributes.get("url", attributes.get("uri", attributes.get("href")))
        if href:
            kind = media_type(attributes.get("type", "text/html").lower(), "text/html")
            relation = attributes.get("rel", "alternate").lower()
            if relation == "alternate" and is_html_type(kind):
                self._set_link(whole_address(base, href))
            else:
                self._spare_link(relation, kind, whole_address(base, href))
            return
        if "href" in attributes or "url" in attributes or "uri" in attributes:
            self._doubt("a link with an empty address")
        text = (element.text or "").strip()
        self._set_link(finished_link(finished(whole_address(base, text) if text else "")))

    def _set_link(self, link: str) -> None:
        if not self._state.is_in_source:
            # An empty one does not take away an address that is there, though it does with feedparser.
            self._fields.link, self._state.has_link = link or self._fields.link, True

    def _enclosure(self, element: Element, base: str, depth: int) -> None:
        attributes = attributes_of(element)
        address = attributes.get("url") or attributes.get("href") or ""
        self._spare_link("enclosure", attributes.get("type", "").lower(), whole_address(base, address.strip()))
        self._elements(element, base, depth + 1)

    def _spare_link(self, relation: str, kind: str, address: str) -> None:
        if not self._state.is_in_source and len(self._state.spare_links) < _MOST_LINKS:
            self._state.spare_links.append((relation, kind, address))

    def _guid(self, element: Element, base: str, depth: int) -> None:
        is_link = attributes_of(element).get("ispermalink", "true") == "true"
        printed = self._text(element).strip()
        value = finished(_urljoin(base, printed) if is_link and printed else printed)
        self._keep("guid", value, depth)
        is_free = not self._state.has_link or (not self._fields.link and _ABSOLUTE.match(printed) is not None)
        if is_link and is_free and not self._state.is_in_source:
            self._set_link(value)

    def _description(self, element: Element, base: str, depth: int) -> None:
        if self._state.has_summary and not self._state.has_content:
            self._atom_content(element, base, depth)
        else:
            self._summarise(element, "text/html", depth)

    def _abstract(self, element: Element, _base: str, depth: int) -> None:
        self._summarise(element, "text/plain", depth)

    def _summary(self, element: Element, base: str, depth: int) -> None:
        if self._state.has_summary and not self._state.has_content:
            self._atom_content(element, base, depth)
        else:
            self._summarise(element, "text/plain", depth)

    def _summarise(self, element: Element, usual: str, depth: int) -> None:
        _, markup = self._construct(element, usual)
        if self._keep("summary", markup, depth):
            self._state.has_summary = True

    def _atom_content(self, element: Element, _base: str, _depth: int) -> None:
        self._content(element, "text/plain")

    def _encoded_content(self, element: Element, _base: str, _depth: int) -> None:
        self._content(element, "text/html")

    def _content(self, element: Element, usual: str) -> None:
        self._state.has_content = True
        _, markup = self._construct(element, usual)
        self._fields.contents.append(markup)
        if not self._state.has_summary:
            self._fields.summary, self._state.has_summary = markup, True

    def _construct(self, element: Element, usual: str) -> tuple[str, str]:
        """The value of a text construct, and the same as markup."""
        attributes = attributes_of(element)
        kind = media_type(attributes.get("type"), usual)
        if attributes.get("mode") or kind not in {"text/plain", "text/html"}:
            self._doubt(f"text of type {kind}")
        value = finished(self._text(element))
        is_html = bool(len(element)) or is_markup(kind, value)
        return value, as_markup(value, is_html=is_html)

    def _published(self, element: Element, _base: str, depth: int) -> None:
        self._date("published", element, depth)

    def _updated(self, element: Element, _base: str, depth: int) -> None:
        self._date("updated", element, depth)

    def _created(self, element: Element, _base: str, depth: int) -> None:
        self._date("created", element, depth)

    def _spare_date(self, element: Element, _base: str, _depth: int) -> None:
        # feedparser keeps it as it stands, under the name of another.
        if not self._state.is_in_source:
            self._state.spare_date = self._state.spare_date or finished(self._text(element))

    def _date(self, key: str, element: Element, depth: int) -> None:
        value = finished(self._text(element))
        if not self._keep(key, value, depth) and not self._state.is_in_source:
            self._doubt("a second date further down")

    def _author(self, element: Element, _base: str, _depth: int) -> None:
        parts = {"": element.text or ""}
        for child in element:
            part = self._names.of(child)
            if part and part not in _PEOPLE:
                self._doubt(f"{part} within an author")
            parts[part] = child.text or ""
        names = (finished(parts.get(part, ""))[:_LONGEST_AUTHORS] for part in ("name", "", "email"))
        name = next(filter(None, names), "")
        if not name or self._state.is_in_source:
            return
        written = self._names.of(element)
        if not self._fields.author:
            self._fields.author, self._state.author_name = name, written
        elif written == self._state.author_name and name not in self._fields.author:
            # Elements of another name tell of the same people in other words.
            self._fields.author = f"{self._fields.author}, {name}"[:_LONGEST_AUTHORS]

    def _category(self, element: Element, base: str, depth: int) -> None:
        self._tag((element.get("label") or element.get("term") or element.get("text") or element.text or "",))
        self._elements(element, base, depth + 1)

    def _keywords(self, element: Element, base: str, depth: int) -> None:
        self._tag(between_commas(element.text or ""))
        self._elements(element, base, depth + 1)

    def _language(self, element: Element, base: str, depth: int) -> None:
        if not self._state.is_in_source:
            self._fields.language = language_code(element.text or "") or self._fields.language
        self._elements(element, base, depth + 1)

    def _tag(self, words: Iterable[str]) -> None:
        if not self._state.is_in_source and len(self._fields.tags) < MOST_TAGS:
            self._fields.tags.extend(filter(None, map(finished, words)))

    def _source(self, element: Element, base: str, depth: int) -> None:
        self._fields.source, self._fields.source_url = origin_in_tree(element, attributes_of(element), self._names)
        self._state.is_in_source, self._state.title_depth = True, -1
        for child in element:
            self._element(child, base, depth + 1)
        self._state.is_in_source = False

    def _spare_source(self, element: Element, _base: str, _depth: int) -> None:
        # What Bing names outlets in; feedparser keeps it under this name.
        self._state.spare_source = finished(self._text(element))


_Handler = Callable[[ItemReader, Element, str, int], None]
_HANDLERS: Mapping[str, _Handler] = {
    name: handler
    for handler, given in {
        ItemReader._title: "title dc_title",
        ItemReader._media_title: "media_title",
        ItemReader._spare_title: "itunes_title",
        ItemReader._link: "link",
        ItemReader._enclosure: "enclosure",
        ItemReader._guid: "guid id",
        ItemReader._description: "description dc_description media_description",
        ItemReader._abstract: "abstract",
        ItemReader._summary: "summary itunes_summary",
        ItemReader._atom_content: "content",
        ItemReader._encoded_content: "content_encoded fullitem",
        ItemReader._published: "published issued pubdate dcterms_issued",
        ItemReader._updated: "updated modified lastbuilddate dc_date dcterms_modified",
        ItemReader._created: "created dcterms_created",
        ItemReader._spare_date: "date prism_publicationdate",
        ItemReader._author: "author managingeditor dc_author dc_creator itunes_author",
        ItemReader._category: "category dc_subject media_category itunes_category tags",
        ItemReader._language: "language dc_language",
        ItemReader._keywords: "keywords itunes_keywords media_keywords",
        ItemReader._source: "source",
        ItemReader._spare_source: "news_source",
    }.items()
    for name in given.split()
}
