"""E-mails and what we write back, in the languages customers use."""

from apps.demo.world.words import Exchange

EXCHANGES = (
    Exchange(
        "Order {order}: wrong colour",
        ("Hello,\n\nI ordered {product} and got the right thing in the wrong colour. I would like to exchange it "
         "without paying the postage twice. Can I do that in {store}?\n\n{first}",
         "Dear team,\n\nyesterday {courier} brought {order}. It is {product}, but not the one I chose. How do we put "
         "this right before the weekend?\n\nKind regards\n{first}"),
        ("Dear {first},\n\nthat is our mistake, and I am sorry. You can exchange it in {store} until {day}; the right "
         "one is put aside under your name, and there is nothing to pay.\n\n{agent}\nLindwell customer care",
         "Dear {first},\n\nthe right one left our warehouse today. {courier} takes the other one back when it comes "
         "({day}, {slot}).\n\n{agent}\nLindwell customer care"),
        ("Thank you, that was quick. Exchanged this morning, all good.",
         "Perfect. Greetings to the colleague in {store}, very helpful."),
    ),
    Exchange(
        "Spare part for {product}",
        ("Hi,\n\nis {part} of {product} available as a spare part? I would rather repair it than throw it away.\n\n"
         "Thanks, {first}",),
        ("Dear {first},\n\nyes, it is: {amount} including postage, or free to collect in {store}. Shall I order it?\n\n"
         "{agent}\nLindwell customer care",
         "Dear {first},\n\nunfortunately the maker does not supply it any more. Our workshop in {city} may have a used "
         "one; I have asked and will write to you by {day}.\n\n{agent}\nLindwell customer care"),
        ("Yes please, send it to the address you have.", "That would be great, no hurry."),
    ),
    Exchange(
        "Invoice {order}",
        ("Good morning,\n\ncould you please send the invoice for {order} again, with our VAT number on it? Accounts "
         "are closing the month.\n\nBest, {first}",),
        ("Dear {first},\n\nplease find it attached, now with the VAT number.\n\n{agent}\nLindwell customer care",),
    ),
    Exchange(
        "Where is my refund?",
        ("Hello,\n\nI returned {product} three weeks ago ({order}, handed to {courier}, receipt kept). The money is "
         "still not on my account. {amount} is a lot to wait for.\n\n{first}",
         "To whom it may concern,\n\nsecond reminder. Refund for {order}, {amount}. Please answer this time.\n\n"
         "{first}"),
        ("Dear {first},\n\nyou are right, and I apologise. The parcel stood unscanned in our returns hall. I released "
         "the refund today; it is with you in two to three working days.\n\n{agent}\nLindwell customer care",),
        ("Received today. Thank you.",),
        "negative",
    ),
    Exchange(
        "A compliment",
        ("Dear all,\n\nI complain when something goes wrong, so it is only fair to write when it goes right. {product} "
         "was delivered on the hour, carried upstairs and set up, and the packaging was taken away. More of "
         "this!\n\n{first}",),
        ("Dear {first},\n\nthank you, that made our morning. I have read it out to the delivery team.\n\n{agent}",),
        (), "positive",
    ),
    Exchange(
        "Commande {order} : article manquant",
        ("Bonjour,\n\nj’ai bien reçu le colis de {courier}, mais il manque un élément : {product} est arrivé sans ses "
         "accessoires. Pouvez-vous me les envoyer rapidement ?\n\nCordialement,\n{first}",
         "Bonjour,\n\nle carton était ouvert à l’arrivée et il manque une pièce de {product}. J’ai gardé l’emballage, "
         "je peux envoyer des photos.\n\nBien à vous,\n{first}"),
        ("Bonjour {first},\n\nje suis désolée pour ce désagrément. La pièce manquante part aujourd’hui, livraison "
         "prévue sous 48 heures.\n\nBien à vous,\n{agent}\nService clients Lindwell",),
        ("Bien reçu, merci pour votre réactivité !",), "neutral", ("fr",),
    ),
    Exchange(
        "Garantie {product}",
        ("Bonjour,\n\nmon appareil ({product}, acheté à {store}) est tombé en panne après quatorze mois. Il est encore "
         "sous garantie, n’est-ce pas ?\n\nMerci d’avance,\n{first}",),
        ("Bonjour {first},\n\noui, la garantie est de deux ans. Vous pouvez le déposer à {store} ou demander un bon de "
         "retour ; la réparation prend environ une semaine.\n\nBien à vous,\n{agent}\nService clients Lindwell",),
        ("Je passerai samedi. Merci.",), "neutral", ("fr",),
    ),
    Exchange(
        "Lieferung {order}",
        ("Guten Tag,\n\nlaut {courier} wurde {product} zugestellt, angekommen ist aber nichts. Auch die Nachbarn "
         "wissen von keinem Paket. Bitte um Klärung.\n\nMit freundlichen Grüßen\n{first}",),
        ("Guten Tag,\n\ndas tut uns leid. Wir haben einen Nachforschungsauftrag gestellt und senden Ihnen {product} "
         "unabhängig davon noch heute neu zu.\n\nFreundliche Grüße\n{agent}\nLindwell Kundenservice",),
        ("Ist gut angekommen, vielen Dank für die schnelle Hilfe.",), "negative", ("de",),
    ),
    Exchange(
        "Frage zu {product}",
        ("Hallo,\n\nist {product} auch mit einem Schweizer Stecker lieferbar? Und gibt es eine längere "
         "Garantie?\n\nGruß, {first}",),
        ("Guten Tag,\n\nein Adapter liegt bei. Die Garantie lässt sich innerhalb von 30 Tagen auf fünf Jahre "
         "verlängern.\n\nFreundliche Grüße\n{agent}\nLindwell Kundenservice",),
        (), "neutral", ("de",),
    ),
    Exchange(
        "Pedido {order}",
        ("Buenas tardes:\n\n¿Sería posible cambiar la entrega de {product} al sábado? Entre semana no hay nadie en "
         "casa.\n\nUn saludo,\n{first}",),
        ("Hola, {first}:\n\nPor supuesto. {courier} pasará el sábado de 10 a 13 h.\n\nUn saludo,\n{agent}\n"
         "Atención al cliente Lindwell",),
        ("¡Mil gracias!",), "neutral", ("es",),
    ),
)  # fmt: skip
