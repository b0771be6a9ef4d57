"""
Short pages that do nothing but speak to their reader: doors, in whatever words.

News reports what others did; a door asks its reader for something. So a text of a few sentences, nearly all of them
to the reader or of "us", is a door already where two things of one kind of wall are named. Words are in lower case
and without accents, in the languages of our feeds.
"""

import re
from collections.abc import Mapping

_LONGEST = 420
# How many things of one kind are named, and the share of the sentences that must speak to the reader then.
_ENOUGH = {2: 0.6, 3: 0.45, 4: 0.3}
# Where the beginning of an article is shown, its last sentences say what the rest costs.
_LONGEST_TEASER, _LAST = 900, 3
_SENTENCE = re.compile(r"[^.!?:;|»]+")
_TO_YOU = re.compile(
    # you and us
    r"\b(?:you|your|yours|you're|you've|us|our|we|let me|my|i'm|je|jij|jou|jouw|jullie|u|uw|ons|onze|wij|ik|mijn|"
    r"ihnen|ihre?[mnrs]?|dir|dich|deine?[mnrs]?|uns|unsere?[mnrs]?|wir|ich|"
    r"vous|votre|vos|nous|notre|nos|j'\w+|je|tu|tus|te|ti|contigo|usted|nuestr[oa]s?|mi|tuo|tua|tuoi|tue|noi|"
    r"nostr[oaie]|"
    r"ci\b|voce|lhe|seus?|suas?|noss[oa]s?|nos|connosco|minh[oa]s?|quiero|voglio|quero|"
    r"eres|estas|navegas|sei (?:un|una)|stai)\b"
    # commands: they stand first in their sentence
    r"|^ ?(?:y |e |et |en |and |und |of |or |or else |o |ou )?(?:please |bitte )?"
    r"(?:allow|agree|accept|choose|pick|select|type|enter|drag|slide|hold|press|tap|click|try|come|give|join|become|"
    r"turn|save|show|see|read|get|log|sign|ask|keep|tell|confirm|answer|only what|more choices|yes|"
    r"kies|druk|schuif|neem|vul|typ|sleep|houd|klik|probeer|kom|laat|doe|word|zet|bewaar|bekijk|sta|alles|meer|"
    r"log|vraag|"
    r"akkoord|prima|alleen wat|bevestig|geef|"
    r"alle|nur|mehr|selbst|auswahl|einverstanden|in ordnung|an oder|neues|"
    r"\w+en sie|\w+ez(?:-| |$)|tout|seulement|plus de|d'accord|n'autoriser|voir|enregistrer|"
    r"elige|pulsa|desliza|copia|vuelve|escribe|pide|activa|guardar|permitir|solo|ver|hazte|unete|entra|acepto|mas|"
    r"de acuerdo|"
    r"scegli|premi|trascina|copia|torna|scrivi|chiedi|consenti|solo|vedi|accetto|accedi|unisciti|diventa|altre|"
    r"va bene|"
    r"escolha|prima|arraste|copie|volte|escreva|peca|permitir|apenas|so o|ver|aceito|torne-se|junte-se|inicie|"
    r"mais|esta bem)\b"
    r"|\b(?:melden|wahlen|geben|tragen|drucken|ziehen|testen|werden|hinterlassen|fragen|kommen|durfen|nennen) sie\b"
)
# What only reports say.
_REPORT = re.compile(
    r"\b(?:said|says|told|wrote|according to|reported|researchers?|zegt|zei dat|volgens|meldt|blijkt|sagte?|"
    r"sagen sie|"
    r"teilte|laut|zeigt|entschied|dice\b|dicono|dicen|affirm|"
    r"warn\w*|a declare|selon|previent|segun|dijo que|afirmo|avisa|secondo|ha detto|avverte|segundo o|disse|"
    r"studie|study|"
    r"etude|estudio|studio|estudo|police|politie|polizei|policia|polizia)\b"
)


def _things(**words: str) -> Mapping[str, re.Pattern[str]]:
    return {name: re.compile(rf"\b(?:{pattern})") for name, pattern in words.items()}


