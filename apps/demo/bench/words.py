"""What the benchmark's people are called and what happens to them: lists the database combines."""

from typing import NamedTuple


class Recipe(NamedTuple):
    """One kind of interaction: how many in a hundred there are, its titles (a `#` becomes a number) and
    how many sentences its text has at most."""

    share: int
    channel: str
    kind: str
    direction: str
    titles: tuple[str, ...]
    sentences: int


GIVEN = """
    Aaliyah Adam Aisha Alejandro Alice Amélie Anders Andrea Anna Antoine Arjun Ayşe Beatriz Ben Björn
    Bruno Camille Carlos Carmen Chiara Chloé Claire Daan Daniel David Deniz Diego Elena Elif Emil Emma
    Erik Eva Fatima Felix Finn Francesca François Freya Gabriel Giulia Grace Greta Hannah Hans Hassan
    Hélène Hugo Ida Ines Ingrid Isabel Ivan Jakub James Jan Jasmin Javier Jonas José Julia Kai Karim
    Katarzyna Kenji Lars Laura Léa Leila Liam Lina Lucas Lucía Luis Magnus Maja Marco Maria Marie Mateo
    Maya Mehmet Mia Mohammed Nadia Nina Noah Nora Oliver Olivia Omar Oscar Paul Pedro Petra Priya Rafael
    Ravi Rosa Ruth Samir Sara Sebastián Sofia Søren Sven Tariq Teresa Theo Thomas Tomás Ursula Valentina
    Victor Wei Yara Yusuf Zoë
""".split()  # noqa: SIM905 - a list of this would be pages long

FAMILY = """
    Abbott Acosta Ahmed Almeida Andersen Arslan Bakker Bauer Becker Bennett Berg Bernard Bianchi Blanc
    Bondarenko Brandt Brown Bruun Campbell Carter Castro Chen Clark Colombo Conti Costa Cruz Dahl Demir
    Díaz Dijkstra Dubois Dupont Evans Fabre Farah Fernández Ferrari Fischer Fontaine Foster Fournier Gallo
    García Girard González Greco Green Gruber Gupta Haddad Hall Hansen Harris Hoffmann Horváth Huber
    Hughes Ibrahim Iglesias Ivanov Jackson Jansen Jensen Johansson Jones Kaya Keller Khan Klein Koch
    Kovács Kowalski Kramer Krüger Lambert Larsen Lefèvre Lehmann Leroy Lewandowski Lindberg López Lund
    Maier Marino Martin Martínez Mason Mendes Meyer Molina Moreau Moretti Morris Müller Murphy Nagy
    Navarro Nguyen Nielsen Novák Nowak O'Brien Okafor Olsen Ortega Öztürk Patel Pereira Peters Petit
    Popescu Ramos Reyes Ricci Richter Rivera Robert Rossi Rousseau Roux Ruiz Russo Sánchez Santos Schmidt
    Schneider Schulz Şahin Silva Singh Smit Sørensen Suzuki Svensson Tanaka Taylor Torres Turner Vargas
    Vasseur Verma Vidal Visser Vogel Wagner Walker Wang Weber Wójcik Wright Yilmaz Young Zhang Ziegler
""".split()  # noqa: SIM905 - a list of this would be pages long

