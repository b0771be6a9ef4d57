"""Markup into plain text: paragraphs kept, scripts and styles gone, no character that could mislead."""

import html
import re
import unicodedata

from selectolax.lexbor import LexborHTMLParser

_BLOCKS = (
    "p|div|section|article|aside|header|footer|main|h[1-6]|ul|ol|dl|table|thead|tbody|tr|td|th|caption|blockquote|pre|"
    "figure|figcaption|hr|form|fieldset|address|details|summary|nav|center"
)
_LINES = "br|li|dt|dd|option"
# Stand-ins for the ends of paragraphs and lines, which the parser carries through as text. They are characters that a
# text of western Europe can hold without taking twice the room, and twice the time at each step.
_PARAGRAPH, _LINE = "\x01", "\x02"
_ENDS = {
    **dict.fromkeys(_BLOCKS.replace("h[1-6]", "h1|h2|h3|h4|h5|h6").split("|"), _PARAGRAPH),
    **dict.fromkeys(_LINES.split("|"), _LINE),
}
_BLOCK_TAG = re.compile(rf"</?(?:{_BLOCKS})(?:\s[^<>]{{0,5000}})?/?>", re.IGNORECASE)
_LINE_TAG = re.compile(rf"</?(?:{_LINES})(?:\s[^<>]{{0,5000}})?/?>", re.IGNORECASE)
# Elements whose content is no text, comments, and what else a look at the tags alone would get wrong.
_UNUSUAL = re.compile(
    r"(?:script|style|noscript|template|iframe|object|svg|math|head|title|select|button|textarea|xmp|plaintext|"
    r"noembed|noframes|frameset|video|audio|canvas)\b",
    re.IGNORECASE,
)
_USUAL_TAG = re.compile(r"""</?[a-zA-Z](?:[^<>"']|"[^"<>]{0,5000}"|'[^'<>]{0,5000}')*>""")
_SILENT = ("script", "style", "noscript", "template", "iframe", "svg", "math", "head", "select", "button")
# In XML an element that ends in "/>" is empty; to a browser it holds all that follows.
_EMPTY_TAG = re.compile(rf"<(?:{'|'.join(_SILENT)}|textarea|title|xmp)\b(?:\s[^<>]{{0,5000}})?/>", re.IGNORECASE)
_BESIDE = re.compile(r"<(/?)(iframe|noscript|select|button|template)\b[^<>]{0,5000}>", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z/!?]")
# The tags that are met most, with nothing else in them.
_INLINE = "a|b|i|u|s|em|strong|span|small|sup|sub|code|font|cite|q|abbr|mark|time|picture|img"
_INLINE_NAMES = frozenset(_INLINE.split("|"))
_NAMES = {**dict.fromkeys(_INLINE_NAMES, ""), **_ENDS}
_OPENINGS = {written: end for name, end in _NAMES.items() for written in (name, f"/{name}")}
_PLAIN_TAGS = _OPENINGS | {written: end for name, end in _NAMES.items() for written in (f"{name}/", f"{name} /")}
_TAG_STARTS = frozenset("/!?abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_LONGEST_TAG = 5_000
_MARKUP = re.compile(r"<[^<>]{0,5000}>")
# More tags than any article has: they would cost more time than they could be worth.
_MOST_TAGS = 20_000
_LONGEST_MARKUP = 1_000_000
# Characters that one may be written with, as in ``&CounterClockwiseContourIntegral;``; eight are read for each kept.
_LONGEST_REFERENCE = 8 * 33

# C0 and C1 controls, soft hyphen, zero width and direction marks, surrogates, private use, tags, noncharacters.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\ud800-\udfff\ue000-\uf8ff\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\U0001d173-\U0001d17a\U00033480-\U0010ffff]"
)
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_MARKS = re.compile("([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3})"
                    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")  # fmt: skip
# Blanks of other kinds, and more than one of any kind; a single blank need not be replaced by itself.
_SPACE_LIKE = re.compile(r"[^\S\n ][^\S\n]*| [^\S\n]+")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


def plain_text(markup: str, most: int) -> str:
    """
    The text of *markup*: paragraphs parted by a blank line, lines by a line end, in NFC.

    Args:
        most: Characters kept at most; what is longer is cut at a word and ends in an ellipsis.
    """
    if not _TAG.search(markup):
        return cut(tidy(html.unescape(markup[:_LONGEST_MARKUP])), most)
    if len(markup) > _LONGEST_MARKUP:
        markup = markup[:_LONGEST_MARKUP].rpartition("<")[0]
    if markup.count("<") > _MOST_TAGS:
        return cut(tidy(html.unescape(_MARKUP.sub(" ", markup))), most)
    return cut(_paragraphs(_shown(markup)), most)


def plain_line(markup: str, most: int) -> str:
    """The text of *markup* in one line, such as a title."""
    text = markup
    if _TAG.search(text):
        text = _MARKUP.sub(" ", text) if len(text) > _LONGEST_MARKUP else _shown(text)
        text = text.replace(_PARAGRAPH, " ").replace(_LINE, " ")
    else:
        text = html.unescape(text[: most * _LONGEST_REFERENCE])
    return cut(" ".join(tidy(text[: most * 8]).split()), most)


def tidy(text: str) -> str:
    """*text* in NFC, without characters that nobody sees; spaces of all kinds are one blank, line ends ``\\n``."""
    if _is_tidy(text):
        return text
    if text.isascii():
        if not text.isprintable() and _CONTROLS.search(text):
            text = _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text))
        return _SPACE_LIKE.sub(" ", text)
    text = _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text))
    # A tower of accents is no letter of any language, and costs quadratic time to bring in order.
    text = _MARKS.sub(r"\1", text)
    return unicodedata.normalize("NFC", _SPACE_LIKE.sub(" ", text))


