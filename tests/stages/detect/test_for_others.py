"""Who helps or looks into what befell others, who is helped, who is blamed; and doors that nobody broke open."""

import pytest

from tests.stages.detect.reading import analyse, detector, roles


def parts(title: str) -> set[str]:
    """The parts of the role of Kestrix in a headline."""
    one = detector()
    (told, _), *_ = one.weighed(one.read("1", title, "", None, None))[2]
    return set(told.parts)


@pytest.mark.parametrize(
    "title",
    [
        "Kestrix helps town council after hack",
        "Kestrix comes to the aid of hacked school trust",
        "Kestrix sends experts to hospital hit by ransomware",
        "Kestrix helpt gemeente na hack",
        "Kestrix schiet gehackte universiteit te hulp",
        "Kestrix staat ziekenhuis bij na cyberaanval",
        "Kestrix hilft Stadtwerken nach Hackerangriff",
        "Kestrix springt Hochschule nach Cyberangriff bei",
        "Kestrix unterstützt Klinik nach Cyberangriff",
        "Kestrix aide l'hôpital après la cyberattaque",
        "Kestrix épaule la mairie après le piratage",
        "Kestrix vient en aide à la commune après le piratage",
        "Kestrix ayuda al ayuntamiento tras el ciberataque",
        "Kestrix acude en ayuda del colegio hackeado",
        "Kestrix aiuta l'ospedale dopo l'attacco hacker",
        "Kestrix affianca il comune dopo il cyberattacco",
        "Kestrix ajuda câmara municipal após ciberataque",
        "Kestrix presta apoio à escola após ataque hacker",
        "Kestrix investigates the ransomware attack on the hospital",
        "Kestrix onderzoekt de hack bij de gemeente",
        "Kestrix untersucht den Hackerangriff auf die Klinik",
        "Kestrix enquête sur la cyberattaque contre l'hôpital",
        "Kestrix investiga el ciberataque contra el hospital",
        "Kestrix indaga sull'attacco hacker all'ospedale",
        "Kestrix investiga o ataque hacker ao hospital",
    ],
)
def test_who_helps_somebody_that_nobody_watches_is_not_struck(title: str) -> None:
    assert "R:for_others:beside" in parts(title)
    assert roles(title)["kestrix"] in {"responder", "mentioned"}
    assert analyse(title).under_attack == ()


@pytest.mark.parametrize(
    "title",
    [
        "Kestrix helps town council after hack",
        "Kestrix helpt gemeente na hack",
        "Kestrix hilft Stadtwerken nach Hackerangriff",
        "Kestrix aide l'hôpital après la cyberattaque",
        "Kestrix ayuda al ayuntamiento tras el ciberataque",
        "Kestrix aiuta l'ospedale dopo l'attacco hacker",
        "Kestrix ajuda câmara municipal após ciberataque",
    ],
)
def test_who_helps_responds(title: str) -> None:
    assert roles(title) == {"kestrix": "responder"}


@pytest.mark.parametrize(
    "title",
    [
        "Town council turns to Kestrix after ransomware attack",
        "With the help of Kestrix, university recovers from hack",
        "Gemeente schakelt Kestrix in na hack",
        "Klinik beauftragt Kestrix nach Hackerangriff",
        "La mairie fait appel à Kestrix après la cyberattaque",
        "El ayuntamiento recurre a Kestrix tras el ciberataque",
        "Il comune si affida a Kestrix dopo l'attacco hacker",
        "Câmara municipal recorre à Kestrix após ciberataque",
    ],
)
def test_whom_others_turn_to_is_not_struck(title: str) -> None:
    assert "L:turns_to:beside" in parts(title)
    assert analyse(title).under_attack == ()


