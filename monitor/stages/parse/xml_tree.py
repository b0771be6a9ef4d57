"""XML text into a tree, with every way to reach outside or to expand switched off."""

from typing import Any

from lxml import etree

from monitor.stages.parse.element_names import DoubtError, Element
from monitor.stages.parse.source_text import in_sections

_HUGE = 40_000_000


def strict_tree(text: str) -> Element:
    """
    The root element of a well-formed document.

    Raises:
        DoubtError: it is not well-formed, nested too deep, or otherwise beyond what is read quickly.
    """
    parser = _parser(recover=False)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DoubtError(str(error)[:200]) from error
    if root is None or len(parser.error_log):
        raise DoubtError("not well-formed")
    return root


def lenient_tree(text: str) -> Element | None:
    """The root element of whatever can be made out, or None."""
    try:
        return etree.fromstring(in_sections(text).encode("utf-8", "replace")[:_HUGE], _parser(recover=True))
    except (etree.XMLSyntaxError, ValueError):
        return None


def _parser(*, recover: bool) -> Any:
    return etree.XMLParser(
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        encoding="utf-8",
    )
