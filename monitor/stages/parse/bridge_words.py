"""
The complaints of programs that make feeds of sites: titles that are made of nothing but their words.

A title is one where it speaks of a feed and of a failure and holds no word of anything else, so that news of feeds,
bridges and failures is news. Words are in lower case and without accents.
"""

import re

_FEED = frozenset(
    "feed feeds rss rss-feed rss-feeds newsfeed atom flux rsshub rss-bridge rssbridge scraper rss-generator".split()
)
# What a program that finds nothing speaks of: items that it takes out of a page.
_ITEMS = frozenset(
    "items item entries entry articles elements element eintrage artikelen artikel elementen elementos elemento"
    " elementi itens".split()
)
_TAKEN = frozenset(
    "extracted extract extraction scraped gehaald uitgelezen ausgelesen gelesen extrait extraits extraire extraido"
    " extraidos extraer estratto estratti estrarre extrair extraidos".split()
)
_BRIDGE = frozenset(["bridge"])
_ANSWERED = frozenset(
    "returned returns reported gaf geeft meldt meldet meldete lieferte renvoye retourne devolvio devuelve restituito"
    " devolveu retornou unable failed".split()
)
_FAILURE = frozenset(
    "changed stale outdated expired disabled deactivated inactive discontinued nothing none veranderd gewijzigd"
    " verouderd verlopen uitgeschakeld geandert veraltet abgelaufen deaktiviert abgeschaltet change perime expire"
    " desactive cambiado desactualizado caducado expirado desactivado cambiato scaduto disattivato aggiornato mudou"
    " expirou expired desativado n'est existe existiert bestaat exists aucun aucune nessun nessuna ningun geen keine"
    " error errors fout fouten fehler erreur erreurs errore errori erro erros failed fail failure fails mislukt"
    " fehlgeschlagen gescheitert echec echoue fallo falla fallido falha falhou fallito unavailable invalid broken"
    " beschikbaar verfugbar indisponible disponible disponibile indisponivel disponivel unable cannot could couldn't"
    " can't kon kan konnte kann pu impossible impossibile imposible impossivel posible possible possibile"
    " possivel pudo puede"
    " riuscito pode podido found gefunden gevonden introuvable encontro encontrado trovato erreichbar"
    " bereikbaar".split()
)
_OTHER = frozenset(
    "source origin site layout markup generator answer answered respond  did so renew your too many requests any more"
    " longer exist could bron antwoord opmaak uitgelezen konden uw je verleng hem te veel verzoeken bronsite meer aan"
    " quelle geantwortet hat haben sich konnten ihr dein bitte verlangern viele anfragen an quellseite mehr"
    " source repondu n'est generateur mise page votre ton veuillez renouveler trop requetes vers n'existe peut"
    " fuente respondio generador diseno sitio ha tu su renuevalo demasiadas peticiones origen existe"
    " fonte risposto generatore stato tuo rinnovalo troppe richieste sito di origine piu esiste"
    " respondeu gerador seu renove-o demasiados pedidos site nenhum um foi desta dalla alla pagina pagine"
    " please it dieser es renove die aus der seite werden la pas o seu da do n'est is zijn mehr het deze uit er"
    " niet om op nicht nicht a ont ete plus ya no ja nao e se"
    " fetch fetching fetched load loading loaded parse parsing parsed read reading retrieve retrieving retrieved"
    " retrieval"
    " generate generated generation process processed update updated updating refresh refreshing reach reached"
    " refreshed items item no bad gateway internal access accessed bereiken mise jour actualiser actualisation"
    " acceder aggiornare aggiornamento aggiornato actualizado acessar aceder ophalen opgehaald laden geladen"
    " lezen gelezen verwerken verwerkt bijwerken abruf abrufen abgerufen lesen gelesen"
    " einlesen verarbeitet aktualisieren aktualisiert recuperation recuperer recupere chargement charger charge"
    " lecture"
    " lire lu lue analyse analyser obtenir obtener obtencion cargar carga cargado leer leido lectura procesar"
    " actualizar"
    " caricamento caricare caricato recupero recuperare leggere letto lettura obter carregar carregamento"
    " carregado ler"
    " lido leitura atualizar"
    " the this a an of for from to be is was are at on by while has have been not temporarily currently now"
    " service http"
    " code status timeout sorry requested moment server page"
    " de het een van bij voor niet worden werd dit deze tijdelijk momenteel op met der die das des den dem ein"
    " eines beim"
    " bei vom nicht werden wurde ist derzeit momentan zur zeit vorubergehend le la les l du un une n a n'a a ete"
    " etre lors pas"
    " temporairement actuellement en est ce cet l'erreur el los una del al se no fue ha sido temporalmente il lo"
    " i uno di"
    " della dello l'errore durante non e stato stata essere temporaneamente attualmente o os um uma do da ao foi"
    " nao ser"
    " nell dell all l nel puede puo temporariamente atualmente momento este questo momentanement invalid xml e y"
    " esta puo".split()
)
_KNOWN = _FEED | _ITEMS | _TAKEN | _BRIDGE | _ANSWERED | _FAILURE | _OTHER
_WORD = re.compile(r"[^\W\d_][^\W\d_'’-]*")
_DETAIL = re.compile(r"[:(\[!–—]")
_LONGEST = 120


def is_complaint(title: str) -> bool:
    """Whether *title*, in lower case and without accents, is the complaint of a program."""
    first = _WORD.search(title)
    # Most titles are news, which their first word tells.
    if first is None or len(title) > _LONGEST or _known(first[0]) not in _KNOWN:
        return False
    # What went wrong may come first (Error: feed not found) or last (feed not found: timeout).
    return any(_complains([_known(word) for word in _WORD.findall(text)]) for text in (_DETAIL.split(title)[0], title))


def _complains(words: list[str]) -> bool:
    if not words or not _KNOWN.issuperset(words):
        return False
    has_failed = not _FAILURE.isdisjoint(words)
    if not _FEED.isdisjoint(words):
        return has_failed
    if not _ITEMS.isdisjoint(words) and not _TAKEN.isdisjoint(words):
        return has_failed
    # Bridges fail as well: those of programs answer.
    return has_failed and not _BRIDGE.isdisjoint(words) and not _ANSWERED.isdisjoint(words)


def _known(word: str) -> str:
    return "bridge" if word.endswith("bridge") else word
