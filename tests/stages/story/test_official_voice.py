"""Who speaks in a sentence: an official word is the victim's or an authority's, and told as a fact."""

import re

import pytest

from monitor.adapters.packaged.concepts import load_fact_reader
from monitor.domain.finding import AttackType, Role, Span, Status
from monitor.domain.group_policy import GroupPolicy
from monitor.stages.story.official import OfficialMemory, official_word
from tests.story_builders import analysis, article

# Each is an article that tells an attack on Acme as a fact.
OFFICIAL = [
    ("en", "Acme confirmed on Monday that data was taken."),
    ("en", "Acme said on Friday that intruders had stolen files."),
    ("en", "Acme, which runs 300 shops, has confirmed the attack."),
    ("en", "Hackers stole files from its servers, Acme said."),
    ("en", "Hackers stole files of Acme, the company confirmed."),
    ("en", "Ransomware has stopped a plant of Acme in Erlangen, the engineering group confirmed on Thursday."),
    ("en", "Acme was hit by a cyberattack and deliveries stopped, the company said in a statement."),
    ("en", "Acme disclosed a breach in a filing."),
    ("en", "Acme acknowledged that it had been hacked."),
    ("en", "Police confirmed that Acme had been hit by ransomware."),
    ("en", "The regulator said that Acme had reported a breach."),
    ("en", "Acme's chief executive confirmed the attack."),
    ("en", "A spokeswoman for Acme confirmed the breach."),
    ("en", "Acme admitted that customer data was stolen."),
    ("en", "Acme has notified 90,000 customers that their data was stolen."),
    ("en", "In a letter to customers Acme says that hackers copied their data."),
    ("nl", "Acme bevestigt de aanval."),
    ("nl", "Acme heeft donderdag bevestigd dat aanvallers klantbestanden hebben gestolen."),
    ("nl", "Hackers hebben bestanden gestolen van Acme, bevestigt het bedrijf."),
    ("nl", "Bij Acme zijn gegevens gestolen, zegt een woordvoerder."),
    ("nl", "Acme laat weten dat er gegevens zijn gestolen."),
    ("de", "Acme bestätigte den Angriff am Montag."),
    ("de", "Ein Cyberangriff hat die Werke von Acme lahmgelegt, bestätigte der Konzern am Donnerstag."),
    ("de", "Acme teilte mit, dass Angreifer Daten kopiert haben."),
    ("de", "Ein Sprecher von Acme bestätigte den Vorfall."),
    ("fr", "Acme a confirmé avoir été victime d'une cyberattaque."),
    ("fr", "Acme a été victime d'une cyberattaque : l'usine est à l'arrêt, a confirmé le constructeur."),
    ("fr", "Acme a été piraté, a indiqué l'entreprise dans un communiqué."),
    ("fr", "Le parquet a confirmé que Acme a été victime d'un rançongiciel."),
    ("es", "Acme confirmó el robo de datos."),
    ("es", "Acme sufrió un ciberataque, confirmó la empresa."),
    ("es", "Según ha comunicado Acme, los atacantes robaron datos."),
    ("it", "Acme ha confermato l'attacco informatico."),
    ("it", "Rubati i dati dei clienti di Acme, ha confermato l'azienda."),
    ("pt", "A Acme confirmou o ataque."),
    ("pt", "Dados de clientes da Acme foram roubados, confirmou a empresa."),
    ("en", "Acme says it has restored its systems after the ransomware attack."),
    ("en", "Acme Holdings plc told the stock exchange that it had been hit by ransomware."),
    ("en", '"We have been the victim of a cyberattack," Acme said.'),
    ("en", '"We have been the victim of a cyberattack," said Acme chief executive Jane Roe.'),
    ("en", "Acme on Monday confirmed a cyberattack."),
    ("en", "Acme has now confirmed that 9,000 customers were hit."),
    ("en", "The breach was disclosed by Acme on Monday."),
    ("en", "The FBI confirmed it was investigating the ransomware attack on Acme."),
    ("en", "The ministry confirmed the attack on Acme."),
    ("en", "Hackers hit Acme overnight, police said."),
    ("en", "Hackers hit Acme; the retailer apologised to customers."),
    ("en", "The airline said the attack on Acme had grounded it."),
    ("nl", "De politie bevestigt dat Acme slachtoffer is van gijzelsoftware."),
    ("nl", "Het bedrijf bevestigt dat er bij Acme gegevens zijn gestolen."),
    ("nl", "Woordvoerder Jan Smit van Acme zegt dat er gegevens zijn gestolen."),
    ("nl", "De gemeente Acme meldt dat hackers gegevens hebben buitgemaakt."),
    ("nl", '"We zijn gehackt", zegt Acme.'),
    ("de", "Acme räumte ein, dass Daten abgeflossen sind."),
    ("de", "Der Autobauer Acme bestätigte, dass Server verschlüsselt wurden."),
    ("de", "Die Staatsanwaltschaft bestätigte den Angriff auf Acme."),
    ("de", "Server von Acme wurden verschlüsselt, teilte das Unternehmen mit."),
    ("fr", "« Nous avons été victimes d'une cyberattaque », a déclaré Acme."),
    ("fr", "Le constructeur a confirmé que des données d'Acme ont été volées."),
    ("fr", "Acme reconnaît une fuite de données."),
    ("es", "La compañía ha confirmado que Acme sufrió un ataque."),
    ("es", "Acme reconoce que le robaron datos."),
    ("it", "L'azienda ha confermato che i dati di Acme sono stati rubati."),
    ("it", "Acme ammette il furto di dati."),
    ("pt", "A empresa confirmou que dados da Acme foram roubados."),
]
NOT_OFFICIAL = [
    ("en", "Ransomware cripples branches of Acme in Oslo, the lender's staff were told on Thursday."),
    (
        "en",
        "Lumina was hit by ransomware. Its clients include Acme, which said that it was looking into whether it was affected.",
    ),
    ("en", "Acme said it was investigating reports of a breach."),
    ("en", "Acme said it was aware of the claims and had called in experts."),
    ("en", "Acme declined to say whether data was stolen."),
    ("en", "Acme has not confirmed the attack."),
    ("en", "Acme did not say how the attackers got in."),
    ("en", "Hackers breached Acme, which has yet to confirm the attack."),
    ("en", "Acme could not confirm the attack on Sunday."),
    ("en", "Customers of Acme were told that their data was stolen."),
    ("en", "Acme was hit by ransomware, people familiar with the matter said."),
    ("en", "Acme was hit by ransomware, two employees told the paper."),
    ("en", "Acme was breached by Chinese hackers, security firm Volexity said."),
    ("en", "A former worker of Acme said that servers were encrypted."),
    ("en", "The attack on Acme was announced by the gang on Telegram."),
    ("en", "The gang told Acme to pay."),
    ("en", "Neither Acme nor the police would confirm the attack."),
    ("en", "Police declined to say whether Acme was hit."),
    ("en", "Police said they had no knowledge of an attack on Acme."),
    ("nl", "Acme heeft de aanval niet bevestigd."),
    ("nl", "Acme wilde de aanval niet bevestigen."),
    ("nl", "Acme is gehackt, zeggen twee medewerkers."),
    ("nl", "Acme meldt niets te weten van een aanval."),
    ("nl", "Acme zegt de meldingen te onderzoeken."),
    ("nl", "Klanten van Acme kregen te horen dat hun gegevens gestolen zijn, meldt RTL."),
    ("de", "Acme wollte den Angriff nicht bestätigen."),
    ("de", "Acme hat den Angriff bislang nicht bestätigt."),
    ("de", "Acme wurde gehackt, meldet der Spiegel."),
    ("de", "Acme teilte mit, man prüfe die Berichte."),
    ("fr", "Acme n'a pas confirmé l'attaque."),
    ("fr", "Acme a indiqué enquêter sur une possible attaque."),
    ("fr", "Contacté, Acme n'a pas souhaité confirmer."),
    ("es", "Acme no ha confirmado el ataque."),
    ("es", "Acme aseguró que investiga si hubo un ataque."),
    ("it", "Acme non ha confermato l'attacco."),
    ("pt", "A Acme não confirmou o ataque."),
    ("en", "Acme has been told by a gang to pay."),
    ("en", "Volexity confirmed Acme was hit by ransomware."),
    ("en", "Acme didn't respond to a request for comment. Volexity says the gang took files."),
    ("en", "Acme, which did not immediately confirm the attack, has closed its shops."),
    ("en", "Acme's website was defaced, the newspaper said."),
    ("en", "Acme refused to confirm that it had paid."),
    ("en", "It is not known whether Acme told its customers."),
    ("en", "The union said workers of Acme could not clock in."),
    ("en", "Acme was attacked by a group that has announced further leaks."),
    ("en", "Acme was added to the leak site of Qilin, which says it has 2 TB."),
    ("en", "Cybersecurity company Mandiant said that Acme had been breached."),
    ("en", "The security company confirmed that Acme had been breached."),
    ("en", "A spokesman for the gang said that Acme had paid."),
    ("en", "Reuters reported on Monday that Acme was hit, and the company has not confirmed it."),
    ("nl", "Volgens de Telegraaf is Acme gehackt; het bedrijf wil dat niet bevestigen."),
    ("nl", "Acme kon de aanval dinsdag nog niet bevestigen."),
    ("nl", "Beveiligingsbedrijf Fox-IT bevestigt dat Acme is gehackt."),
    ("de", "Acme wurde Opfer einer Ransomware, erklärte der Sicherheitsforscher."),
    ("de", "Ob Acme betroffen ist, wollte ein Sprecher nicht sagen."),
    ("de", "Die Sicherheitsfirma bestätigte den Angriff auf Acme."),
    ("fr", "Acme, contacté par l'AFP, n'a pas confirmé."),
    ("fr", "Le groupe Qilin a annoncé avoir attaqué Acme."),
    ("fr", "Les pirates d'Acme ont annoncé la publication des données."),
    ("es", "El grupo Qilin anunció que atacó a Acme."),
    ("es", "La empresa de seguridad confirmó que Acme fue atacada."),
    ("it", "Il gruppo Qilin annuncia di aver colpito Acme."),
    ("it", "Acme non ha ancora comunicato nulla."),
    ("pt", "O grupo Qilin anunciou que atacou a Acme."),
    ("pt", "A Acme ainda não confirmou a invasão."),
]


def is_official(language: str, text: str) -> bool:
    spans = [Span("text", found.start(), found.end(), "Acme") for found in re.finditer("Acme", text)]
    told = analysis("1", {"acme": Role.VICTIM}, [(AttackType.RANSOMWARE, Status.CONFIRMED, ("acme",))], spans)
    made = article("1", title="News of the day", text=text, language=language)
    return official_word(made, told, load_fact_reader(GroupPolicy()), OfficialMemory()) is not None


@pytest.mark.parametrize(("language", "text"), OFFICIAL)
def test_the_word_of_the_victim_and_of_an_authority_is_official(language: str, text: str) -> None:
    assert is_official(language, text)


@pytest.mark.parametrize(("language", "text"), NOT_OFFICIAL)
def test_what_is_not_confirmed_or_said_by_others_is_not_official(language: str, text: str) -> None:
    assert not is_official(language, text)