@pytest.mark.parametrize(
    "title",
    [
        "Kestrix helps customers after hackers steal data",
        "Kestrix helpt klanten na datalek",
        "Kestrix hilft Kunden nach Datenleck",
        "Kestrix aide ses clients après le vol de données",
        "Kestrix ayuda a sus clientes tras el robo de datos",
        "Kestrix aiuta i clienti dopo il furto di dati",
        "Kestrix ajuda clientes após roubo de dados",
    ],
)
def test_who_helps_its_own_customers_may_be_struck(title: str) -> None:
    told = parts(title)
    assert "R:for_own:beside" in told
    assert not [one for one in told if "for_others" in one]
    assert analyse(title).under_attack == ("kestrix",)


@pytest.mark.parametrize(
    "title",
    [
        "Kestrix asks for help after ransomware attack",
        "Kestrix vraagt hulp na ransomware-aanval",
        "Kestrix bittet nach Hackerangriff um Hilfe",
        "Kestrix demande de l'aide après la cyberattaque",
        "Kestrix pide ayuda tras el ciberataque",
        "Kestrix chiede aiuto dopo l'attacco hacker",
        "Kestrix pede ajuda após ciberataque",
    ],
)
def test_who_asks_for_help_helps_nobody(title: str) -> None:
    assert not [one for one in parts(title) if "for_others" in one]
    assert analyse(title).under_attack == ("kestrix",)


@pytest.mark.parametrize(
    "text",
    [
        "Kestrix is investigating the attack.",
        "Kestrix onderzoekt de aanval.",
        "Kestrix untersucht den Angriff.",
        "Kestrix enquête sur l'attaque.",
        "Kestrix investiga el ataque.",
        "Kestrix sta indagando sull'attacco.",
        "A Kestrix investiga o ataque.",
    ],
)
def test_words_of_looking_into_an_attack(text: str) -> None:
    one = detector()
    assert "probes" in one.read("1", "", text, None, None).passage.concepts


@pytest.mark.parametrize(
    "title",
    [
        "Kestrix investigates hack of its network",
        "Kestrix onderzoekt cyberaanval op eigen systemen",
        "Kestrix untersucht Hackerangriff auf seine Server",
        "Kestrix enquête sur une cyberattaque contre ses systèmes",
        "Kestrix investiga un ciberataque contra su red",
        "Kestrix indaga su un attacco hacker alla sua rete",
        "Kestrix investiga ataque hacker à sua rede",
    ],
)
def test_who_looks_into_its_own_case_is_struck(title: str) -> None:
    assert "R:own_probe:beside" in parts(title)
    assert analyse(title).under_attack == ("kestrix",)


@pytest.mark.parametrize(
    "title",
    [
        "China blames Kestrix for hack of ministry",
        "Hack blamed on Kestrix",
        "Kestrix accused of hacking rival",
        "China beschuldigt Kestrix van hack",
        "Kestrix beschuldigd van hack",
        "China macht Kestrix für Hackerangriff verantwortlich",
        "La Chine accuse Kestrix de piratage",
        "China acusa a Kestrix del hackeo",
        "La Cina accusa Kestrix di attacco hacker",
        "China acusa a Kestrix de ataque hacker",
    ],
)
def test_who_is_blamed_for_an_attack_is_its_actor(title: str) -> None:
    assert roles(title) == {"kestrix": "actor"}


@pytest.mark.parametrize(
    "text",
    [
        "Please get in touch with the office. The song breaks into the top ten. She got into trouble at school.",
        "De ploeg drong door tot de finale. De toegang tot zorg is een recht.",
        "Der Umsatz ist stark eingebrochen. Bei Einbruch der Dunkelheit war Ruhe. Zugang zu Bildung ist ein Recht.",
        "Il est entré en contact avec la mairie. Le taux de pénétration de la fibre progresse.",
        "La ley entró en vigor el lunes. La marca penetra en el mercado asiático.",
        "La squadra è entrata nella storia del calcio. La penetrazione della fibra cresce.",
        "O campo foi invadido pelos adeptos. A penetração da fibra cresce.",
    ],
)
def test_who_gets_in_touch_breaks_into_nothing(text: str) -> None:
    concepts = detector().read("1", "Kestrix", text, None, None).passage.concepts
    assert "not_intrude" in concepts
    assert concepts.isdisjoint({"intrude", "hijack"})