def _is_tidy(text: str) -> bool:
    """Whether *text* surely is tidy already, as most of western Europe is: told without a look at each character."""
    if "  " in text or not text.replace("\n", "").isprintable():
        return False
    if text.isascii():
        return True
    try:
        # What is printable and in this code page is a whole letter, or a mark that is seen.
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def cut(text: str, most: int) -> str:
    """*text*, or as much of it as fits into *most* characters, cut at a word."""
    text = text.strip()
    if len(text) <= most:
        return text
    head = text[: most - 1]
    word_end = head.rfind(" ")
    return f"{(head[:word_end] if word_end > most // 2 else head).rstrip()}…"


def _shown(markup: str) -> str:
    """The text that a browser would show, with stand-ins for the ends of paragraphs and lines."""
    markup = markup.replace(_PARAGRAPH, "").replace(_LINE, "").replace("\0", "")
    text = by_tags(markup)
    return by_tree(markup) if text is None else text


def by_tags(markup: str) -> str | None:
    """The text between the tags, which is what is shown of usual markup; None where a tag is left that is none."""
    head, *parts = markup.split("<")
    found = [head]
    for part in parts:
        tag, is_closed, text = part.partition(">")
        end = _PLAIN_TAGS.get(tag)
        if end is None:
            if part[:1] not in _TAG_STARTS:
                found += ("<", part)
                continue
            end = _end_of(tag)
        if end is None or not is_closed:
            return None
        found += (end, text)
    return html.unescape("".join(found))


def _end_of(tag: str) -> str | None:
    """What the inside of a tag stands for: the end of a paragraph or line, or nothing; None where it is unusual."""
    end = _OPENINGS.get(tag.partition(" ")[0])
    if end is not None and len(tag) <= _LONGEST_TAG and (end or _is_even(tag)):
        return end
    name = tag.removeprefix("/")
    if len(tag) > _LONGEST_TAG or not (name[:1].isascii() and name[:1].isalpha()):
        return None
    word = name.split(None, 1)[0].lower()
    if len(word) == len(name):
        word = word.removesuffix("/")
    end = _ENDS.get(word)
    if end is not None:
        return end
    if word not in _INLINE_NAMES and _UNUSUAL.match(name):
        return None
    return "" if _is_even(tag) or _USUAL_TAG.fullmatch(f"<{tag}>") else None


def _is_even(tag: str) -> bool:
    return "'" not in tag and tag.count('"') % 2 == 0


def by_tree(markup: str) -> str:
    """The text as a browser builds it."""
    tree = LexborHTMLParser(f"<body>{_with_ends(_without_open(_EMPTY_TAG.sub('', markup)))}")
    tree.strip_tags(list(_SILENT))
    root = tree.body or tree.root
    return root.text(deep=True, separator="", strip=False) if root is not None else ""


def _without_open(markup: str) -> str:
    """*markup* without the tags that nobody closes and that would take the rest of the text with them."""
    closed: dict[str, int] = {}
    for tag in _BESIDE.finditer(markup):
        if tag[1]:
            closed[tag[2].lower()] = tag.start()
    return _BESIDE.sub(lambda tag: tag[0] if closed.get(tag[2].lower(), -1) >= tag.start() else "", markup)


def _with_ends(markup: str) -> str:
    # What makes paragraphs is needed for nothing else: the stand-in takes its place.
    return _LINE_TAG.sub(_LINE, _BLOCK_TAG.sub(_PARAGRAPH, markup))


def _paragraphs(shown: str) -> str:
    # Line ends in markup are blanks like all others.
    flat = shown.replace("\n", " ")
    while "  " in flat:
        flat = flat.replace("  ", " ")
    text = "\n\n".join(filter(None, map(_lines, flat.split(_PARAGRAPH))))
    if _is_tidy(text):
        return text
    text = tidy(" ".join(shown.split()).replace(_PARAGRAPH, "\n\n").replace(_LINE, "\n"))
    return _few_line_ends(text.replace(" \n", "\n").replace("\n ", "\n"))


def _lines(paragraph: str) -> str:
    if _LINE not in paragraph:
        return paragraph.strip()
    return _few_line_ends("\n".join(line.strip() for line in paragraph.split(_LINE)))


def _few_line_ends(text: str) -> str:
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.strip()