_DOORS = {
    "a captcha": _things(
        image=r"squares?\b|pictures?\b|images?\b|letters?\b|characters?\b|vakken|vakjes|plaatje|afbeelding|tekens|"
        r"felder|"
        r"bild(?:er)?\b|buchstaben|zeichen|cases\b|lettres\b|caracteres|cuadros|imagen|letras\b|riquadri|caselle|"
        r"immagin|"
        r"lettere\b|caratteri\b|quadrados|imagem|puzzle|puzzel|ratsel|rompecabezas",
        shown=r"traffic lights?|crosswalk|buses\b|bicycles?\b|verkeerslicht|stoplicht|zebrapad|fietsen\b|ampel|"
        r"zebrastreifen|"
        r"fahrrad|feux?\b|passages? pietons?|velos?\b|semafor|pasos? de (?:peatones|cebra)|bicicleta|strisce|"
        r"passadeira|bus\b",
        move=r"drag|slide|arrow\b|piece\b|press and hold|schuif|sleep\b|stukje|pijl\b|ziehen|schieben|pfeil|"
        r"teil\b|gliss|"
        r"piece a\b|deslice|desliza|arrastr|pieza|trascina|scorri|pezzo|arraste|deslize|peca ate",
        someone=r"humans?\b|machines?\b|(?:een|geen) (?:mens|machine)|(?:ein|eine|keine) (?:mensch|maschine)|"
        r"humain|humano|umano|"
        r"maquina|macchina|somebody|someone|anybody|a person|people only|behind this screen|iemand|alleen mensen|"
        r"achter het scherm|"
        r"jemand|nur fur (?:personen|menschen)|vor dem schirm|quelqu'un|devant l'ecran|qu'aux personnes|alguien|"
        r"a las personas|delante de la pantalla|qualcuno|davanti allo schermo|alle persone|alguem|"
        r"a frente do ecra|as pessoas",
        unread=r"can't read|listen\b|new (?:picture|image)|leesbaar|nieuw plaatje|andere afbeelding|lesbar|"
        r"neues bild|illisible|"
        r"autre image|no se leen|otra imagen|non si leggono|altra immagine|nao consegue ler|outra imagem",
        sum=r"how much is|plus (?:one|two|three|four|five|six|\d)|hoeveel is|wie viel ist|plus (?:vier|zwei|drei|"
        r"quatre|deux|"
        r"trois|tre|due|quattro)|combien font|cuanto (?:son|es)|quanto fa|quanto (?:e|sao)\b|mas (?:cuatro|dos|"
        r"tres)|mais quatro",
        looking=r"your device|your connection|browse|je toestel|jouw (?:toestel|aansluiting)|je (?:aansluiting|"
        r"verbinding)|"
        r"ihr(?:em|en|es)? (?:gerat|anschluss|verbindung)|votre (?:appareil|connexion)|tu (?:dispositivo|conexion)|"
        r"tuo dispositivo|tua connessione|seu dispositivo|sua ligacao|sua conexao",
        seconds=r"seconds?\b|by itself|automatic|seconden|tellen\b|vanzelf|sekunden|von selbst|secondes|"
        r"sans rien faire|"
        r"redirig|segundos|sin (?:tener que )?hacer nada|secondi|da solo\b|segundos|sem fazer nada|hold on|moment",
        much=r"too many|visits|te veel|bezoek|zu viele|aufrufe|trop de|visites|demasiad|visitas|troppe|visite\b|"
        r"unusual|cautious|ongewoon|ungewohnlich|inhabituel|inusual|insolit|incomum",
        later=r"come back|quarter of an hour|try again|code\b|later\b|kwartier|nog eens|probeer|viertelstunde|"
        r"versuchen sie|"
        r"revenez|quart d'heure|vuelve|cuarto de hora|torna\b|quarto d'ora|volte\b|quarto de hora",
        answer=r"next\b|your answer|enter\b|let you through|sent on|volgende\b|antwoord|verder\b|weiter\b|antwort|"
        r"suivant|"
        r"reponse|siguiente|respuesta|avanti\b|risposta|seguinte|resposta|seguira|proseguirai|seguiras",
    ),
    "a cookie wall": _things(
        stored=r"files?\b|identifiers?\b|remember|keep\b|store|bestanden|kenmerken|onthouden|bewaren|dateien|"
        r"kennung|merken|"
        r"speicher|fichiers|identifiants|retenir|gardons|archivos|identificador|recordar|guardamos|file\b|"
        r"identificatori|"
        r"ricordare|conserviamo|ficheiros|lembrar|arquivos",
        device=r"device|phone|toestel|telefoon|apparaat|gerat|telefon|appareil|telephone|dispositivo|telefono|"
        r"telefone",
        yes=r"allow|agree|accept|that's fine|fine\b|consent|sta (?:alles )?toe|toestaan|akkoord|prima\b|erlaub|"
        r"zulass|"
        r"einverstanden|in ordnung|zustimm|autoriser|j'accepte|d'accord|permitir|acepto|de acuerdo|consenti|accetto|"
        r"va bene|aceito|esta bem|concord",
        needed=r"(?:is |what is )(?:needed|essential|necessary)|nodig is|noodzakelijk|notige|notwendig|necessaire|"
        r"indispensab|necesario|imprescindible|necessario",
        choose=r"choose|choice|select|your say|turn on|change your mind|kies|keuze|bepaalt|wijzigen|aan of uit|"
        r"auswahl|"
        r"auswahlen|entscheid|an oder aus|andern\b|choisi|choix|decidez|changer d'avis|activez|selection|elegir|"
        r"decides|"
        r"opciones|cambiar de idea|activa o|scegli|scelte|decidi|cambiare idea|escolh|decide|opcoes|mudar de ideias",
        others=r"companies|advertisers|share\b|those we work|partners|bedrijven|adverteerders|delen\b|"
        r"samen met anderen|"
        r"firmen|werbekund|teilen\b|gemeinsam mit|societes|annonceurs|partag|avec d'autres|empresas|anunciantes|"
        r"compart|"
        r"junto con otros|aziende|inserzionisti|condivid|ad altri|parceiros|partilh|com outros",
        use=r"offers?\b|measure|profil|statistic|marketing|suits you|fits?\b|recognise|recognize|what you look|"
        r"past bij|"
        r"bij je past|statistiek|herken|was sie ansehen|passt|passende|statistik|wiedererkenn|vous convient|"
        r"statistiqu|"
        r"reconnaitre|vous regardez|encaj|estadistic|reconocer|lo que miras|ti somigli|statistich|riconosc|"
        r"che cosa guardi|"
        r"fa per te|convem|estatistic|reconhec|perfis|perfiles",
        privacy=r"privacy|privatsphare|vie privee|privacidad|learn about you|over je weten|uber sie wissen|"
        r"apprenons sur vous|sabemos de ti|sappiamo di te|sabemos de si",
        pay=r"costs? nothing|pay \d|a month|kost (?:het )?niets|betaal|per maand|kostet nichts|zahlen|im monat|"
        r"ne coute rien|payez|par mois|no cuesta nada|pagas|al mes|non costa nulla|paghi|al mese|nao custa nada|"
        r"paga \d|por mes",
    ),
    "a paywall": _things(
        rest=r"rest of|the rest\b|free part|gratis deel|kostenlose teil|partie gratuite|parte gratuita|"
        r"what (?:happened|comes) next|"
        r"keep going|open it\b|will open|locked|de rest|hoe het afliep|"
        r"gaat open|op slot|der rest|wie es ausging|offnet sich|gesperrt|le reste|la suite|s'ouvr|verrouill|"
        r"el resto|como acabo|se abrira|bloquead|il resto|com'e finita|si aprira|bloccat|"
        r"o resto|como acabou|abrir-se",
        further=r"go on\b|verder\b|weiterlesen|poursuivre|seguir\b|proseguire|prosseguir",
        support=r"support(?:er|s)?\b|join\b|member|journalism|steun|donateur|doe mee|journalistiek|unterstutz|"
        r"forderer|"
        r"journalismus|dabei\b|soutien|soutenir|soutiennent|rejoignez|l'information|apoya|colaborador|unete|"
        r"periodismo|sostien|sostenitore|"
        r"unisciti|giornalismo|apoia|junte-se|jornalismo",
        price=r"\$ ?\d|[€£] ?\d|\d ?(?:euro|eur|€)|one (?:pound|euro|dollar)|costs? (?:money|nothing)|een euro|"
        r"kost (?:geld|(?:het )?niets)|einen euro|kostet|un euro|a un cout|ne coute rien|cuesta|costa\b|custa",
        time=r"a month|a week|this month|stop whenever|per (?:week|maand)|deze maand|een maand|in der woche|"
        r"einen monat|"
        r"diesen monat|par (?:semaine|mois)|du mois|un mois|a la semana|este mes|un mes|a settimana|questo mese|"
        r"un mese|"
        r"por semana|deste mes|um mes|seconds\b|tellen\b|sekunden|secondes|segundos|secondi",
        plan=r"plan\b|\w*pass\b|\w*dagpas\b|passe\b|pase\b|sign up|subscri|\w*abonn|suscri|abbonam|assinatura|"
        r"try us|licen[cs]e|sales desk|offers?\b|pakket|probeer ons|licentie|verkoop|paket|testen sie uns|"
        r"lizenz|vertrieb|formule|licence|commercial|pruebanos|licencia|comercial|piano\b|provaci|licenza|"
        r"experimente-nos|plano\b",
        known=r"log in|sign in|been here before|log in\b|bekend bij ons|inloggen|melden sie sich|schon bekannt|"
        r"anmeld|"
        r"identifi|deja parmi|entra\b|ya nos conoces|accedi\b|ci conosci|inicie sessao|ja nos conhece",
        mail=r"e-?mail|mail ?adres|mailadresse|adresse electronique|correo\b|(?:tua|la) mail|email",
        text=r"stor(?:y|ies)\b|piece\b|the text|archive|report\b|verhaal|stukken|de tekst|archief|rapport|geschichte|"
        r"beitrage|der text|archiv|bericht|recit|textes?\b|archives|historia|textos?\b|archivo\b|informe|storia|"
        r"testi\b|"
        r"testo\b|archivio|historia|texto\b|arquivo",
        count=r"your (?:\w+ )?(?:three|five|ten|free|last)|je (?:drie|vijf|tien)|ihre (?:drei|funf|zehn)|"
        r"vos (?:trois|cinq|dix)|"
        r"tus (?:tres|cinco|diez)|tuoi (?:tre|cinque|dieci)|seus (?:tres|cinco|dez)|limit\b",
    ),
}