CITIES = (
    "Lyon",
    "Berlin",
    "Leeds",
    "Madrid",
    "Milano",
    "Rotterdam",
    "Gent",
    "Zürich",
    "Wien",
    "Cork",
    "Łódź",
    "İzmir",
)
TIERS = ("", "", "", "", "Silver", "Silver", "Gold")
STAFF = ("Iris Thorne", "Noel Vance", "Mara Quint", "Jules Arden", "Rhea Stone", "Otis Wilde")
PLACES = (
    "Store 12",
    "Store 31",
    "Store 7",
    "queue billing",
    "queue orders",
    "ATM 88",
    "kiosk 3",
    "depot north",
)
PAGES = (
    "Home",
    "Summer sale",
    "Trail jackets",
    "Trail jacket, blue",
    "Size guide",
    "Basket",
    "Delivery and returns",
    "Opening hours",
    "Track your order",
    "Coffee makers",
    "Espresso maker, 6 cups",
    "Gift cards",
    "Account",
    "Contact",
)
SENTENCES = (
    "The parcel was shown as delivered but nobody at the house has seen it.",
    "Asked whether the blue one comes back into stock before the end of the month.",
    "We agreed to send a replacement by courier and to collect the broken one at the same time.",
    "The refund has not reached the bank account yet, although it was promised within five days.",
    "Very happy with the help in the store, and would like that to be passed on.",
    "Wants to change the delivery address because of a move next week.",
    "The card was declined twice at the till and went through at the third attempt.",
    "The invoice carries the old company name and has to be issued again.",
    "Explained how the loyalty points are counted and when the older ones expire.",
    "The zip of the jacket came apart after two weeks of normal use.",
    "Prefers to be called in the evening, never during the shift.",
    "Complained about waiting for twenty minutes and being transferred three times.",
    "The discount from the newsletter was not taken off at checkout.",
    "Sent a photo of the damage together with the receipt.",
    "Thinks about cancelling the subscription since it is hardly used in winter.",
    "The technician came a day early and found nobody at home.",
    "Needs a second key for the locker and asked what it costs.",
    "Had trouble signing in after the update and was sent a new link.",
    "The voucher will be honoured once more as a gesture of goodwill.",
    "Bought it as a present and would rather have the next larger size.",
    "Confirmed that the allergy information on the label is complete.",
    "Will come by on Saturday to try both models side by side.",
    "No further questions, thanked us for the quick answer.",
    "Asked for the data protection officer and got the address.",
)

RECIPES = (
    Recipe(
        30,
        "web",
        "visit",
        "inbound",
        ("Visit to the shop", "Visit to the help pages", "Visit from the newsletter"),
        0,
    ),
    Recipe(
        18,
        "campaign",
        "send",
        "outbound",
        ("Newsletter: the week's picks", "Your summer offer", "We miss you"),
        1,
    ),
    Recipe(
        12,
        "order",
        "order",
        "inbound",
        ("Order #", "Order # with gift wrap", "Order #, collected in store"),
        0,
    ),
    Recipe(
        8,
        "email",
        "email",
        "inbound",
        ("Where is my order #?", "Return of order #", "Question about my invoice"),
        6,
    ),
    Recipe(
        7,
        "voice",
        "call",
        "inbound",
        ("Call about a delivery", "Call about an invoice", "Call about a return"),
        4,
    ),
    Recipe(6, "payment", "payment", "inbound", ("Card payment #", "Refund #", "Bank transfer #"), 0),
    Recipe(
        5,
        "app",
        "screen",
        "inbound",
        ("Opened the app", "Scanned the card in the app", "Wish list changed"),
        0,
    ),
    Recipe(
        5,
        "store",
        "purchase",
        "inbound",
        ("Bought at the till", "Try-on with advice", "Exchange at the till"),
        1,
    ),
    Recipe(1, "atm", "withdrawal", "inbound", ("Cash withdrawn", "Card kept by the machine"), 0),
    Recipe(3, "chat", "chat", "inbound", ("Chat about sizes", "Chat about delivery", "Chat about an order"), 5),
    Recipe(2, "sms", "sms", "outbound", ("Your parcel comes today", "Your table is ready", "Code sent"), 1),
    Recipe(1, "survey", "nps", "inbound", ("Recommends us: 9 of 10", "Recommends us: 3 of 10"), 2),
    Recipe(1, "social", "mention", "inbound", ("Mentioned us in public", "Asked in a direct message"), 2),
    Recipe(1, "note", "note", "internal", ("Note for the next call", "Note about the household"), 3),
)
