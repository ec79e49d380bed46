"""What exports of well-known kinds of systems look like: their headers, and two or three rows of made-up people."""

SHOPIFY = """Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,\
Discount Code,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Billing City,\
Billing Country,Phone,Id
#1043,anna@shop.example,paid,2026-03-02 10:22:33 -0500,fulfilled,USD,60.00,5.00,4.50,69.50,,2026-03-02 10:20:01 -0500,\
2,Espresso cups,25.00,K-9,Anna Example,Portland,US,+1 503 555 0134,SHOP-5501
#1043,anna@shop.example,,,,,,,,,,2026-03-02 10:20:01 -0500,1,Milk jug,10.00,K-7,,,,,
#1044,ben@shop.example,pending,,unfulfilled,USD,20.00,5.00,2.00,27.00,SPRING,2026-03-03 11:00:00 -0500,\
1,Moka pot,20.00,K-1,Ben Example,Seattle,US,,SHOP-5502
"""
STRIPE = """id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Converted Amount,Description,Fee,Status,\
Customer ID,Customer Email,Card Brand,Card Last4
ch_3PabcXYZ,2026-03-02 10:22:33,69.50,0.00,usd,true,69.50,Order 1043,2.32,Paid,cus_9sXh,anna@shop.example,Visa,4242
ch_3PabcXYW,2026-03-14 11:00:00,27.00,27.00,usd,true,27.00,Order 1044,1.08,Refunded,cus_8kLm,ben@shop.example,Visa,1881
"""
GERMAN_BANK = """Kontonummer:;DE02120300000000202051
Zeitraum:;01.03.2026 - 31.03.2026

Buchungstag;Wertstellung;Buchungstext;Auftraggeber / Begünstigter;Verwendungszweck;IBAN;BIC;Betrag (EUR)
02.03.2026;03.03.2026;Lastschrift;Anna Beispiel;Rechnung 4711;DE89370400440532013000;COBADEFFXXX;-1.234,50
23.03.2026;23.03.2026;Gutschrift;Ben Muster;Rückzahlung;DE75512108001245126199;SOGEDEFFXXX;49,90
"""
CALL_LIST = """Call Date,Call Time,Caller Number,Agent,Duration (sec),Direction,Reason,Outcome,Recording URL
03/14/2026,2:05 PM,+44 20 7946 0958,Maria,252,Inbound,Delivery,Promised a call back,https://calls.example/r/1
03/15/2026,9:12 AM,+44 20 7946 0959,Tom,31,Inbound,Billing,Solved,https://calls.example/r/2
"""
NEWSLETTER = """Email Address,First Name,Last Name,OPTIN_TIME,LAST_CHANGED,LEID,TAGS
anna@shop.example,Anna,Example,2024-05-06 10:00:00,2026-01-01 08:00:00,L-1,vip
ben@shop.example,Ben,Example,2025-05-06 10:00:00,2026-02-01 08:00:00,L-2,
"""
LOYALTY = """Membership No,First Name,Surname,Mobile,E-mail,Tier,Points Balance,Member Since,City,Country
KL-1001,Anna,Example,07700 900123,anna@shop.example,Gold,1250,13/05/2020,Leeds,United Kingdom
KL-1002,Ben,Example,07700 900124,ben@shop.example,Silver,310,01/02/2021,York,United Kingdom
"""
GERMAN_ERP = """Auftragsnr;Auftragsdatum;Kundennummer;Kundenname;Ort;Land;Artikelbezeichnung;Menge;Gesamtbetrag;\
Währung;Status;Telefon
A-2026-001;02.03.2026;K10042;Beispiel GmbH;Köln;Deutschland;Espressomaschine;1;1.299,00;EUR;versendet;0221 4710815
A-2026-002;17.03.2026;K10043;Muster AG;Wien;Österreich;Kaffeemühle;2;399,80;EUR;offen;+43 1 5880
"""
FRENCH_SHOP = """N° de commande;Date de commande;Nom;Prénom;Adresse e-mail;Téléphone;Ville;Pays;\
Produit;Quantité;Montant TTC;Statut
C-881;02/03/2026 14:05;Exemple;Anne;anne@boutique.example;06 12 34 56 78;Lyon;France;Cafetière;1;49,90 €;Expédiée
C-882;25/03/2026 09:30;Modèle;Luc;luc@boutique.example;07 12 34 56 78;Nantes;France;Tasse;4;19,60 €;Payée
"""
SPANISH_STORE = """Nº de ticket;Fecha;Hora;Tienda;Tarjeta de fidelidad;Importe;Moneda
T-100;02/03/2026;10:15;Madrid Centro;F-778899;35,20;EUR
T-101;28/03/2026;18:40;Sevilla;F-778900;12,00;EUR
"""
SURVEY = """Response ID,Submitted At,Email,How likely are you to recommend us? (NPS),Comment,Language
R-1,2026-03-02T10:00:00Z,anna@shop.example,9,Fast and friendly,en
R-2,2026-03-05T12:30:00Z,ben@shop.example,3,Nobody called me back,de
"""
HELP_DESK = """Ticket ID,Subject,Requester Email,Requester Name,Status,Priority,Created At,Updated At,Group
T-77,Parcel is missing,anna@shop.example,Anna Example,Open,High,2026-03-02 09:00:00,2026-03-02 10:00:00,Delivery
T-78,Refund please,ben@shop.example,Ben Example,Solved,Low,2026-03-03 09:00:00,2026-03-04 10:00:00,Billing
"""
ORDERS_US = """order_id,order_date,customer_id,email,phone,product,quantity,total
O-1,03/04/2026,C1,anna@shop.example,+15035550134,Cups,2,$50.00
O-2,05/06/2026,C2,ben@shop.example,+15035550135,Pot,1,"$1,020.00"
"""
WEBHOOK = """[{"type": "order.paid", "id": "evt_1", "created": 1772449200, "data": {"order_number": "1043",
"customer": {"id": "c-9", "email": "anna@shop.example", "first_name": "Anna", "last_name": "Example"},
"total": 69.5, "currency": "EUR", "status": "paid"}},
{"type": "order.paid", "id": "evt_2", "created": 1772449300, "data": {"order_number": "1044",
"customer": {"id": "c-8", "email": "ben@shop.example", "first_name": "Ben", "last_name": "Example"},
"total": 27, "currency": "EUR", "status": "paid"}}]
"""

EXPORTS: dict[str, bytes] = {
    "orders_export.csv": SHOPIFY.encode(),
    "unified_payments.csv": STRIPE.encode(),
    "umsaetze.csv": GERMAN_BANK.encode("cp1252"),
    "call list.csv": CALL_LIST.encode(),
    "subscribed_members_export.csv": NEWSLETTER.encode(),
    "loyalty members.csv": LOYALTY.encode(),
    "auftraege.csv": GERMAN_ERP.encode("utf-8-sig"),
    "commandes.csv": FRENCH_SHOP.encode("utf-16"),
    "tickets tienda.csv": SPANISH_STORE.encode(),
    "survey export.csv": SURVEY.encode(),
    "tickets.csv": HELP_DESK.encode(),
    "us orders.csv": ORDERS_US.encode(),
    "shop events": WEBHOOK.encode(),
}
