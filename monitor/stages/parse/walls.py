"""Pages that stand in front of what was asked for: captchas, cookie walls, logins, paywalls, errors of bridges."""

import re
from collections.abc import Mapping

# What such pages say, in the languages of our feeds; lower case, matched in text without markup.
_CHALLENGE = (
    "just a moment", "checking your browser", "verify you are human", "verify you are not a robot", "are you a robot",
    "enable javascript and cookies to continue", "attention required! | cloudflare", "access denied", "captcha",
    "unusual traffic", "request unsuccessful. incapsula", "ddos protection by", "pardon our interruption",
    "controleren of je een mens bent", "bevestig dat je geen robot bent", "ik ben geen robot", "toegang geweigerd",
    "bestätigen sie, dass sie ein mensch sind", "sind sie ein mensch", "ich bin kein roboter", "zugriff verweigert",
    "vérifiez que vous êtes humain", "je ne suis pas un robot", "accès refusé", "vérification de votre navigateur",
    "verifica que eres humano", "no soy un robot", "acceso denegado", "comprobando tu navegador",
    "complete the security check", "controleer of u een mens bent", "bevestig dat u geen robot bent",
    "ongebruikelijk verkeer", "ungewöhnlicher datenverkehr", "dass sie kein roboter sind", "trafic inhabituel",
    "vous n'êtes pas un robot", "vérifier que vous êtes humain", "tráfico inusual", "que no es un robot",
    "que no eres un robot", "verifica que es humano",
    "verifica di essere un essere umano", "verifica di essere umano", "non sono un robot", "traffico insolito",
    "accesso negato", "confirme que não é um robô", "não sou um robô", "verifique se você é humano", "tráfego incomum",
    "acesso negado", "verifique que é humano",
)  # fmt: skip
_COOKIES = (
    "accept all cookies", "we use cookies and", "we and our partners store", "before you continue to",
    "manage your privacy", "consent to cookies", "your privacy choices",
    "accepteer alle cookies", "wij gebruiken cookies", "deze website gebruikt cookies", "cookie-instellingen",
    "wij en onze partners", "jouw privacy-instellingen", "toestemming voor cookies",
    "alle cookies akzeptieren", "wir verwenden cookies", "mit werbung weiterlesen", "wir und unsere partner",
    "privatsphäre-einstellungen", "zustimmung zu cookies",
    "accepter tous les cookies", "nous utilisons des cookies", "nos partenaires et nous", "continuer sans accepter",
    "gérer vos préférences", "paramétrer les cookies",
    "aceptar todas las cookies", "utilizamos cookies", "nosotros y nuestros socios", "configurar cookies",
    "rechazar y suscribirse", "aceptar y continuar",
    "we and our partners", "our partners and we", "website uses cookies", "site uses cookies", "we use cookies to",
    "wij en derde partijen", "alle cookies toestaan", "diese website verwendet cookies", "seite verwendet cookies",
    "wir und unsere partner", "zustimmen und weiter", "einwilligen und weiter", "nous et nos partenaires",
    "ce site utilise des cookies", "accepter et fermer", "este sitio utiliza cookies", "esta web utiliza cookies",
    "nosotros y nuestros socios",
    "noi e i nostri partner", "accetta tutti i cookie", "utilizziamo i cookie", "continua senza accettare",
    "questo sito utilizza cookie", "nós e os nossos parceiros", "nós e nossos parceiros", "aceitar todos os cookies",
    "utilizamos cookies para", "este site utiliza cookies", "este site usa cookies",
)  # fmt: skip
_PAYWALL = (
    "subscribe to continue reading", "subscribe to read", "this article is for subscribers", "already a subscriber?",
    "to continue reading", "log in to continue", "sign in to read", "create a free account to",
    "abonneer om verder te lezen", "dit artikel is exclusief voor abonnees", "alleen voor abonnees", "al abonnee?",
    "log in om verder te lezen", "lees verder met een abonnement",
    "jetzt weiterlesen mit", "dieser artikel ist nur für abonnenten", "sie haben bereits ein abo",
    "mit abo weiterlesen", "anmelden und weiterlesen", "diesen artikel weiterlesen",
    "cet article est réservé aux abonnés", "réservé aux abonnés", "déjà abonné", "abonnez-vous pour lire",
    "connectez-vous pour lire", "lire la suite de cet article",
    "contenido exclusivo para suscriptores", "suscríbete para seguir leyendo", "ya eres suscriptor",
    "solo para suscriptores", "inicia sesión para seguir leyendo", "hazte suscriptor",
    "limit of free articles", "subscriber-only", "for subscribers only", "subscribe now to read",
    "word abonnee en lees", "plusartikel", "exclusief voor abonnees", "nur für abonnenten", "exklusiv für abonnenten",
    "jetzt abonnieren und weiterlesen", "abonnez-vous pour continuer", "de cet article à lire",
    "suscríbete para leer", "para continuar leyendo", "exclusivo para suscriptores",
    "riservato agli abbonati", "abbonati per continuare", "abbonati per leggere", "sei già abbonato",
    "exclusivo para assinantes", "assine para continuar", "assine para ler", "já é assinante",
)  # fmt: skip
_KINDS = (("a captcha", _CHALLENGE), ("a cookie wall", _COOKIES), ("a paywall", _PAYWALL))
# An article may mention captchas; a page that is one is short.
_LONGEST_WALL = 2_500
_MARKUP = re.compile(r"(?is)<(script|style|noscript|svg)\b.*?(?:</\1\s*>|\Z)|<[^<>]{0,2000}>")
_SPACE = re.compile(r"\s+")
# "We and our 842 partners": how many they are differs.
_COUNT = re.compile(r"\b\d+ (?=partner|partenaire|socio|parceir)")
_READ = 60_000
_HTML_START = re.compile(
    r"\s*(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body|script|meta|title)\b", re.DOTALL | re.IGNORECASE
)
_HTML_WORDS = re.compile(r"<(?:body|div|form|input|iframe)\b", re.IGNORECASE)
_FEED_LINK = re.compile(
    r"""<link\b[^>]{0,400}type\s*=\s*["']?application/(?:rss|atom)\+xml[^>]{0,400}>""", re.IGNORECASE
)
_FEED = r"(?:(?:the|de|den|le|el|la|il|lo|o|this) )?(?:rss[- ]?)?(?:feeds?|flux|fuente|canal rss|rss)\b"
_BRIDGE = re.compile(
    r"^(?:bridge returned error\b|error \d{3} in \w*bridge\b|rss-?bridge (?:error|failed)|"
    r"rsshub\b.{0,40}\b(?:error|failed)|(?:fetch|feed) error\b|\w+bridge (?:was unable|failed)|"
    rf"(?:unable|failed) to (?:fetch|load|read|parse) {_FEED}|(?:the )?feed could not be (?:loaded|fetched|read)|"
    rf"fout bij (?:het )?(?:ophalen|laden|lezen) van {_FEED}|(?:de )?feed kon niet worden (?:geladen|opgehaald)|"
    rf"fehler beim (?:laden|abrufen|lesen) (?:des|eines) {_FEED}|(?:der )?feed konnte nicht (?:geladen|abgerufen)|"
    rf"erreur lors (?:de la |du )(?:récupération|chargement|lecture) du (?:flux|fil) ?\b|"
    rf"impossible de (?:charger|récupérer|lire) {_FEED}|"
    rf"error al (?:obtener|cargar|leer) {_FEED}|no se pudo (?:cargar|obtener|leer) {_FEED}|"
    rf"errore durante il (?:caricamento|recupero) del {_FEED}|impossibile (?:caricare|leggere) {_FEED}|"
    rf"erro ao (?:obter|carregar|ler) {_FEED}|não foi possível (?:carregar|obter|ler) {_FEED})",
    re.IGNORECASE,
)


