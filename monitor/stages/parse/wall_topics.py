"""
Walls in words that nobody foresaw: a few sentences in a row that speak to the reader about one kind of wall.

Topics are the beginnings of words, in lower case and without accents, in the languages of our feeds.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from monitor.stages.parse.wall_voice import addressed

_SENTENCE = re.compile(r"[^.!?:|»]+")
# You, and us: news speaks of others.
_ADDRESS = re.compile(
    r"\b(?:you|your|you're|you've|us|our|je|jij|jouw|jullie|u|uw|onze (?:abonnees|leden|lezers|partners|site|"
    r"voorwaarden)|sie|ihre?[mnrs]?|du|deine?[mnrs]?|unsere?[mnrs]?|"
    r"vous|votre|vos|notre|nos|tu|tus|te|ti|tuo|tua|tuoi|usted|su|sus|nuestr[oa]s?|nostr[oaie]|voce|seus?|suas?|"
    r"noss[oa]s?)\b"
)
_SHORT = 250
_FORMS = r"article|artikel|stor(?:y|ies)|verha(?:al|len)|beitrag|noticia|articol|articulo|artigo|contenu|inhalt|content"


def _topics(**beginnings: str) -> Mapping[str, re.Pattern[str]]:
    return {name: re.compile(rf"\b(?:{words})") for name, words in beginnings.items()}


@dataclass(frozen=True, slots=True)
class Topics:
    """
    What a kind of wall speaks of: in so many sentences in a row, ``needed`` of its topics at least, one of ``core``.

    ``longest`` is how long the whole text may be; in one as short as a notice ``needed_when_short`` are enough.
    ``addressed`` is the share of all sentences that must speak to the reader.
    """

    names: Mapping[str, re.Pattern[str]]
    core: frozenset[str]
    sentences: int
    needed: int
    longest: int
    needed_when_short: int
    addressed: float = 0.0

    def are_in(self, text: str) -> bool:
        """Whether *text*, in lower case and without accents, speaks so."""
        if len(text) > self.longest or (self.addressed and addressed(text) < self.addressed):
            return False
        needed = self.needed_when_short if len(text) <= _SHORT else self.needed
        parts = _SENTENCE.findall(text)
        held = [frozenset(name for name, words in self.names.items() if words.search(part)) for part in parts]
        for start in range(len(parts)):
            found = frozenset[str]().union(*held[start : start + self.sentences])
            is_about = len(found) >= needed and not self.core.isdisjoint(found)
            if is_about and any(_ADDRESS.search(part) for part in parts[start : start + self.sentences]):
                return True
        return False


KINDS = {
    "a captcha": Topics(
        _topics(
            human=r"humans?\b|robot|bots?\b|mens\b|mensch|humain|humano|umano|roboter|robo\b|automat|geautomat|"
            r"une machine\b|"
            r"macchina\b|maquina\b",
            prove=r"verif|prov(?:e|ar)\b|confirm|bevestig|bewijs|weten\b|zeker|beweis|bestatig|sicherstell|prouv|"
            r"demostr|"
            r"dimostr|compro[bv]|assicur",
            image=r"images?\b|pictures?\b|characters|afbeelding|tekens|zeichen|bild|caracter|imagen|immagin|imagem|"
            r"checkbox|the box\b|slider|schuif|regler|curseur|cursore|vakje|kastchen|hakchen|case\b|casilla|"
            r"casella|caixa|puzzle|puzzel|ratsel|captcha",
            do=r"click|tap\b|type the|select|enter the|tick|klik|typ\b|selecteer|vink|klick|geben sie|wahlen|"
            r"cliqu|saisi|"
            r"cochez|haz clic|escribe|selecciona|marca\b|scrivi|selezion|clicc|spunta|digite|selecion|marque|"
            r"drag\b|sleep\b|ziehen|gliss|"
            r"faites gliss|arrastr|trascin",
            wait=r"wait\b|try again|wacht\b|opnieuw|warten|erneut|patiente|reessay|espera|intenta|aspett|riprova|"
            r"aguard|"
            r"tente novamente|moment\b|momento\b",
            request=r"request|verzoek|anfrage|requete|solicitud|peticion|richiest|pedido|solicitac|access|toegang|"
            r"zugriff|"
            r"zugang|acces|acceso|acesso|connection|verbinding|verbindung|connexion|conexion|connessione|conexao",
            browser=r"browser|javascript|navigateur|navegador|cookies?\b|ip\b|network|netwerk|netzwerk|reseau|"
            r"rete\b|rede\b",
        ),
        frozenset({"human", "image", "browser"}),
        sentences=2,
        needed=3,
        longest=600,
        needed_when_short=2,
        addressed=0.4,
    ),
    "a cookie wall": Topics(
        _topics(
            cookies=r"cookies?\b|traceur",
            choice=r"consent|accept|agree|reject|refus|choos|choice|toestemming|akkoord|accepter|weiger|kies\b|"
            r"keuze|einwillig|"
            r"zustimm|akzept|ablehn|wahl\b|choisi|choix|acept|rechaz|elig|elec|consens|acconsent|accett|rifiut|"
            r"scelta|aceit|"
            r"recus|rejeit|escolha|no,? thanks|yes please|nee,? bedankt|nein,? danke|"
            r"non,? merci|no,? gracias|no,? grazie|nao,? obrigad|decision|entscheidung|decisione|optional|facultati|"
            r"opcional|facoltativ",
            data=r"data\b|gegevens|daten\b|donnees|datos|dati\b|dados|information",
            ads=r"ads?\b|advert|personali|gepersonal|reclame|werbung|anzeigen|publicit|pubblicit|publicid|"
            r"annunci\b|anuncio|"
            r"anunci|personnalis",
            tracking=r"track|suivi\b|seguimiento|traccia|rastre",
            options=r"option|opties|opcion|opzion|opcoes|manag|beheren|verwalt|gerer\b|gestion|gestisci|gerir\b|"
            r"preferen|"
            r"voorkeur|einstell|setting|instell|parametr|configur",
            privacy=r"privacy|privatsph|vie privee|privacid|datenschutz",
            partners=r"partner|vendors|third part|derden|dritt|tiers\b|socios|terceros|terze|parceir|terceir|"
            r"adverte|annonceur",
            pay=r"free\b|gratis|kostenlos|gratuit|pay\b|betal|zahlen|bezahl|payer|paga|pague|\d+ ?(?:euro|€)|€ ?\d",
        ),
        frozenset({"cookies", "choice"}),
        sentences=4,
        needed=4,
        longest=1_500,
        needed_when_short=2,
    ),
    "a paywall": Topics(
        _topics(
            subscription=r"subscri|abonn|suscri|abonad|abbon|assin(?:a|e\b)|subscre|subscric|members?\b|"
            r"membership|leden\b|"
            r"mitglied|membres|socios|miembros|membros|abos?\b|\w{3,}abos?\b",
            reading=r"read(?:ing)?\b|lees\b|lezen|verder|lesen\b|weiterles|lire\b|lisez|lecture|leer\b|lee\b|leyendo|"
            r"legg(?:i|ere)\b|lettura|ler\b|leia\b|leitura|view\b",
            free=r"free (?:art|stor|acc|mon|trial)|for free|gratis|kostenlos|gratuit|offert",
            trial=r"trial|proef|probe|test(?:angebot|en|ez|e)\b|essai|essay|prueba|prova|experimente|"
            r"oferta de experiencia",
            pay=r"pay(?:ing)?\b|betal|zahl(?:en|ende)|bezahl|payant|de pago|pagament|pagante",
            rest=r"rest\b|resto\b|suite\b|what comes next|wat er volgt|weitergeht|lo que sigue|continua\b|segue\b|"
            r"unlock|"
            r"full\b|hele\b|ganze|vollstandig|complet|entier",
            price=r"\d+ ?(?:euro|eur\b|€|\$)|[$€£] ?\d",
            what=_FORMS,
            login=r"log ?in|sign in|inlog|einlog|anmeld|aanmeld|connecte[rz]|identifie[rz]|inicia|accedi|entra\b|"
            r"entre\b|login|loggen sie",
            offers=r"plans?\b|offers?\b|offres?\b|ofertas?\b|offerte?\b|angebote?\b|pass\b|\w+pass?\b|pase\b|"
            r"passe\b|formule|abonnementen\b|aanbied",
            reserved=r"exclusi|exklusi|esclusiv|reserv|riserv|only\b|alleen\b|nur\b|solo\b",
            account=r"accounts?\b|konto\b|compte\b|cuenta\b|conta\b|register|registr|regist|inscri|iscri",
        ),
        frozenset({"subscription", "login", "account", "trial"}),
        sentences=2,
        needed=3,
        longest=2_500,
        needed_when_short=3,
    ),
}
