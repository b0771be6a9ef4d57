"""The legal forms that lists of suppliers carry and the press leaves out: `Acme (Nederland) B.V. i.o.` is Acme."""

import re
import unicodedata

# The usual ones of ISO 20275, without accents, dots and blanks.
_FORMS = frozenset(
    """
    holding group groep gruppe limited incorporated corporation company corp inc co llc llp plc ltd pty
    bv nv vof cv ua bvba sprl srl srls snc sca scrl
    gmbh ggmbh mbh gesmbh ag kg kgaa ohg eg ek ev se ug partg partgmbb
    sa sas sasu sarl eurl eirl sagl spa sadecv sapidecv
    sl slu sll slne lda ltda unipessoallda sgps
    a/s as asa aps ab oy oyj hf ehf ou uab sia
    spzoo spj sro spolsro dd doo kft zrt nyrt
    nv/sa sa/nv s/a bv/srl srl/bv
    sau scoop scop eireli ltdame og lp kk bhd sdnbhd pteltd pvtltd pvtlimited privatelimited tbk ltdsti
    jsc pjsc ojsc cjsc ooo zao oao pao ead eood ood sderldecv społkaakcyjna 株式会社
    gmbh&co gmbhundco gmbhuco gmbh&cokg cooperatiefua ag&co se&co ug&co kg&co bv&co ltd&co mbh&co
    """.split()
)
# What stands before a name and says no more than that several firms are meant: `Groupe Acme`.
_GROUPS = frozenset("groupe grupo gruppo groep firma".split())
# A shorter name is left as it is without that: it may be anybody's.
_SHORTEST = 5
# What registers put behind a form: being founded, being wound up, listed.
_NOTES = frozenset("io ivm il inliquidatie publ".split())
# Between a name and its form, in parentheses.
_COUNTRIES = frozenset(
    """
    uk gb us usa eu emea nl be de at ch fr es it pt ie lu pl international europe europa benelux deutschland germany
    nederland netherlands thenetherlands holland belgium belgie belgique austria osterreich schweiz suisse svizzera
    switzerland france frankreich frankrijk spain espana spanje italy italia italie portugal ireland luxembourg
    luxemburg poland polska unitedkingdom greatbritain scotland northernireland denmark danmark sweden sverige norway
    norge finland hungary india china singapore hongkong japan australia canada brasil brazil mexico
    """.split()
)
_LONGEST = 5
# What the last word of a name with a form can be: most names are done with at a glance.
_ENDS = frozenset(form[start:] for form in _FORMS | _NOTES for start in range(len(form)))
_IN_PARENTHESES = re.compile(r"\((.+)\)")
# What a name does not end in: `Smith & Co.`, `The Group`.
_BINDS = frozenset("& + u. und UND and AND en EN et y e the The THE".split())


def without_legal_form(name: str) -> str:
    """`Acme Holding B.V.` -> `Acme`; a name that is nothing but legal forms stays, and so does `Smith & Co.`."""
    all_words = words = name.split()
    if len(words) < 2 or not (words[-1].endswith(")") or _folded(words[-1]) in _ENDS):
        return name.strip()
    while (shorter := _shorter(words, is_behind=words is not all_words)) is not None:
        words = shorter
    return " ".join(words).rstrip(",;- ") or name.strip()


def without_group_word(name: str) -> str:
    """`Groupe Acme` -> `Acme`; a name stays where little is left of it, or nothing that begins as a name does."""
    first, _, rest = name.strip().partition(" ")
    rest = rest.strip()
    return rest if first.lower() in _GROUPS and len(rest) >= _SHORTEST and rest[0].isupper() else name.strip()


def is_legal_form(text: str) -> bool:
    """Whether *text* is a legal form and nothing else: `Inc.`, `GmbH & Co. KG`."""
    return bool(text) and without_legal_form(f"x {text}") == "x"


def _shorter(words: list[str], *, is_behind: bool) -> list[str] | None:
    """*words* without the form, note or country at their end; None for none. *is_behind*: one went before."""
    for count in range(min(_LONGEST, len(words) - 1), 0, -1):
        kept, last = words[:-count], "".join(words[-count:])
        if _ends_in_form([*kept, last]) or (is_behind and _told(last) in _COUNTRIES):
            return kept
        if (_folded(last) in _NOTES or _told(last)) and any(_ends_in_form(kept, more) for more in range(1, _LONGEST)):
            return kept
    return None


def _ends_in_form(words: list[str], count: int = 1) -> bool:
    kept = words[:-count]
    is_name = any(character.isalnum() for word in kept for character in word)
    return is_name and kept[-1] not in _BINDS and _folded("".join(words[-count:])) in _FORMS


def _told(word: str) -> str:
    """What stands in parentheses, folded; empty where nothing does."""
    inner = _IN_PARENTHESES.fullmatch(word)
    return _folded(inner[1]) if inner else ""


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower().replace(".", "").replace(",", "")
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c) and c not in ".,")
