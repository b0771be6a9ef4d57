"""
What walls say, in the languages of our feeds: signs of each kind of wall, every sign as a pattern.

Texts are matched in lower case without accents. Signs speak to the reader or command (your browser, tick the box,
already a subscriber?), so that news about captchas, cookies and subscribers holds few of them.
"""

import re

_BOX = r"(?:^|[.!?|:»,] ?)"
_ENDS = r"(?= ?[.!?|»,]|$)"
_CAPTCHA = {
    "human": (
        r"\b(?:not|geen|kein|pas|non|nao|no|are you|ben je|bent u|sind sie|bist du|etes[- ]vous|eres|sei|voce e|i'm)"
        r"(?: \w+){0,2} (?:robots?|bots?|roboter|robo|automatisches programm|humans?|mens|mensch|(?:etre )?humain|"
        r"humano|"
        r"umano|real person)\b|\b(?:you're|you are) (?:a |an )?(?:real |actual )?(?:human|person)\b|"
        r"\b(?:verify|prove|confirm|sure)(?:ing)?(?: that)? you(?:'re| are)\b|i(?:'m| am) human|"
        r"\b(?:je|u) een (?:echt(?:e)? )?(?:mens|persoon)\b|(?:sie|du|ich bin) ein mensch\b|"
        r"vous etes (?:bien )?(?:un )?"
        r"(?:etre )?humain|\bque (?:eres|es) (?:una persona|humano)|di essere (?:un )?(?:essere )?umano|"
        r"sei una persona|"
        r"\bque e (?:uma pessoa|(?:um )?(?:ser )?humano)|(?:se|que) voce e (?:um )?(?:ser )?humano"
    ),
    "check": (
        r"security (?:check|checkpoint|service to|solution)|human verification|security of your connection|"
        r"ddos protection|security by cloudflare|pardon our interruption|performance & security|just a moment\.\.\.|"
        r"beveiligingscontrole|beveiligingsdienst|sicherheits(?:uber)?prufung|sicherheitsdienst,? um sich|"
        r"controle de securite|service de securite pour se|control de seguridad|servicio de seguridad para|"
        r"controllo di sicurezza|servizio di sicurezza per pro|verificacao de seguranca|servico de seguranca para"
    ),
    "id": (
        r"\bray id\b|reference id|incident id|reference #|why (?:am i seeing this|have i been blocked)|"
        r"\bip[- ](?:address|adres|adresse)|(?:adresse|direccion|indirizzo|endereco) ip\b|"
        r"\b(?:your|uw|je|ihre|votre|tu|su|tuo|seu) ip\b|website owner|administrator of this"
    ),
    "browser": (
        r"your browser|the site connection|(?:je|uw|jouw) browser|ihr(?:en)? browser|votre navigateur|"
        r"(?:tu|su) navegador|(?:tuo|suo) browser|(?:seu|teu) navegador"
    ),
    "script": r"\bjavascript\b|enable js\b",
    "blocker": r"ad ?blocker|werbeblocker|bloqueur de pub|bloqueador de anuncios",
    "wait": (
        r"just a moment|please wait|reload the page|take a few seconds|\bloading\.\.\.|(?:even|moment) geduld|"
        r"laad de pagina|einen moment|bitte warten|laden sie die seite|veuillez patienter|recharge[rz] la page|"
        r"espere un momento|un momento, (?:por favor|stiamo)|recarg(?:ue|a) la pagina|attendi|ricarica la pagina|"
        r"aguarde|recarregue a pagina"
    ),
    "task": (
        r"\b(?:tick|check|click) the (?:box|checkbox)|solve the (?:puzzle|captcha)|complete the (?:captcha|security)|"
        r"press (?:&|and) hold|captcha (?:below|to continue)|\bslide (?:right|to)|"
        r"(?:vink|klik op) .{0,16}vakje|vinkje te zetten|los de puzzel op|houd .{0,10}ingedrukt|"
        r"\b(?:hakchen|kastchen)\b|losen sie das (?:ratsel|captcha)|gedruckt halten|bestatigen sie (?:unten|hier)|"
        r"cochez la case|resoudre (?:l'enigme|le captcha)|cliquer ci-dessous|appuyez et maintenez|glissez vers|"
        r"l'action ci-dessous|completer le puzzle|clic en la casilla|marca la casilla|resuelve el (?:romp|cap|puz)|"
        r"manten(?:ga)? (?:pulsado|presionado)|la accion siguiente|spunta la casella|seleziona la casella|"
        r"risolvi il (?:puzzle|captcha)|tieni premuto|completa la verifica|marque a caixa|na caixa abaixo|"
        r"resolva o (?:quebra|captcha|puzzle)|mantenha (?:pressionado|premido)|conclua a verificacao"
    ),
    "odd": (
        r"(?:suspicious|unusual) (?:activity|traffic|requests?) .{0,24}\byour\b|too many requests|"
        r"(?:verdachte? activiteit|ongebruikelijk verkeer) .{0,30}\b(?:je|uw)\b|te veel verzoeken|zu viele anfragen|"
        r"\bihrem netzwerk|votre reseau|trop de requetes|trafic automatise|\b(?:tu|su) red\b|demasiadas peticiones|"
        r"\b(?:tua|sua) rete\b|troppe richieste|\b(?:na sua|sua|vossa) rede\b|muit[ao]s (?:solicitacoes|pedidos)|"
        r"(?:trafic inhabituel|trafico inusual|trafego incomum|traffico insolito) (?:detect|rileva)|"
        r"activite inhabituelle"
    ),
    "blocked": (
        r"you(?:'ve| have) been blocked|you are unable to access|access (?:to this (?:page|site) )?(?:is |"
        r"has been )?denied|"
        r"(?:don't have|no) permission to|permission to (?:view|access)|attention required|"
        r"(?:je bent|u bent|is|pagina) geblokkeerd|toegang geweigerd|sie wurden blockiert|zugriff verweigert|"
        r"vous avez ete bloque|acces (?:refuse|temporairement restreint)|(?:has|ha) sido bloquead|"
        r"acceso (?:denegado|restringido)|sei stato bloccato|accesso (?:negato|bloccato)|(?:voce )?foi bloquead|"
        r"acesso (?:negado|bloqueado)"
    ),
    "machine": r"automated (?:access|requests|queries)|(?:error|http) 403|403 forbidden|request unsuccessful|ai"
    " companies",
    "go on": (
        r"to (?:continue|proceed)\b|before (?:proceeding|continuing)|om (?:door|verder) te gaan|um fortzufahren|"
        r"weiterzumachen|bevor sie fortfahren|pour continuer|para (?:continuar|proseguir|prosseguir|seguir|acceder)|"
        r"per (?:continuare|proseguire)"
    ),
}
_COOKIES = {
    "cookies": r"\bcookies?\b|\btraceurs\b",
    "similar": (
        r"cookies? (?:and|or|en|of|und|oder|et|ou|y|o|e) (?:similar|data|vergelijkbare|ahnliche|daten|similaires|"
        r"donnees|"
        r"similares|datos|simili|dati|dados|tecnolog|technolog)|tracking technolog"
    ),
    "button": (
        rf"{_BOX}(?:(?:i )?accept(?: all| and close| & close| and continue)?|(?:i )?agree(?: and continue)?|"
        r"reject(?: all)?|decline|allow all(?: cookies)?|accept all cookies|only necessary(?: cookies)?|"
        r"manage (?:options|preferences|settings)|more options|learn more|consent|settings|"
        r"(?:ja, )?(?:ik ga )?akkoord|nee, liever niet|(?:alles )?accepteren(?: en sluiten)?|alles toestaan|"
        r"alle cookies toestaan|accepteer alle cookies|weigeren|voorkeuren(?: aanpassen)?|(?:zelf )?instell(?:en|"
        r"ingen)|"
        r"alleen noodzakelijke(?: cookies)?|"
        r"(?:alle )?(?:cookies )?(?:akzeptieren|ablehnen)(?: und (?:schliessen|weiter))?|zustimmen(?: und weiter)?|"
        r"einwilligen(?: und weiter)?|einstellungen|weitere optionen|alle erlauben|nur notwendige(?: cookies)?|"
        r"(?:tout )?accepter(?: (?:et|&) (?:fermer|continuer))?|accepter tous les cookies|j'accepte(?: tout)?|"
        r"(?:tout )?refuser|je refuse|je m'abonne|parametrer|gerer mes choix|tout autoriser|"
        r"uniquement les cookies necessaires|continuer sans accepter|"
        r"aceptar(?: todo| todas| y cerrar| y continuar(?: gratis)?| todas las cookies)?|acepto|"
        r"rechazar(?: todo| y suscribirse)?|rechazo|preferencias|configurar(?: cookies)?|mas opciones|"
        r"permitir tod[ao]s|"
        r"solo las cookies necesarias|accetta(?: tutti| e chiudi| tutti i cookie)?|accetto|rifiuta(?: tutto)?|"
        r"rifiuto|"
        r"preferenze|altre opzioni|consenti tutti|continua senza accettare|solo i cookie necessari|"
        rf"aceitar(?: e fechar| tudo| todos| todos os cookies)?|aceito|rejeitar tudo|mais opcoes|recus[ao]r?|"
        rf"apenas os cookies necessarios){_ENDS}"
    ),
    "click": (
        r"(?:click|klik|cliqu|clic|clicc)\w* .{0,30}(?:accept|akkoord|akzept|acept|accett|aceit)|te klikken|"
        r"pulsante accetta|change your (?:choice|mind)|changer d'avis|faire un choix|kies instellen|"
        r"jederzeit widerruf"
    ),
    "partners": (
        r"\d+ (?:partners?\b|partnern|vendors|third parties|derden|drittanbieter|partenaires|tiers|socios|terceros|"
        r"terze parti|parceiros|terceiros|partner\b)|(?:our|onze|unsere|nos|nuestros|i nostri|(?:os )?nossos) "
        r"(?:advertising |reclame)?(?:partner|adverteerders|partenaire|annonceurs|socio|colaborador|anunciante|"
        r"parceiro)|"
        r"derde partijen|noi e terze parti"
    ),
    "device": (
        r"(?:on|from) (?:your|a) device|op (?:je|uw|een) apparaat|auf (?:ihrem|einem) gerat|"
        r"sur (?:votre|un) (?:appareil|terminal)|en (?:su|tu|un) dispositivo|(?:sul tuo|su un) dispositivo|"
        r"(?:no seu|num) dispositivo"
    ),
    "ads": (
        r"personali[sz]ed ad|personali[sz]e content|(?:persoonlijke|gepersonaliseerde|relevante) advertenties|"
        r"(?:personliche|personalisierte) werbung|publicites? personnalisee|personnaliser les contenus|"
        r"publicidad personalizada|pubblicita personalizzata|publicidade personalizada"
    ),
    "privacy": (
        r"\byour privacy|(?:jouw|uw|je) privacy|(?:ihre|deine) privatsphare|privatsphare-einstellungen|"
        r"votre vie privee|(?:tu|su) privacidad|(?:tua|sua|vostra) privacy|(?:sua|tua|vossa) privacidade|"
        r"politica de privacidade"
    ),
    "consent": (
        r"your (?:consent|permission)|cookie consent|consent to|by consenting|(?:agree to our|our) use of cookies|"
        r"you allow us|(?:uw|je|jouw) (?:toestemming|akkoord)|toestemming (?:nodig|voor)|geef toestemming|"
        r"ga je .{0,10}akkoord|wat vind je van cookies|mogen wij cookies|"
        r"(?:ihrer?|deiner?) (?:einwilligung|zustimmung)|einwilligung erforderlich|zustimmung zu|cookies zustimmen|"
        r"votre (?:consentement|accord)|vous consentez|consentement requis|(?:tu|su) (?:consentimiento|acuerdo)|"
        r"consentimiento necesario|(?:tuo|vostro) consenso|consenso necessario|acconsentire|"
        r"(?:seu|teu|vosso) consentimento|consentimento necessario|voce concorda"
    ),
    "first": (
        r"to (?:view|see|read) this (?:page|site)|before you continue|voordat je verder|bevor sie fortfahren|"
        r"om deze pagina te (?:zien|bekijken)|um diese seite (?:zu sehen|anzuzeigen)|avant d'acceder|"
        r"pour (?:consulter|voir|acceder a) cette page|para ver esta pagina|antes de continuar|"
        r"per vedere questa pagina|"
        r"prima di continuare"
    ),
    "uses": (
        r"\b(?:we|site|website|page) .{0,10}(?:use|store|set)s? .{0,24}cookie|"
        r"\b(?:wij|we|site|website|\w+ media) (?:gebruik|plaats|maakt).{0,24}cookie|(?:gebruiken|plaatsen) (?:wij|"
        r"we) cookies|"
        r"\b(?:wir|website|seite) .{0,14}(?:nutz|verwend|setz).{0,24}cookie|setzen wir cookies|"
        r"nutzen sie .{0,30}cookies|"
        r"\b(?:nous|site) .{0,30}(?:utilis|depos|a recours).{0,16}(?:cookie|traceur)|depot de cookies|"
        r"\b(?:usamos|utilizamos|empleamos|usiamo|utilizziamo|utilizzano|usan|usam) .{0,10}cookie|"
        r"(?:web|sitio|sito|site|noi .{0,30}) .{0,10}(?:usa|utiliza|utilizza|fa uso di)\w* .{0,8}cookie"
    ),
    "service": (
        r"(?:your|best) experience|deliver and maintain|journalism free|optimale ervaring|dienste bereitzustellen|"
        r"votre experience|mesurer l'audience|(?:su|tu) experiencia|ofrecer nuestros servicios|tua esperienza|"
        r"offrire i nostri servizi|finalita tecniche|sua experiencia|disponibilizar os nossos"
    ),
    "or pay": (
        r"(?:free of charge|for free|gratis|kostenlos|gratuitement) .{0,70}(?:tracking|werbung|suivi|seguimiento|"
        r"tracciamento|rastreamento)|(?:mit werbung|with ads|met advertenties)\b|\bpur-abo"
    ),
    "without ads": (
        r"ad[- ]free (?:sub|for)|advertentievrij|werbefrei|sans publicite|sin (?:anuncios|publicidad)|"
        r"senza (?:annunci|pubblicita)|sem (?:anuncios|publicidade)"
    ),
}
_PAYWALL = {
    "subscribe": (
        r"\bsubscribe\b(?! to (?:our|the) newsletter)|start your (?:subscription|trial)|join (?:now|today)|"
        r"become a (?:member|subscriber)|limited-time offer|support (?:independent|our|quality) journalism|"
        r"\b(?:neem|met) een (?:\w+ )?(?:proef)?abonnement|word (?:abonnee|lid)|\babonneer\b|bekijk de mogelijkheden|"
        r"schliessen sie .{0,10}abo|(?:wahlen|testen) sie .{0,14}abo|jetzt (?:abonnieren|testen|zugang)|"
        r"mit (?:dem |einem |f|spiegel)? ?(?:\w*abo|plus|digitalzugang)\b|\w+zugang, \d|"
        r"abonnez-vous|je m'abonne|souscrivez|soutenez (?:le|notre)|testez \d|"
        r"hazte (?:con|suscriptor|socio|premium)|suscribete|suscribase|unete por|tu suscripcion|"
        r"(?<!gli )(?<!di )\babbonati\b (?:per|ora|subito|adesso|a partire)|attiva (?:un|l')? ?abbonamento|"
        r"prova gratis|"
        r"scegli il piano|\bassine (?:por|para|ja|agora|sem)|\bassine\b|subscreva|subscricao digital|"
        r"(?:faca|faz) (?:uma|a sua) assinatura|torne-se assinante"
    ),
    "login": (
        r"\b(?:log ?in|sign in)\b|\binloggen\b|\blog (?:dan )?(?:hier )?in\b|melden sie sich an|"
        r"\b(?:anmelden|einloggen)\b|identifiez-vous|connectez-vous|se connecter|\bconnexion\b|inicia(?:r)? sesion|"
        r"\baccede con\b|entra aqui|\baccedi\b|effettua il login|\bentra\.$|inici(?:e|ar) sessao|entre aqui|"
        r"faca login|"
        r"\bentrar\.?$"
    ),
    "account": (
        r"account is required|enter your email|(?:forgot(?: your)?|wachtwoord|passwort|mot de passe) "
        r"(?:password|vergeten|vergessen|oublie)|(?:met|mit) ein(?:em)? (?:account|konto)\b|dat kan met een account|"
        r"registreer je|registrieren sie sich|inscrivez-vous|necesitas registrarte|\bregistrati\b|\bregistrate\b|"
        r"\bregiste-se|cadastre-se|criar uma conta|crear una cuenta|creare un account|register now|register for free|"
        r"create a (?:free )?account|gratis account|kostenlos registrieren|compte gratuit|maak een .{0,8}account"
    ),
    "already": (
        r"(?:already (?:a |an? |have|registered|subscribed)|\b(?:al|reeds|nog geen) (?:een )?(?:abonnee|lid|"
        r"geregistreerd|account)|"
        r"(?:bereits|schon) (?:abonnent|ein abo|ein konto|registriert|mitglied)|deja (?:abonne|inscrit|membre|"
        r"un compte)|"
        r"ya (?:eres|es|estas|tienes) (?:suscriptor|abonado|socio|registrado|una cuenta)|"
        r"gia (?:abbonat|registrat|iscritt|un a)|ja (?:e|es|esta|tem) (?:assinante|registad|cadastrad|uma conta))"
        r"[^.!?]{0,40}\?"
    ),
    "rest": (
        r"(?:to|and) (?:keep|continue) reading|read (?:the rest of this|this article|the full (?:story|article)|"
        r"more\?)|"
        r"unlock (?:this|all)|log in to continue|free to continue|want (?:all of it|to read)|"
        r"verder (?:te )?lezen|lezen\? |de rest van dit|om verder te gaan|lees (?:direct |dit artikel )?(?:verder|"
        r"vandaag)|"
        r"lees dit artikel|en lees verder|dit artikel te lezen|verder met dit artikel|"
        r"weiterlesen|weiterzulesen|(?:den ganzen|den vollstandigen|diesen) (?:text|artikel|und alle)|"
        r"lire la suite|la suite est|(?:poursuivre|continuer) (?:votre|la) lecture|de cet article a|"
        r"pour lire cet article|"
        r"\b(?:leer|lee) (?:el resto|este articulo|todo|sin limites)|segui[rt] leyendo|sigue leyendo|"
        r"continuar leyendo|"
        r"leggere (?:il resto|questo articolo)|continuare (?:a leggere|la lettura)|proseguire la lettura|"
        r"continua a leggere|"
        r"\b(?:ler|leia) (?:o resto|este artigo|tudo)|continu(?:ar|e) (?:a ler|lendo|a leitura)"
    ),
    "only": (
        r"(?:subscribers|members|subscriber)[- ]only|for (?:subscribers|members) only|this article is for|"
        r"available (?:only )?to (?:members|subscribers)|(?:exclusive|reserved) (?:to|for) (?:our )?(?:members|"
        r"subscribers)|"
        r"(?:alleen|exclusief) (?:toegankelijk )?voor (?:leden|abonnees)|"
        r"(?:nur|exklusiv) fur (?:mitglieder|abonnenten)|reservee?s? (?:aux|a nos) (?:membres|abonnes)|"
        r"(?:solo|exclusiv[oa]) para (?:miembros|suscriptores|abonados|socios|membros|assinantes)|"
        r"riservat[oa] (?:ai soci|agli abbonati)"
    ),
    "premium": (
        r"premium (?:article|content|artikel)|premium-(?:artikel|inhalt)|\bplus-?artikel|"
        r"(?:contenu|contenido|contenuto|conteudo) (?:premium|exclusiv|riservat)|[.!] premium\.|^premium\b|"
        r"(?:cet|questo|este) (?:article|contenuto|contenido|artigo) (?:est|e|es) (?:reserv|riserv|solo|exclusiv)|"
        r"artigo exclusivo|articolo riservato|article reserve"
    ),
    "free": (
        r"free articles|articles left|gratis artikelen|artikelen per maand|kostenlosen? artikel|articles gratuits|"
        r"articulos gratuitos|articoli gratuiti|artigos gratuitos|es gratis y|it's free\b|gratis en lees"
    ),
    "price": (
        r"unlimited access|full access|lees onbeperkt|onbeperkt(?:e)? (?:lezen|toegang)|unbegrenzt lesen|en illimite|"
        r"sin limites|senza limiti|sem limites|\b(?:from|only|ab|vanaf|des|desde|da|a partir de|por|per|fur|for) "
        r"(?:just )?[$€£]? ?\d+(?:[.,]\d+)? ?(?:euro|eur|€|a week|a month|for \d|per (?:week|month)|pro|par mois)|"
        r"(?:eerste maand|premier mois|primer mes|primo mese|primeiro mes|first month)|mois offert|days free|"
        r"gratis per un mese|(?:1|one) month free"
    ),
    "cancel": (
        r"cancel any ?time\b(?!, )|maandelijks opzegbaar|(?:monatlich|jederzeit) kundbar|sans engagement|"
        r"cancela cuando|"
        r"disdire quando|disdici quando|cancele quando"
    ),
}
# The kinds of walls, in words for people, with their signs.
SIGNS = {
    kind: {name: re.compile(pattern) for name, pattern in signs.items()}
    for kind, signs in (("a captcha", _CAPTCHA), ("a cookie wall", _COOKIES), ("a paywall", _PAYWALL))
}
# These say little alone, however short the text, and these nothing in a longer one.
WEAK = frozenset(
    "id browser script blocker wait machine cookies login price premium ads button click service account cancel".split()
) | {"go on"}
ONLY_SHORT = frozenset({"go on", "service", "click", "id"})
