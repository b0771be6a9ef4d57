"""Turns of one contest are told in the same words, and are events of their own: rounds, legs, editions."""

import pytest

from tests.stages.group.streams import in_letters, joins_of

CONTESTS = {
    "an election": [
        (0.00, "DDoS attack takes election commission's website down in first round", "The website of Moldova's central election commission went down on Sunday for three hours as voters chose a president in the first round. A flood of requests from abroad overwhelmed it, the commission said. Counting of the votes was not affected. A runoff is likely on March 15."),
        (0.17, "Moldavie : le site de la commission électorale visé par une attaque DDoS au premier tour", "Le site de la commission électorale centrale de Moldavie a été inaccessible trois heures dimanche, jour du premier tour de la présidentielle. La commission évoque un afflux de requêtes venues de l'étranger. Le dépouillement n'a pas été touché."),
        (0.92, "Moldau: DDoS-Angriff auf Wahlkommission im ersten Wahlgang", "Die Website der zentralen Wahlkommission der Republik Moldau war am Sonntag beim ersten Wahlgang drei Stunden lang nicht erreichbar. Eine Flut von Anfragen aus dem Ausland habe sie überlastet, teilte die Kommission mit. Die Stichwahl ist für den 15. März geplant."),
        (14.04, "Election commission's website hit by DDoS attack again in runoff", "The website of Moldova's central election commission went down on Sunday during the presidential runoff, two weeks after a similar attack in the first round. It was back after forty minutes. The commission said requests came from abroad."),
        (14.12, "DDoS-aanval op kiescommissie Moldavië tijdens tweede ronde", "De website van de centrale kiescommissie van Moldavië lag zondag veertig minuten plat tijdens de tweede ronde van de presidentsverkiezingen. Volgens de commissie kwamen de verzoeken uit het buitenland."),
        (14.21, "Un ataque DDoS tumba la web de la comisión electoral de Moldavia en la segunda vuelta", "La web de la comisión electoral central de Moldavia estuvo caída cuarenta minutos el domingo, durante la segunda vuelta de las presidenciales. La comisión habla de peticiones llegadas del extranjero."),
    ],
    "a match": [
        (0.00, "Hackers take down stadium ticketing before first leg of Milan v Ajax", "Ajax fans could not open their tickets on Tuesday: the ticketing system of San Siro was hit by a DDoS attack before the first leg of the quarter-final between Milan and Ajax. Kick-off was delayed by half an hour."),
        (0.04, "Attacco DDoS alla biglietteria di San Siro prima dell'andata Milan-Ajax", "I tifosi dell'Ajax non hanno potuto aprire i biglietti: il sistema di biglietteria di San Siro è stato colpito da un attacco DDoS prima della gara di andata dei quarti. Inizio ritardato di mezz'ora."),
        (7.00, "Ticketing attacked again as Milan and Ajax meet in second leg", "A DDoS attack hit the ticketing system of the Johan Cruijff Arena before the second leg of the quarter-final between Milan and Ajax on Tuesday. Gates opened late; the match began in time."),
        (7.04, "Ajax-Milan, attacco DDoS alla biglietteria prima del ritorno", "Un attacco DDoS ha colpito il sistema di biglietteria della Johan Cruijff Arena prima della gara di ritorno dei quarti tra Milan e Ajax. I cancelli hanno aperto in ritardo."),
    ],
    "an election, in Portuguese": [
        (0.00, "Ataque DDoS atinge site do tribunal eleitoral no primeiro turno", "O site do Tribunal Superior Eleitoral do Brasil ficou fora do ar por uma hora neste domingo, no primeiro turno das eleições. O tribunal diz que foi alvo de um ataque DDoS e que a apuração não foi afetada."),
        (0.12, "Brazil's electoral court hit by DDoS attack during first round", "The website of Brazil's Superior Electoral Court was down for an hour on Sunday during the first round of the elections. The court said it was the target of a DDoS attack and that counting was not affected."),
        (21.00, "Site do tribunal eleitoral sofre ataque DDoS no segundo turno", "O site do Tribunal Superior Eleitoral do Brasil ficou instável por vinte minutos neste domingo, no segundo turno das eleições. O tribunal diz que foi alvo de um ataque DDoS."),
        (21.12, "Brazil's electoral court attacked again in runoff", "The website of Brazil's Superior Electoral Court was unstable for twenty minutes on Sunday during the runoff. The court said it had been the target of a DDoS attack, as in the first round three weeks ago."),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("contest", "stories"),
    [("an election", "aaabbb"), ("a match", "aabb"), ("an election, in Portuguese", "aabb")],
)
def test_turns_of_a_contest_are_stories_of_their_own(reader, contest, stories):
    assert in_letters(joins_of(reader, CONTESTS[contest])) == stories


def test_who_won_one_round_tells_of_the_next_in_the_same_story(reader):
    told = [
        (0, "Presidential election in Peru: counting begins after the first round", "Peru's electoral office ONPE began counting the votes of the first round on Sunday evening. Turnout was 74%."),
        (0.3, "Keiko Fujimori and Pedro Castillo go to second round in Peru", "Pedro Castillo and Keiko Fujimori will meet in the second round of Peru's presidential election, the electoral office ONPE said after counting the first round of Sunday."),
    ]  # fmt: skip
    assert in_letters(joins_of(reader, told)) == "aa"


@pytest.mark.parametrize("kind", ["season", "edition"])
def test_seasons_and_editions_are_told_apart(reader, kind):
    first, second = (
        f"Hackers leak episodes of the {number} {kind} of Northwind before its premiere"
        for number in ("first", "second")
    )
    text = "Episodes of the series Northwind were stolen from a dubbing studio in Bergen, the broadcaster Havbris says."
    again = (
        "The broadcaster Havbris says that unfinished episodes of Northwind were stolen from a dubbing studio in Oslo."
    )
    assert (
        in_letters(joins_of(reader, [(0, first, text), (0.4, f"{first}, police say", text), (200, second, again)]))
        == "aab"
    )


UNNUMBERED = {
    "two votes": [
        (0.00, "Zeman ahead of Drahos in Czech presidential election", "Milos Zeman won 38.6% of the vote in the Czech presidential election that ended on Saturday, ahead of the former head of the academy, Jiri Drahos, with 26.6%."),
        (0.05, "Tsjechische president Zeman haalt geen meerderheid", "President Milos Zeman heeft bij de verkiezingen in Tsjechië 38,6 procent van de stemmen gekregen. Jiri Drahos eindigde zaterdag met 26,6 procent op de tweede plaats."),
        (14.00, "Milos Zeman reelected Czech president", "Milos Zeman narrowly won the Czech presidential election on Saturday with 51.4% of the vote. Jiri Drahos, the former head of the academy, conceded in the afternoon."),
        (14.05, "Tschechien: Zeman bleibt nach knapper Wahl Präsident", "Milos Zeman hat die Präsidentenwahl in Tschechien mit 51,4 Prozent der Stimmen gewonnen. Sein Gegner Jiri Drahos gratulierte ihm am Samstag."),
    ],
    "two meetings of a bank": [
        (0.00, "Norges Bank cuts interest rate to 4.25%", "Norway's central bank lowered its key interest rate to 4.25% on Thursday. Governor Ida Wolden Bache said inflation had come down faster than expected."),
        (0.03, "Norwegische Notenbank senkt Leitzins auf 4,25 Prozent", "Die norwegische Zentralbank hat ihren Leitzins am Donnerstag auf 4,25 Prozent gesenkt. Gouverneurin Ida Wolden Bache verwies auf die Inflation."),
        (91.0, "Norges Bank trims interest rate to 4% and sees fewer cuts ahead", "Norway's central bank lowered its key interest rate to 4% on Thursday. Governor Ida Wolden Bache said inflation was still too high for more."),
        (91.03, "Norwegische Notenbank senkt Leitzins auf 4 Prozent", "Die norwegische Zentralbank hat ihren Leitzins auf 4 Prozent gesenkt. Gouverneurin Ida Wolden Bache dämpfte Hoffnungen auf weitere Schritte."),
    ],
    "two storms in a week": [
        (0.00, "Storm Ciara floods towns in northern England", "Storm Ciara brought winds of 150 km/h to Britain on Sunday. Rivers burst their banks in Yorkshire; flights from Heathrow were cancelled."),
        (0.05, "Tempête Ciara : vols annulés et inondations au Royaume-Uni", "La tempête Ciara a balayé dimanche le Royaume-Uni avec des rafales de 150 km/h. Des rivières sont sorties de leur lit dans le Yorkshire."),
        (4.00, "After Ciara, Storm Dennis floods Britain again", "Storm Dennis followed a week after Ciara and flooded towns in Wales and Yorkshire. Flights from Heathrow were cancelled."),
        (4.05, "Sturm Dennis überschwemmt Großbritannien", "Kurz nach Ciara hat Sturm Dennis in Großbritannien zu Überschwemmungen geführt. In Yorkshire traten wieder Flüsse über die Ufer."),
    ],
    "two makers of one thing": [
        (0.00, "Northwind's malaria pill cures 80% of patients in trial", "The drugmaker Northwind said on Monday that its malaria pill had cured eight in ten of 12,000 volunteers in Kenya."),
        (0.05, "Northwind: Malaria-Pille heilt 80 Prozent der Patienten", "Der Hersteller Northwind hat am Montag Ergebnisse mit 12.000 Freiwilligen in Kenia vorgelegt. Seine Malaria-Pille wirkte bei 80 Prozent."),
        (7.00, "Havbris says its malaria pill cures 88% of patients", "A week after Northwind, the drugmaker Havbris said on Monday that its malaria pill had cured 88% of volunteers in a trial in Kenya."),
        (7.05, "Havbris : un comprimé contre le paludisme efficace à 88 %", "Le laboratoire Havbris annonce de meilleurs résultats que Northwind : son comprimé a guéri 88 % des patients au Kenya."),
    ],
    "two cuts of jobs": [
        (0.00, "Northwind cuts 4,000 jobs", "The wind turbine maker Northwind announced 4,000 job cuts on Tuesday. Chief executive Anna Berg blamed falling orders from Germany."),
        (0.05, "Northwind: Entlassungen, 4000 Stellen fallen weg", "Der Windradhersteller Northwind kündigt Entlassungen an: 4000 Stellen fallen weg. Anna Berg, die Chefin, verwies auf fehlende Aufträge aus Deutschland."),
        (60.00, "Northwind to lay off 6,000 more", "Northwind, the wind turbine maker, will lay off another 6,000 people, chief executive Anna Berg said. Job cuts announced before are on track."),
        (60.05, "Northwind : 6 000 licenciements de plus", "Le fabricant d'éoliennes Northwind annonce 6 000 licenciements de plus. Anna Berg, la directrice générale, invoque le marché en Allemagne."),
    ],
    "two races": [
        (0.00, "Pogacar outsprints Van der Poel to win in Flanders", "Tadej Pogacar beat Mathieu van der Poel on Sunday to win the cycling classic in Belgium after a duel on the cobbles. Wout van Aert was fourth."),
        (0.02, "Pogacar gewinnt in Belgien vor van der Poel", "Tadej Pogacar hat den Radklassiker in Belgien gewonnen. Mathieu van der Poel wurde am Sonntag Dritter, Wout van Aert Vierter."),
        (7.00, "Van der Poel beats Pogacar to win in Roubaix", "Mathieu van der Poel won the cycling classic in northern France on Sunday after Tadej Pogacar had crashed. Wout van Aert was fourth again."),
        (7.02, "Van der Poel wint in Roubaix van Pogacar", "Mathieu van der Poel heeft zondag in Frankrijk de kasseienklassieker gewonnen. Tadej Pogacar viel en werd tweede, Wout van Aert vierde."),
    ],
}  # fmt: skip


@pytest.mark.parametrize("contest", UNNUMBERED)
def test_what_is_decided_anew_is_a_story_of_its_own_though_no_report_numbers_it(reader, contest):
    assert in_letters(joins_of(reader, UNNUMBERED[contest])) == "aabb"


@pytest.mark.parametrize(
    ("days", "title", "text"),
    [
        (
            5,
            "Czech election: Zeman to be sworn in as president in March",
            "Milos Zeman, who won the Czech presidential election of May 3, will be sworn in on March 8, the castle said on Saturday.",
        ),
        (
            9,
            "Zeman picks prime minister after Czech election",
            "Milos Zeman, who beat Jiri Drahos in the Czech presidential election with 51.4% of the vote, said that he would ask the old prime minister to form a government, the castle said.",
        ),
    ],
)  # fmt: skip
def test_what_follows_from_a_vote_is_of_its_story(reader, days, title, text):
    vote = UNNUMBERED["two votes"][2]
    assert in_letters(joins_of(reader, [(0, *vote[1:]), (days, title, text)])) == "aa"


OFFICES = {
    "en": [('Nestlé dismisses chief executive Freixe over romance', 'Nestlé fired its chief executive Laurent Freixe on Monday after an investigation led by chairman Paul Bulcke.'), ('Nestlé chairman Bulcke to step down early', 'Paul Bulcke will resign as chairman of Nestlé in October, the company said, days after the dismissal of chief executive Laurent Freixe.')],
    "nl": [('Nestlé ontslaat topman Freixe om relatie', 'Nestlé heeft topman Laurent Freixe maandag op staande voet ontslagen na een onderzoek onder leiding van president-commissaris Paul Bulcke.'), ('Voorzitter Bulcke van Nestlé treedt eerder terug', 'Paul Bulcke treedt in oktober af als voorzitter van Nestlé, kort na het ontslag van topman Laurent Freixe.')],
    "de": [('Nestlé entlässt Konzernchef Freixe wegen Liebesbeziehung', 'Nestlé hat Konzernchef Laurent Freixe am Montag entlassen, nach einer Untersuchung unter Präsident Paul Bulcke.'), ('Nestlé-Präsident Bulcke tritt vorzeitig zurück', 'Paul Bulcke tritt im Oktober als Präsident von Nestlé zurück, kurz nach der Entlassung von Konzernchef Laurent Freixe.')],
    "fr": [('Nestlé limoge son directeur général Laurent Freixe', 'Le groupe Nestlé a limogé lundi son directeur général Laurent Freixe après une enquête menée par le président Paul Bulcke.'), ('Le président de Nestlé, Paul Bulcke, démissionne plus tôt que prévu', 'Paul Bulcke démissionnera en octobre de la présidence de Nestlé, peu après le limogeage du directeur général Laurent Freixe.')],
    "es": [('Nestlé despide a su consejero delegado, Laurent Freixe', 'Nestlé destituyó el lunes a su consejero delegado Laurent Freixe tras una investigación dirigida por el presidente Paul Bulcke.'), ('El presidente de Nestlé, Paul Bulcke, dimite antes de lo previsto', 'Paul Bulcke dejará en octubre la presidencia de Nestlé, poco después del despido del consejero delegado Laurent Freixe.')],
    "it": [("Nestlé licenzia l'amministratore delegato Laurent Freixe", "Nestlé ha licenziato lunedì l'amministratore delegato Laurent Freixe dopo un'indagine guidata dal presidente Paul Bulcke."), ('Nestlé, il presidente Paul Bulcke si dimette in anticipo', "Paul Bulcke lascerà a ottobre la presidenza di Nestlé, poco dopo il licenziamento dell'amministratore delegato Laurent Freixe.")],
    "pt": [('Nestlé demite o presidente executivo Laurent Freixe', 'A Nestlé demitiu na segunda-feira o presidente executivo Laurent Freixe após uma investigação liderada pelo presidente do conselho Paul Bulcke.'), ('Paul Bulcke demite-se da presidência do conselho da Nestlé', 'Paul Bulcke deixará em outubro a presidência do conselho da Nestlé, pouco depois da demissão do presidente executivo Laurent Freixe.')],
}  # fmt: skip


@pytest.mark.parametrize("language", OFFICES)
def test_the_chief_and_then_the_chairman_who_go_are_two_stories(reader, language):
    other = OFFICES["fr" if language == "en" else "en"]
    chief, chairman = OFFICES[language]
    told = [(0, *chief), (0.1, *other[0]), (11, *chairman), (11.1, *other[1])]
    assert in_letters(joins_of(reader, told)) == "aabb"
