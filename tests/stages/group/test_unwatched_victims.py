"""Look-alikes without a watched victim: only names, cities, trades and kinds of event tell them apart."""

import pytest

from monitor.stages.group import FactReader
from tests.stages.group.streams import Told, in_letters, joins_of

LOOK_ALIKES: dict[str, tuple[str, list[Told]]] = {
    "a university and a hospital of one city": ("abab", [
        (0, "University of Zaragoza cancels exams after cyberattack", "The University of Zaragoza has cancelled exams because hackers took down its network on Monday. Students cannot log in."),
        (1, "Ataque informático al hospital Miguel Servet de Zaragoza", "El hospital Miguel Servet, en Zaragoza, ha desviado ambulancias porque un ransomware bloqueó sus sistemas."),
        (2, "Universität Zaragoza: Prüfungen nach Hackerangriff abgesagt", "An der Universität Zaragoza fallen nach dem Hackerangriff vom Montag Prüfungen aus. Studierende können sich nicht anmelden."),
        (2.5, "Zaragoza: le Miguel Servet reprend les consultations", "L'hôpital Miguel Servet de Saragosse, touché par un rançongiciel, rouvre ses consultations."),
    ]),
    "ransomware, then a flood of traffic": ("ab", [
        (0, "Norvik Shipping hit by ransomware", "Servers of Norvik Shipping were encrypted on Monday. The company in Bergen took its booking system offline."),
        (9, "DDoS attack slows website of Norvik Shipping", "The website of Norvik Shipping was hard to reach on Wednesday because of a flood of traffic. A pro-Russian group claimed it."),
    ]),
    "a breach, then quarterly results": ("ab", [
        (0, "Hackers steal customer data from Halmark", "Insurer Halmark says hackers stole data of 90,000 customers."),
        (3, "Halmark winst stijgt met 8 procent", "Verzekeraar Halmark heeft in het eerste kwartaal 412 miljoen euro winst geboekt, 8 procent meer dan een jaar eerder. De omzet steeg naar 3 miljard."),
    ]),
    "two victims of one gang": ("abab", [
        (0, "Vexaroth gang claims attack on Ondrava Tools", "The ransomware gang Vexaroth says it stole 300 gigabytes from the Polish toolmaker Ondrava Tools. The company has stopped production."),
        (0.3, "Papierhersteller Kelmsund Opfer von Vexaroth", "Die Erpresserbande Vexaroth hat beim dänischen Papierhersteller Kelmsund 120 Gigabyte erbeutet. Zwei Maschinen stehen still."),
        (0.6, "Ondrava Tools à l'arrêt après une attaque de Vexaroth", "Le fabricant polonais Ondrava Tools a interrompu sa production. Le groupe Vexaroth affirme détenir 300 gigaoctets."),
        (1, "Kelmsund ligt nog plat na aanval Vexaroth", "De Deense papierfabrikant Kelmsund kan nog niet produceren. Hackersgroep Vexaroth dreigt met publicatie van 120 gigabyte."),
    ]),
    "an attack by a gang, then its arrest": ("ab", [
        (0, "Vexaroth gang claims attack on Ondrava Tools", "The ransomware gang Vexaroth says it stole 300 gigabytes from the Polish toolmaker Ondrava Tools."),
        (6, "Police arrest four members of Vexaroth gang", "Europol says four suspected members of the ransomware gang Vexaroth were arrested in Spain and Ukraine. Servers in the Netherlands were seized."),
    ]),
    "two banks on one day": ("aabb", [
        (0, "Bank Orvella down after attack", "Customers of Bank Orvella could not pay on Friday. The bank blames a DDoS attack."),
        (0.1, "Orvella: Kunden können nicht bezahlen", "Bei der Bank Orvella ging am Freitag nichts. Grund sei ein DDoS-Angriff."),
        (0.2, "Bank Tresmont meldet Störung", "Kunden der Bank Tresmont konnten am Freitag nicht bezahlen. Ein technischer Fehler sei die Ursache."),
        (0.3, "Tresmont outage stops payments", "Customers of Bank Tresmont could not pay on Friday because of a technical fault."),
    ]),
    "a company, then its daughter": ("ab", [
        (0, "Torvik group shuts down network after intrusion", "The chemicals group Torvik has shut down its network in Oslo after intruders were found. Production goes on."),
        (2, "Torvik subsidiary Plastelle loses payroll data", "Plastelle, a maker of packaging owned by Torvik, says payroll data of 2,300 staff in Lyon was copied from a supplier."),
    ]),
    "a fine months later belongs to the breach": ("aa", [
        (0, "Hackers steal data of 750,000 customers from Orvella Bank", "Orvella Bank says hackers stole data of 750,000 customers in March. It has informed the regulator."),
        (120, "Orvella Bank fined 4 million euros over March breach", "The regulator fined Orvella Bank 4 million euros for failing to protect the data of 750,000 customers that hackers stole in March."),
    ]),
    "a denial belongs to the claim": ("aa", [
        (0, "Gang claims to hold data of Orvella Bank", "A group named Vexaroth offers data of 750,000 customers of Orvella Bank for sale."),
        (0.5, "Orvella ontkent hack", "Orvella Bank zegt dat er niet is ingebroken. De gegevens die Vexaroth aanbiedt zouden oud zijn."),
    ]),
    "hospitals of two cities": ("abab", [
        (0, "Hospital in Toulouse hit by ransomware", "Staff at the university hospital of Toulouse have worked on paper since hackers encrypted its servers on Monday. Operations are postponed."),
        (1, "Un hôpital de Rouen paralysé par un rançongiciel", "Le centre hospitalier de Rouen travaille sur papier depuis que des pirates ont chiffré ses serveurs. Des opérations sont reportées."),
        (2, "Klinik in Toulouse arbeitet nach Hackerangriff mit Papier", "Im Universitätsklinikum Toulouse sind nach dem Angriff vom Montag Operationen verschoben worden. Die Server sind verschlüsselt."),
        (3, "Ospedale di Rouen, ancora fermi i computer", "A Rouen i medici lavorano su carta dopo l'attacco ransomware. Rinviate le operazioni."),
    ]),
}  # fmt: skip


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_look_alikes_stay_apart_and_what_belongs_together_does_not(reader: FactReader, name: str) -> None:
    wanted, told = LOOK_ALIKES[name]
    assert in_letters(joins_of(reader, told)) == wanted
