"""Chats, text messages, public posts, surveys, campaigns and what is said over a counter."""

CHATS = (
    ("Is {product} in stock?",
     "Customer: hi, is {product} in stock in {store}?\nAgent: Hello {first}! Yes, three pieces. Shall I reserve one?\n"
     "Customer: yes please until tomorrow\nAgent: Done, it is behind the counter under your name.", "sales", "positive"),
    ("Change the delivery slot of {order}",
     "Customer: can {order} come on {day} instead, we are away\nAgent: Let me look. {day} {slot} is free.\n"
     "Customer: great\nAgent: Changed. {courier} sends a text message the evening before.", "delivery", "neutral"),
    ("Discount code at checkout",
     "Customer: code does not work\nAgent: Which one do you use?\nCustomer: WINTER15\nAgent: It excludes sale items; "
     "without {other} in the basket it works.\nCustomer: ah ok. that should be written somewhere", "order_change",
     "neutral"),
    ("{product} makes a strange noise",
     "Customer: {product} hums since yesterday\nAgent: Does it stop when you take out {part}?\nCustomer: it does!\n"
     "Agent: Then it only needs cleaning, page 9 of the manual. If it comes back we exchange it.\n"
     "Customer: thanks, you saved me a trip", "advice", "positive"),
    ("Nobody answers my e-mail",
     "Customer: wrote on {day} about {order}, still no reply\nAgent: I am sorry, {first}. I have your message here.\n"
     "Customer: and?\nAgent: The refund of {amount} is released now, confirmation is on its way.\n"
     "Customer: why does it take a chat to get that", "complaint", "negative"),
    ("Which filter fits?",
     "Customer: which filter for {product}\nAgent: The large one, two in a pack.\nCustomer: every how many months?\n"
     "Agent: Every four; the lamp turns orange.\nCustomer: perfect merci", "advice", "neutral"),
    ("Gift wrapping for {order}",
     "Customer: forgot to tick gift wrapping on {order}, too late?\nAgent: Just in time. Which text on the card?\n"
     "Customer: “For the new kitchen, with love”\nAgent: Lovely. It leaves tonight.", "order_change", "positive"),
)  # fmt: skip

TEXTS_OUT = (
    ("Delivery tomorrow {slot}", "Lindwell: {courier} brings your order {order} tomorrow {slot}. Reply 1 for a neighbour."),
    ("Ready to collect in {store}", "Lindwell: {product} is ready for you in {store}. Please bring order {order}."),
    ("Your repair is done", "Lindwell: {product} is repaired and tested. Collect it in {store} any day until 19:00."),
    ("Appointment with the fitters", "Lindwell: our fitters come on {day} {slot}. Please keep the way to the room free."),
)  # fmt: skip
TEXTS_IN = (
    "1",
    "Thanks, somebody is at home.",
    "Not possible, please the day after.",
    "Who is this?",
    "OK merci",
    "STOP",
)

POSTS = (
    ("negative", "Public post about {courier}",
     "@lindwell your “express” delivery with {courier} has now taken nine days. {product} was a birthday present. The "
     "birthday was last week."),
    ("negative", "Public post about {product}",
     "Third {product} in two years, @lindwell. {part} goes every time. Is it meant to be that way?"),
    ("positive", "Praise for {store}",
     "Shout-out to the team of @lindwell {store}: found the last {product} in the basement five minutes before closing."),
    ("positive", "Photo with {product}", "New in our kitchen: {product}. The house smells wonderful. @lindwell #kaffeeklatsch"),
    ("neutral", "Question under a post", "@lindwell will {product} come back in green? Asking for my sister. And for me."),
)  # fmt: skip
REPLIES = (
    "Hello {first}, that is not how it should be. We have sent you a message; please tell us your order number there.",
    "Thank you, {first}! We have passed it on to the team.",
    "Hello {first}, it does, in spring. Shall we tell you when?",
)

SURVEYS = {
    "positive": (
        "Quick, friendly, competent. What more do you want?",
        "The young man in {store} knew everything about {product}.",
        "Arrived a day early, well packed. Will order again.",
        "Très satisfaite, livraison soignée et conseils au top.",
        "Alles bestens, gerne wieder.",
        "Everything perfect, even the box had a handle.",
        "I was put through once and the second person already knew my story. That never happens.",
    ),
    "neutral": (
        "Fine. The box was twice as big as needed.", "Good product, delivery could be more punctual.",
        "Correct, rien à signaler.", "Advice good, queue at the till long.", "It is what it is: {product} does its work.",
        "Bien, aunque el paquete llegó un poco tarde.",
    ),
    "negative": (
        "{courier} left it in the rain. I had to explain the same thing to three people.",
        "{part} was missing and nobody answers e-mails.", "Too expensive for what it is.",
        "Paket kam beim falschen Nachbarn an, Hotline war eine Katastrophe.",
        "Waited 35 minutes on the phone to be told to write an e-mail.",
        "Emballage déchiré, service clients injoignable.",
    ),
}  # fmt: skip

CAMPAIGNS = (
    (1, "Winter sale: up to 40 % on bedroom"), (2, "A coffee course in {store}, two places for you"),
    (3, "Spring cleaning with the Halden V9"), (4, "New: stoneware in five colours"), (5, "Garden days are here"),
    (6, "Your summer table, ten ideas"), (7, "Summer sale, last sizes"), (8, "Back from holidays: a calmer kitchen"),
    (9, "Club evening in {store}"), (10, "Light for dark mornings"), (11, "Black week for club members only"),
    (12, "Last parcels before Christmas: order by the 19th"),
)  # fmt: skip

STORE_VISITS = (
    ("Advice on {product}", "Looked at {product} and {other}. Wants to sleep on it; measured the alcove, 84 cm.", "sales"),
    ("Collected {product}", "Order {order} collected, identity checked. Carried it to the car together.", "order_change"),
    ("Brought {product} for repair", "{part} is loose. Receipt present, guarantee until next spring. Workshop slip given.",
     "repair"),
    ("Returned {product}", "Unused, in its box. Refunded to the card, {amount}.", "return"),
    ("Tasting at the coffee bar", "Tried Sidamo against the house blend, took a bag of each.", "sales"),
    ("Exchanged a gift", "Had two of {product}, took {other} for it. Paid the difference.", "return"),
    ("Asked for a kitchen plan", "Planning a small kitchen, 2.4 m wide. Appointment with the planner on {day}.", "sales"),
)  # fmt: skip
