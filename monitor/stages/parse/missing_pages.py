"""
Pages that say that there is no page, or no site any more, with a status that says all is well.

Words are matched in lower case and without accents, in the languages of our feeds.
"""

import re

from monitor.stages.parse.wall_voice import is_report

# A report that quotes such a page is longer, or comes to it later.
_LONGEST, _SHORT, _START = 1_200, 300, 160
_MISSING = re.compile(
    r"\b(?:"
    # en
    r"(?:page|article|story|content) (?:was |is |could |can)?(?:not|n't) (?:be )?found|"
    r"error:? 404|404 (?:error|not found)|"
    r"(?:page|article|story|content|url) "
    r"(?:(?:that )?you(?:'re| are| were)?(?: \w+)? (?:looking for|requested|want\w*) )?"
    r"(?:(?:does not|doesn't|no longer) exists?|(?:could not|couldn't|cannot|can't) be found|"
    r"(?:may|might) have (?:been )?(?:moved|removed|deleted)|(?:is (?:not|no longer)|isn't) available)|"
    r"(?:can't|couldn't|could not|cannot|can not) find (?:the|that|this|your) (?:page|article|story)|"
    # nl
    r"pagina niet (?:\w+ )?vinden|"
    r"(?:pagina|artikel|bericht) (?:\w+ ){0,3}"
    r"(?:niet (?:\w+ )?gevonden|bestaat (?:\w+ )?niet|niet (?:meer )?beschikbaar)|"
    # de
    r"seite (?:\w+ )?nicht finden|"
    r"(?:seite|artikel|beitrag|inhalt) (?:\w+ ){0,3}(?:nicht (?:\w+ )?gefunden|"
    r"existiert (?:\w+ )?nicht|nicht (?:mehr )?verfugbar|gibt es (?:\w+ )?nicht)|"
    # fr
    r"ne (?:trouvons|pouvons|parvenons) pas (?:a )?(?:trouver )?la page|"
    r"(?:page|article|contenu) (?:\w+ ){0,6}(?:introuvable|non trouvee?|n'existe (?:pas|plus)|"
    r"n'est (?:pas|plus) disponible|n'a pas ete trouvee?)|"
    # es
    r"no (?:hemos encontrado|encontramos|pudimos encontrar|podemos encontrar) la pagina|"
    r"(?:pagina|articulo|noticia|contenido) (?:\w+ ){0,5}(?:no (?:ha sido |fue )?encontrad[ao]|no existe|"
    r"no esta disponible|no se (?:ha |pudo )?encontr\w+)|"
    # it
    r"(?:pagina|articolo|contenuto) (?:\w+ ){0,5}non (?:(?:e stat[ao] )?trovat[ao]|esiste|(?:e )?(?:piu )?disponibile)|"
    r"non (?:riusciamo a trovare|abbiamo trovato|troviamo) la pagina|"
    # pt
    r"(?:pagina|artigo|noticia|conteudo) (?:\w+ ){0,5}nao (?:(?:foi )?encontrad[ao]|existe|(?:esta )?disponivel)|"
    r"nao (?:conseguimos|foi possivel) encontrar a pagina"
    r")\b"
)
# What such pages offer instead, or say in excuse.
_HELP = re.compile(
    r"\b(?:home ?page|start ?page|front page|go back|go to|search|archive|sitemap|link|url|address|oops|whoops|sorry|"
    r"terug|zoek\w*|start ?pagina|voorpagina|helaas|adres|zuruck|such\w*|startseite|leider|adresse|hoppla|"
    r"accueil|recherch\w*|retour\w*|desole\w*|lien|inicio|busc\w*|busqueda|volver|enlace|sentimos|portada|"
    r"torna\w*|cerc\w*|ricerca|indirizzo|spiacenti|voltar|procur\w*|pesquis\w*|endereco|desculp\w*|lamentamos)\b"
)
_FOR_SALE = re.compile(
    r"\b(?:domain(?: name)? (?:is |may be )?(?:available )?for sale|buy this domain|"
    r"domain (?:is )?parked|parked domain|"
    r"domain parking|domein(?:naam)? (?:is |staat )?te koop|domain (?:steht zum verkauf|ist zu verkaufen|kaufen)|"
    r"domaine (?:est )?a vendre|dominio (?:esta |e )?(?:a la |en |in |a )(?:venta|vendita|venda))\b"
)


def is_missing(words: str) -> bool:
    """Whether a page says that there is nothing at its address; *words* are its text, folded as that of walls is."""
    if len(words) > _LONGEST or not _MISSING.search(words, 0, _START):
        return False
    return len(words) <= _SHORT or (_HELP.search(words) is not None and not is_report(words))


def is_for_sale(words: str) -> bool:
    """Whether a page offers the name of its site for sale: who published here has given it up."""
    return len(words) <= _LONGEST and _FOR_SALE.search(words) is not None
