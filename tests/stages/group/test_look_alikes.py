"""Look-alikes stay apart and their follow-ups find home, in five languages; watched victims are not mixed up."""

import pytest

from monitor.stages.group import FactReader
from tests.stages.group.streams import Told, in_letters, joins_of

TWO_RETAILERS = {
    "en": [
        (0, "Fashion chain Dravelle stops online orders after cyberattack", "Dravelle has stopped taking orders in its web shop. The British retailer told customers on Monday that a cyber incident hit its systems; its 210 shops are open."),
        (3, "Supermarket Oxbury hit by hackers", "Oxbury has shut down part of its network after an attempted intrusion. The British grocer says that some shelves are empty and that its 640 stores trade as usual."),
        (5, "Dravelle: customer data was taken", "Names and addresses of Dravelle customers were copied in Monday's attack, the fashion chain admits. Web orders remain suspended."),
    ],
    "de": [
        (0, "Modekette Dravelle stoppt Onlinebestellungen nach Cyberangriff", "Dravelle nimmt in seinem Webshop keine Bestellungen mehr an. Ein Cyberangriff habe am Montag die Systeme getroffen, teilte der Händler mit. Die 210 Filialen sind geöffnet."),
        (3, "Hacker greifen Supermarktkette Oxbury an", "Oxbury hat nach einem versuchten Einbruch Teile seines Netzes abgeschaltet. Manche Regale sind leer, die 640 Märkte haben geöffnet."),
        (5, "Dravelle: Kundendaten gestohlen", "Bei dem Angriff vom Montag wurden Namen und Adressen von Dravelle-Kunden kopiert, räumt die Modekette ein. Bestellungen im Netz sind weiter nicht möglich."),
    ],
    "es": [
        (0, "La cadena de moda Dravelle suspende la venta en línea por un ciberataque", "Dravelle ha dejado de aceptar pedidos en su tienda en internet. La empresa informó el lunes de un ciberataque a sus sistemas; sus 210 tiendas siguen abiertas."),
        (3, "Los supermercados Oxbury, atacados por piratas informáticos", "Oxbury ha apagado parte de su red tras un intento de intrusión. Algunos estantes están vacíos y sus 640 establecimientos abren con normalidad."),
        (5, "Dravelle reconoce el robo de datos de clientes", "En el ataque del lunes se copiaron nombres y direcciones de clientes de Dravelle, admite la cadena de moda. Los pedidos en línea siguen suspendidos."),
    ],
    "fr": [
        (0, "L'enseigne de mode Dravelle suspend ses ventes en ligne après une cyberattaque", "Dravelle ne prend plus de commandes sur son site. Le distributeur a annoncé lundi une cyberattaque contre ses systèmes ; ses 210 magasins restent ouverts."),
        (3, "Les supermarchés Oxbury visés par des pirates", "Oxbury a coupé une partie de son réseau après une tentative d'intrusion. Des rayons sont vides mais les 640 magasins sont ouverts."),
        (5, "Dravelle : des données de clients dérobées", "Les noms et adresses de clients de Dravelle ont été copiés lors de l'attaque de lundi, admet l'enseigne de mode. Les commandes en ligne restent suspendues."),
    ],
    "it": [
        (0, "La catena di moda Dravelle ferma gli ordini online dopo un attacco informatico", "Dravelle non accetta più ordini sul sito. L'azienda ha comunicato lunedì un attacco informatico ai suoi sistemi; i 210 negozi restano aperti."),
        (3, "Supermercati Oxbury nel mirino degli hacker", "Oxbury ha spento parte della rete dopo un tentativo di intrusione. Alcuni scaffali sono vuoti, i 640 punti vendita sono aperti."),
        (5, "Dravelle ammette: rubati i dati dei clienti", "Nell'attacco di lunedì sono stati copiati nomi e indirizzi dei clienti di Dravelle, ammette la catena di moda. Gli ordini online restano sospesi."),
    ],
}  # fmt: skip
A_YEAR_APART = {
    "en": [
        (0, "Telecom operator Vestoria loses data of 1.3 million customers", "Hackers copied names and addresses of 1.3 million customers of the telecom operator Vestoria on Sunday. The police have been told."),
        (355, "Vestoria hacked again, bank accounts taken", "For the second time in a year the telecom operator Vestoria has been hacked. This time bank details of 400,000 customers were stolen on Saturday, it said."),
    ],
    "nl": [
        (0, "Telecombedrijf Vestoria verliest gegevens van 1,3 miljoen klanten", "Hackers hebben zondag namen en adressen van 1,3 miljoen klanten van telecombedrijf Vestoria gekopieerd. De politie is ingelicht."),
        (355, "Vestoria opnieuw gehackt, rekeningnummers buitgemaakt", "Voor de tweede keer in een jaar is telecombedrijf Vestoria gehackt. Ditmaal zijn zaterdag de rekeningnummers van 400.000 klanten gestolen."),
    ],
    "de": [
        (0, "Telekomfirma Vestoria verliert Daten von 1,3 Millionen Kunden", "Hacker haben am Sonntag Namen und Adressen von 1,3 Millionen Kunden des Mobilfunkers Vestoria kopiert. Die Polizei ist informiert."),
        (355, "Vestoria erneut gehackt: Bankdaten entwendet", "Zum zweiten Mal binnen eines Jahres wurde der Mobilfunker Vestoria gehackt. Diesmal wurden am Samstag Bankdaten von 400.000 Kunden gestohlen."),
    ],
    "pt": [
        (0, "Operadora Vestoria perde dados de 1,3 milhões de clientes", "Piratas copiaram no domingo nomes e moradas de 1,3 milhões de clientes da operadora de telecomunicações Vestoria. A polícia foi informada."),
        (355, "Vestoria alvo de novo ataque, contas bancárias roubadas", "Pela segunda vez num ano, a operadora Vestoria foi atacada por piratas. Desta vez foram roubados no sábado dados bancários de 400 mil clientes."),
    ],
}  # fmt: skip
NEW_CHIEF = {
    "en": [
        (0, "Insurer Halmark says intruders read 90,000 policies", "The insurer Halmark has discovered that intruders could read 90,000 policies on a server. It has closed the breach and told the watchdog."),
        (2, "Halmark appoints new chief executive", "The board of the insurer Halmark has named its finance director as chief executive. The shares rose by 3%."),
    ],
    "it": [
        (0, "Assicurazioni Halmark, intrusi leggono 90.000 polizze", "La compagnia Halmark ha scoperto che degli hacker hanno letto 90.000 polizze su un server. La violazione è chiusa e il Garante informato."),
        (2, "Halmark nomina il nuovo amministratore delegato", "Il consiglio della compagnia Halmark ha nominato amministratore delegato il direttore finanziario. Il titolo sale del 3%."),
    ],
    "fr": [
        (0, "L'assureur Halmark victime d'une intrusion, 90.000 contrats consultés", "L'assureur Halmark a découvert que des pirates avaient lu 90.000 contrats sur un serveur. La faille est fermée et la Cnil prévenue."),
        (2, "Halmark nomme un nouveau directeur général", "Le conseil d'administration de l'assureur Halmark a nommé directeur général son directeur financier. L'action gagne 3 %."),
    ],
    "es": [
        (0, "Intrusos leen 90.000 pólizas de la aseguradora Halmark", "La aseguradora Halmark ha descubierto que unos piratas leyeron 90.000 pólizas en un servidor. Ha cerrado la brecha y avisado al regulador."),
        (2, "Halmark nombra nuevo consejero delegado", "El consejo de la aseguradora Halmark ha nombrado consejero delegado a su director financiero. Las acciones suben un 3%."),
    ],
}  # fmt: skip
BRANCHES = {
    "en": [
        (0, "Ransomware halts plants of Torvik Germany", "The chemicals group Torvik says that ransomware has stopped two plants of Torvik Germany in Bremen. Other countries are not affected."),
        (2, "Customer data of Torvik Spain exposed", "A supplier left 12,000 customer records of Torvik Spain open on the web, the subsidiary in Valencia says. The data watchdog in Madrid was told."),
    ],
    "de": [
        (0, "Ransomware legt Werke von Torvik Germany lahm", "Der Chemiekonzern Torvik meldet, dass Schadsoftware zwei Werke von Torvik Germany in Bremen gestoppt hat. Andere Länder sind nicht betroffen."),
        (2, "Kundendaten von Torvik Spain standen offen im Netz", "Ein Dienstleister ließ 12.000 Datensätze von Kunden von Torvik Spain ungeschützt, teilt die Tochter in Valencia mit. Die spanische Aufsicht ist informiert."),
    ],
    "nl": [
        (0, "Ransomware legt fabrieken van Torvik Germany stil", "Chemieconcern Torvik meldt dat gijzelsoftware twee fabrieken van Torvik Germany in Bremen heeft stilgelegd. Andere landen zijn niet getroffen."),
        (2, "Klantgegevens van Torvik Spain stonden open", "Een leverancier liet 12.000 klantgegevens van Torvik Spain onbeschermd achter, zegt de dochter in Valencia. De Spaanse toezichthouder is ingelicht."),
    ],
    "es": [
        (0, "Un programa de secuestro paraliza plantas de Torvik Germany", "El grupo químico Torvik comunica que un ransomware ha parado dos plantas de Torvik Germany en Bremen. Los demás países no están afectados."),
        (2, "Expuestos datos de clientes de Torvik Spain", "Un proveedor dejó al descubierto 12.000 fichas de clientes de Torvik Spain, informa la filial en Valencia. La autoridad española fue avisada."),
    ],
}  # fmt: skip


