"""Which column plays which part, by its name in English, German, French and Spanish and by its values."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from apps.channels.toolkit.mapping.columns import CURRENCY, EMAIL, IBAN, PHONE, URL, SourceColumn

NUMBER = r"(?: ?(?:unique |global )?(?:id|no|nr|num|number|nummer|numero|nro|code|key|ref|reference|uuid|guid))"
PERSON = (
    r"(?:customer|client|user|member|contact|kunden?|kd|cliente|debitoren?|subscriber|buyer|patient|guest|shopper|"
    r"klant(?:en)?|kund)"
)

MACHINES = re.compile(r"(?=\S{0,80}\d)\S{8,80}|https?://\S{1,2000}")  # what no person says

Fits = Callable[[SourceColumn], bool]


@dataclass(frozen=True, slots=True)
class ColumnRole:
    """A part. `names` are looked for in a column's words, the first that fits being the best; `fits` must hold for its
    values; `alone` says that the values are enough where no name fits."""

    names: tuple[str, ...]
    fits: Fits = lambda _column: True
    alone: bool = False
    never: str = r"(?!)"


def _is_text(column: SourceColumn) -> bool:
    return column.numbers < 0.5 and column.dated < 0.5 and column.share(EMAIL) < 0.5


def _is_name(column: SourceColumn) -> bool:
    return _is_text(column) and column.share(re.compile(r".*\d.*", re.DOTALL)) < 0.5


def _is_id(column: SourceColumn) -> bool:
    return column.share(EMAIL) < 0.5 and column.dated < 0.5 and column.length <= 80


def _is_prose(column: SourceColumn) -> bool:
    """Text, and no ids, links or file names."""
    return _is_text(column) and column.share(MACHINES) < 0.5


def _is_amount(column: SourceColumn) -> bool:
    return column.numbers >= 0.8 and column.dated < 0.5


OTHERS = (  # amounts that are not what was paid
    r"\b(?:shipping|lieferung|livraison|tax|vat|mwst|tva|iva|steuer|impuesto|discount|rabatt|remise|descuento|refunded|"
    r"fees?|tip|unit|before|freight|fracht|versand\w*|porto|frete|postage|delivery|commission|cost|margin|profit|balance|saldo|"
    r"credits?|guthaben)\b"
)

ROLES: dict[str, ColumnRole] = {
    "email": ColumnRole(
        (r"^(?:customer |kunden ?)?e ?mail", r"e ?mail", r"\bmail\b", r"correo", r"courriel"),
        lambda column: column.share(EMAIL) >= 0.6,
        alone=True,
        never=r"\b(?:opt|consent|accepts|agent|staff)\b",
    ),
    "phone": ColumnRole(
        (
            r"^(?:customer )?(?:phone|telefon|tel|telephone|mobile|mobil|handy|telefono|movil|portable)\b",
            r"\b(?:caller|anrufer|from|rufnummer|appelant|llamante)\b",
            r"phone|telefon|telephone|mobil|handy|"
            r"rufnummer|msisdn|movil|portable|\btel\b|src|callerid|caller id",
        ),
        lambda column: column.share(PHONE) >= 0.5 and column.dated < 0.5,
        never=r"\b(?:agent|staff|store|extension|fax)\b",
    ),
    "user_id": ColumnRole(
        (
            rf"^{PERSON} (?:unique|global){NUMBER}$",
            rf"^{PERSON}{NUMBER}$",
            rf"\b{PERSON}{NUMBER}$",
            rf"^(?:n|no|nr|num|numero) (?:de |du |del |di |do )?{PERSON}$",
            r"^(?:sold to|debitor|kunde|client|cliente)$",
        ),
        lambda column: _is_id(column) and column.numbers + column.share(re.compile(r"[\w.:/|@+=\-]{2,80}")) >= 0.8,
    ),
    "loyalty": ColumnRole(
        (
            r"loyalty|club ?card|tessera|klantenkaart|tarjeta cliente|carta fedelta|cartao cliente|"
            r"kundenkarte|bonus(?:karte)?|fidelite|fidelidad|\bcard (?:no|number)|karten ?(?:nr|nummer)|"
            r"membership|mitglieds?",
        ),
        _is_id,
        never=r"\b(?:points?|punkte|tier|level|balance|stufe|since|date)\b",
    ),
    "account": ColumnRole(
        (r"\biban\b", r"\b(?:account|konto|compte|cuenta)(?: ?(?:no|nr|number|nummer))?$"),
        lambda column: column.share(IBAN) >= 0.6 or column.numbers > 0.6,
    ),
    "first_name": ColumnRole((r"first ?name|vorname|prenom|^nombre$|given name|^fname$",), _is_text),
    "last_name": ColumnRole(
        (r"last ?name|nachname|familienname|surname|family name|apellidos?|^nom$|nom de famille|^lname$",), _is_text
    ),
    "name": ColumnRole(
        (
            r"^(?:customer|client|kunden?|full|billing|cliente|contact|buyer|card|cardholder)? ?(?:name|nom)$",
            r"(?:full|customer|billing|shipping|contact|requester) name|kundenname|nom complet|nombre completo|"
            r"auftraggeber|"
            r"beguenstigter|zahlungspflichtiger|empfanger|payee|counterparty|debtor name|nom du client",
            r"^(?:kunde|customer|client|cliente|member|contact|firma)$",
        ),
        _is_name,
        never=r"\b(?:product|item|lineitem|file|event|campaign|user|company|store|agent|list|host)\b",
    ),
    "city": ColumnRole(
        (
            r"^(?:billing |shipping |customer )?(?:city|ort|stadt|ville|ciudad|town|wohnort|citta|plaats|cidade)$",
            r"\b(?:city|stadt|ville|ciudad|ort|town)\b",
        ),
        _is_text,
    ),
    "street": ColumnRole(
        (
            r"^(?:billing |shipping |customer |home )?(?:street|street address|address(?: ?(?:line)? ?1)?|strasse|"
            r"strasse hausnummer|adresse|anschrift|rue|calle|direccion)$",
        ),
        _is_text,
    ),
    "postcode": ColumnRole(
        (
            r"^(?:billing |shipping |customer |home )?(?:post ?code|postal ?code|zip|zip ?code|plz|postleitzahl|"
            r"code postal|cp|codigo postal)(?: (?:prefix|short))?$",
        ),
    ),
    "region": ColumnRole(
        (r"^(?:billing |shipping |customer |home )?(?:state|region|province|county|bundesland|provincia)$",),
        _is_text,
    ),
    "country": ColumnRole(
        (r"\b(?:country|land|pays|pais|landercode|lander ?code)\b",), lambda column: column.countries >= 0.6
    ),
    "language": ColumnRole(
        (r"\b(?:language|locale|lang|sprache|langue|idioma)\b",), lambda column: column.length <= 10
    ),
    "tier": ColumnRole(
        (r"\b(?:tier|level|status level|stufe|segment|kundengruppe|niveau|nivel|plan)\b",),
        lambda column: _is_text(column) and column.distinct <= 12,
    ),
    "since": ColumnRole(
        (
            r"(?:customer|member|kunde|mitglied|client|cliente|inscrit)\w* (?:since|seit|depuis|desde)",
            r"\b(?:since|seit|depuis|desde|joined|registered|registration|enrolled|enrolment|signup|sign up|"
            r"anmeldedatum|inscription|alta|opt in time|optin time|opt in date|subscribed)\b",
        ),
        lambda column: column.dated >= 0.6,
    ),
    "born": ColumnRole(
        (
            r"\b(?:date of birth|birth ?date|birth ?day|dob|born|geburtsdatum|geburtstag|geb datum|date de naissance|"
            r"naissance|fecha (?:de )?nacimiento|nacimiento)\b",
        ),
        lambda column: column.dated >= 0.6,
    ),
    "unit_price": ColumnRole(
        (
            r"\b(?:unit|single|each|per piece|piece|line ?item|item|unitaire|unitario) ?"
            r"(?:price|cost|preis|prix|precio)\b|"
            r"\b(?:prix|precio) (?:unitaire|unitario)\b|\b(?:einzel|stuck)preis\b|\bprice (?:each|per unit|per item)\b",
        ),
        _is_amount,
    ),
    "amount": ColumnRole(
        (
            r"^(?:order |grand )?total(?: amount)?(?: [a-z]{3})?$",
            r"\b(?:grand total|total|gesamt\w*|summe|"
            r"brutto\w*|endbetrag)\b",
            r"\b(?:amount|betrag|umsatz|montant|importe|importo|bedrag|valor|belopp|kwota|revenue|gross|spend|totale|totaal)\b",
            r"\b(?:price|preis|prix|precio|value|wert|sales|paid)\b",
        ),
        _is_amount,
        never=OTHERS,
    ),
    "refund_amount": ColumnRole(
        (
            r"refund(?:ed)? (?:total|amount|value)|(?:amount|total|value) refund(?:ed)?|"
            r"erstattungs ?betrag|erstatteter betrag|"
            r"gutschrifts?betrag|montant (?:rembourse|du remboursement)|importe (?:reembols\w+|devuelto)|"
            r"importo rimbors\w+|terugbetaald bedrag|credit(?:ed)? amount|valor (?:reembols\w+|devolvido)",
        ),
        _is_amount,
    ),
    "currency": ColumnRole(
        (r"currency|wahrung|waehrung|devise|moneda|^(?:ccy|cur|whg)$",),
        lambda column: column.currencies >= 0.8 and column.share(CURRENCY) >= 0.8,
        alone=True,
    ),
    "quantity": ColumnRole(
        (r"\b(?:quantity|qty|menge|anzahl|quantite|cantidad|quantita|aantal|quantidade|items|pieces|stuck)\b",),
        _is_amount,
    ),
    "product": ColumnRole(
        (
            r"^(?:product|item|lineitem|line item|artikel|produkt|produit|producto)(?: name| title)?$",
            r"product|lineitem name|line item|artikel\w*|produkt\w*|produit|producto|\bitem\b|bezeichnung|"
            r"description|beschreibung|designation|articulo|prodotto|articolo|omschrijving|descrizione|produto",
        ),
        lambda column: _is_text(column) and column.length < 120,
        never=r"\b(?:id|sku|nr|no|code|number|url)\b",
    ),
    "status": ColumnRole(
        (r"^(?:order |payment |financial |ticket |bestell ?)?status$", r"status|state$|zustand|statut|estado"),
        lambda column: _is_text(column) and column.distinct <= max(12, column.rows // 3) and column.length < 30,
    ),
    "subject": ColumnRole(
        (
            r"^(?:subject|betreff|sujet|objet|asunto|title|titel|titre|topic|thema)$",
            r"subject|betreff|\btopic|call reason|grund|\breden\b|reason|motif|motivo|\b(?:comment|review) title\b",
        ),
        lambda column: column.length < 150 and column.share(MACHINES) < 0.5,
    ),
    "comment": ColumnRole(
        (
            r"\b(?:comments?|kommentar|commentaire|comentarios?|feedback|verbatim|review|bewertungstext|answer|"
            r"antwort|reponse|respuesta|anmerkung|message|nachricht|open text|why)\b",
            r"\b(?:body|text|content|inhalt|texte|corps|mensaje|texto)$",
        ),
        _is_prose,
        never=rf"{NUMBER}$|\b(?:date|count|type|status|score|title|key|hash|url|link|answer timestamp|language)\b",
    ),
    "note": ColumnRole(
        (
            r"verwendungszweck|memo|\bnotes?\b|notiz",
            r"\b(?:notes?|notiz|bemerkung|remarks?|summary|zusammenfassung|details|verwendungszweck|memo|motif|"
            r"concepto|libelle|buchungstext|narrative|outcome|ergebnis|disposition|resultat|resultado|description|"
            r"beschreibung)\b",
        ),
        lambda column: column.dated < 0.5 and column.numbers < 0.5 and column.share(MACHINES) < 0.5,
        never=rf"\b(?:message|comment){NUMBER}$|\b(?:credit|debit|delivery) notes?\b",
    ),
    "score": ColumnRole(
        (
            r"\b(?:nps|csat|ces)\b",
            r"score|rating|stars|sterne|bewertung|punktzahl|satisfaction|zufriedenheit|note$|"
            r"puntuacion|valoracion|recommend|empfehlen",
        ),
        lambda column: column.numbers >= 0.9 and all(len(text) <= 4 for text in column.texts),
        never=r"\b(?:id|credit|risk)\b",
    ),
    "duration": ColumnRole(
        (r"duration|dauer|duree|duracion|talk ?time|billsec|seconds|length",), lambda column: bool(column.texts)
    ),
    "ended": ColumnRole(
        (r"\b(?:end|ended|ende|fin|hangup|closed)(?: ?(?:at|time|date|zeit))?$",), lambda column: column.dated >= 0.6
    ),
    "staff": ColumnRole(
        (r"\b(?:agent|operator|mitarbeiter|bearbeiter|staff|conseiller|agente|handled by|owner|rep)\b",), _is_text
    ),
    "direction": ColumnRole(
        (r"\b(?:direction|richtung|sens|direccion|sentido)\b", r"\bcall type|anrufart"),
        lambda column: column.distinct <= 4,
    ),
    "touchpoint": ColumnRole(
        (
            r"\b(?:store|shop|branch|filiale|magasin|tienda|sucursal|outlet|terminal|queue|warteschlange|"
            r"standort|location|pos|till|kasse|atm|site|betriebsstatte|markt|negozio|punto vendita|winkel|loja|"
            r"butik|sklep)(?: ?(?:name|id|nr|no))?$",
        ),
        lambda column: column.dated < 0.5,
        never=r"\b(?:currency|address)\b",
    ),
    "campaign": ColumnRole((r"campaign|kampagne|campagne|campana|newsletter|mailing|list name|\blist\b",), _is_text),
    "event": ColumnRole(
        (
            r"^(?:event|event type|event name|type|topic|action|ereignis|evenement|evento|activity|activity type|"
            r"record type|action type|message event|email event)$",
        ),
        lambda column: _is_text(column) and column.distinct <= max(20, column.rows // 5),
    ),
    "link": ColumnRole(
        (r"\b(?:url|link|recording|permalink|aufnahme)\b",), lambda column: column.share(URL) >= 0.6, never="image|logo"
    ),
    "points": ColumnRole((r"\b(?:points?|punkte|puntos)\b",), _is_amount),
}


APPLICATION = re.compile(r"^(?:oauth )?client\b")  # a program, where users are named beside it


def columns_by_role(columns: Sequence[SourceColumn]) -> dict[str, SourceColumn]:
    """For each part the column that plays it best; a column plays one part only, as long as it says so by its name."""
    columns = _without_applications(columns)
    ranked = []
    for order, (role, wanted) in enumerate(ROLES.items()):
        for place, column in enumerate(columns):
            rank = rank_of(wanted, column)
            if rank is not None:
                ranked.append((rank, order, place, role, column))
    found: dict[str, SourceColumn] = {}
    taken: set[tuple[str, ...]] = set()
    for _rank, _order, _place, role, column in sorted(ranked, key=lambda column: column[:3]):
        if role not in found and column.path not in taken:
            found[role] = column
            taken.add(column.path)
    return found


def _without_applications(columns: Sequence[SourceColumn]) -> Sequence[SourceColumn]:
    """Without the columns of the program somebody signed in with: `client_id` beside a `user_id` that differs more."""
    ids = [column for column in columns if rank_of(ROLES["user_id"], column) is not None]
    clients = [column for column in ids if APPLICATION.search(column.words)]
    users = max((column.distinct for column in ids if column not in clients), default=0)
    addresses = max((column.distinct for column in columns if column.share(EMAIL) >= 0.6), default=0)
    if clients and all(users >= client.distinct or addresses > 2 * client.distinct for client in clients):
        return [column for column in columns if not APPLICATION.search(column.words)]
    return columns


def rank_of(role: ColumnRole, column: SourceColumn) -> float | None:
    """How well it fits: 0 is best, None not at all. A column that is mostly empty fits less."""
    if not column.texts or not role.fits(column) or re.search(role.never, column.context):
        return None
    empty = 0.5 if column.filled < 0.2 else 0.0
    for rank, pattern in enumerate(role.names):
        if re.search(pattern, column.words) or re.search(pattern, column.context):
            return rank + empty
    return 9.0 + empty if role.alone else None