def wall_in(text: str, title: str = "") -> str:
    """
    What kind of wall a page is, such as ``a captcha``; empty where it is none.

    Args:
        text: The plain text of the page, all of it.
    """
    if len(text) > _LONGEST_WALL:
        return ""
    words = _COUNT.sub("", _SPACE.sub(" ", f"{title} {text}").lower().replace("\u2019", "'"))
    for kind, phrases in _KINDS:
        if any(phrase in words for phrase in phrases):
            return kind
    return ""


def wall_instead_of_feed(text: str, headers: Mapping[str, str]) -> str:
    """What kind of wall came in place of a feed; empty where none did."""
    if not is_page(text, headers):
        return ""
    plain = _SPACE.sub(" ", _MARKUP.sub(" ", text[:_READ]))
    title = re.search(r"<title[^>]{0,200}>([^<]{0,300})", text[:_READ], re.IGNORECASE)
    found = wall_in(plain[:_LONGEST_WALL], title[1] if title else "")
    return found or ("a login page" if 'type="password"' in text[:_READ].replace("'", '"').lower() else "")


def is_page(text: str, headers: Mapping[str, str]) -> bool:
    """Whether a document is an HTML page rather than a feed, whatever its type says."""
    if _HTML_START.match(text[:5000]):
        return True
    return "html" in headers.get("content-type", "") and bool(_HTML_WORDS.search(text[:_READ]))


def names_feed(text: str) -> bool:
    """Whether an HTML page links to a feed."""
    return bool(_FEED_LINK.search(text[:_READ]))


def is_bridge_error(title: str) -> bool:
    """Whether an entry is no news but the complaint of a program between us and the site."""
    return bool(_BRIDGE.match(title.strip()))