@pytest.mark.parametrize("language", TWO_RETAILERS)
def test_two_retailers_hit_in_one_week_and_a_follow_up(reader: FactReader, language: str) -> None:
    assert in_letters(joins_of(reader, TWO_RETAILERS[language])) == "aba"


@pytest.mark.parametrize("language", A_YEAR_APART)
def test_two_breaches_of_one_telecom_a_year_apart(reader: FactReader, language: str) -> None:
    assert in_letters(joins_of(reader, A_YEAR_APART[language])) == "ab"


@pytest.mark.parametrize("language", NEW_CHIEF)
def test_a_breach_and_a_new_chief_in_one_week(reader: FactReader, language: str) -> None:
    assert in_letters(joins_of(reader, NEW_CHIEF[language])) == "ab"


@pytest.mark.parametrize("language", BRANCHES)
def test_branches_of_one_company(reader: FactReader, language: str) -> None:
    assert in_letters(joins_of(reader, BRANCHES[language])) == "ab"


@pytest.mark.parametrize(
    ("sets", "stories"),
    [
        pytest.param(TWO_RETAILERS, 2, id="retailers"),
        pytest.param(A_YEAR_APART, 2, id="a year apart"),
        pytest.param(NEW_CHIEF, 2, id="chief"),
        pytest.param(BRANCHES, 2, id="branches"),
    ],
)
def test_in_all_languages_at_once(reader: FactReader, sets: dict[str, list[Told]], stories: int) -> None:
    told = sorted(
        (days + place / 24, title, text) for place, rows in enumerate(sets.values()) for days, title, text in rows
    )
    wanted = in_letters(joins_of(reader, told))
    assert len(set(wanted)) == stories
    early = {story for (days, _, _), story in zip(told, wanted, strict=True) if days < 1}
    assert len(early) == 1