def is_report(words: str) -> bool:
    """Whether *words*, a folded text, reports what somebody said or found."""
    return _REPORT.search(words) is not None


def door_in(words: str) -> str:
    """What kind of wall *words*, a folded text, is, spoken to its reader in a few sentences; empty where it is"
    " none."""
    if ends_in_offer(words):
        return "a paywall"
    if len(words) > _LONGEST or is_report(words):
        return ""
    named = {kind: sum(bool(thing.search(words)) for thing in things.values()) for kind, things in _DOORS.items()}
    kind = max(named, key=lambda name: named[name])
    share = _ENOUGH.get(min(named[kind], max(_ENOUGH)))
    return kind if share is not None and addressed(words) >= share else ""


def ends_in_offer(words: str) -> bool:
    """Whether *words*, a folded text, begins as an article and ends in what must be done to read its rest."""
    if len(words) > _LONGEST_TEASER:
        return False
    end = ".".join([part for part in _SENTENCE.findall(words) if part.strip()][-_LAST:])
    things = _DOORS["a paywall"]
    return bool(things["rest"].search(end)) and any(things[name].search(end) for name in ("plan", "known", "price"))


def addressed(words: str) -> float:
    """The share of sentences that speak to the reader."""
    parts = [part for part in _SENTENCE.findall(words) if part.strip()]
    return sum(bool(_TO_YOU.search(part)) for part in parts) / max(len(parts), 1)