SAME_WORDS = (
    "Ransomware stops lorries of a haulier",
    "Attackers encrypted servers on Monday, the haulier in Breda said. Lorries stand still.",
)


def test_another_watched_victim_is_another_story_though_the_words_are_alike(reader: FactReader) -> None:
    news = [
        (0.0, *SAME_WORDS),
        (0.5, "Haulier in Breda: ransomware stops lorries", "Servers of the haulier in Breda were encrypted by attackers on Monday, lorries stand still since then."),
    ]  # fmt: skip
    assert in_letters(joins_of(reader, news, victims=("norvik", "norvik"))) == "aa"
    assert in_letters(joins_of(reader, news, victims=("norvik", "tarsus"))) == "ab"


FLOODED = [
    (0.0, "Attacco DDoS ai siti degli aeroporti di Milano", "Il collettivo filorusso NoName ha rivendicato un attacco che ha rallentato i siti di Malpensa e Linate a Milano. Nessun impatto sui voli, assicura la Sea."),
    (0.1, "Pro-Russian hackers knock Milan airports' websites offline", "The websites of Malpensa and Linate were hard to reach on Thursday. NoName claimed the attack. Flights were not affected, said Sea, which runs both."),
    (2.0, "L'aéroport de Lyon visé à son tour par une attaque DDoS de NoName", "Le site de l'aéroport Saint-Exupéry a été inaccessible samedi matin. Le groupe prorusse NoName revendique l'attaque."),
    (2.1, "NoName hits website of Lyon airport", "The site of Lyon-Saint Exupéry airport was down on Saturday morning, in an attack claimed by the pro-Russian group NoName."),
]  # fmt: skip
CUSTOMER = [
    (0.0, "Payroll software maker Payrolla hacked, dozens of employers affected", "Payrolla, whose software pays the wages of 900 companies, said that hackers had exploited its file transfer server. Employers inform staff."),
    (0.2, "Angriff auf Lohnsoftware Payrolla trifft Arbeitgeber", "Unbekannte sind bei Payrolla eingedrungen. Daten von Beschäftigten vieler Firmen sind betroffen."),
    (2.1, "Brewer Galway Bay says staff data went in Payrolla hack", "The brewer told employees that their bank details were among the files taken from payroll provider Payrolla."),
    (13.0, "Galway Bay brewery halts bottling after ransomware attack", "The brewer Galway Bay stopped its bottling line in Oranmore because of ransomware on its network. Staff were sent home, and employers in the town offered help."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("told", "stories"),
    [pytest.param(FLOODED, "aabb", id="one gang, two cities"), pytest.param(CUSTOMER, "aaab", id="a customer's own")],
)
def test_one_gang_and_one_supplier_have_many_victims(reader, told, stories):
    assert in_letters(joins_of(reader, told)) == stories
