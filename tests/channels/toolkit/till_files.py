"""Files of tills and of what came back, as programs in several languages call their columns; made up."""

# What it must be proposed as; the file's name; the columns; two rows.
TILLS = {
    "english till": ("receipt", "export.csv", """
transaction_id,store,cashier,transaction_date,loyalty_card,total_amount,payment_method
900100201,Leeds,04,2026-03-02 10:14:00,LC-77101,23.50,card
900100202,Leeds,07,2026-03-02 10:19:00,LC-77102,8.10,cash
900100203,York,02,2026-03-03 11:02:00,LC-77101,15.00,card
"""),
    "english till, one word more": ("receipt", "sales 2026-03.csv", """
Trans ID,Store ID,Register,Clerk,Sold At,Member No,Tender Type,Amount
1001-44,12,R2,17,03/14/2026 09:12,M-4471,VISA,12.40
1001-45,12,R2,17,03/14/2026 09:15,M-8812,CASH,7.00
1001-46,14,R1,03,03/15/2026 18:40,M-4471,VISA,99.90
"""),
    "english till, lines": ("receipt", "pos.csv", """
receipt_number,outlet,till_no,date_time,customer_id,sku,product_name,qty,unit_price
R-1,Hull,2,2026-04-01 09:00,C-1,A1,Kettle,1,25.00
R-1,Hull,2,2026-04-01 09:00,C-1,A2,Cup,4,3.50
R-2,Hull,1,2026-04-01 09:30,C-2,A2,Cup,2,3.50
R-2,Hull,1,2026-04-01 09:30,C-2,A7,Jug,1,9.00
R-3,Hull,1,2026-04-01 10:30,C-1,A9,Pot,1,19.00
"""),
    "german till": ("receipt", "tagesabschluss.csv", """
Bonnummer;Filiale;Kassierer;Datum;Uhrzeit;Kundenkarte;Gesamtbetrag;Zahlart
4711;Köln;12;13.03.2026;10:15;KK-100;23,50;EC
4712;Köln;12;13.03.2026;10:17;KK-101;4,10;Bar
4713;Bonn;03;14.03.2026;11:20;KK-100;77,00;EC
"""),
    "german till, other words": ("receipt", "umsatz.csv", """
Transaktionsnummer;Markt;Kasse;Belegdatum;Kundennr;Bruttobetrag;Zahlungsart
77-1;Süd;3;2026-03-13;K1;23,50;Karte
77-2;Süd;3;2026-03-13;K2;4,10;Bar
77-3;Nord;1;2026-03-14;K1;77,00;Karte
"""),
    "french till": ("receipt", "ventes.csv", """
N° ticket;Magasin;Caisse;Caissier;Date;Carte fidélité;Montant TTC;Mode de paiement
8801;Lyon;2;Zoé;13/03/2026;F-1;23,50;CB
8802;Lyon;2;Zoé;13/03/2026;F-2;4,10;Espèces
8803;Nice;1;Luc;14/03/2026;F-1;77,00;CB
"""),
    "spanish till": ("receipt", "ventas.csv", """
Nº ticket;Tienda;Caja;Cajero;Fecha;Tarjeta cliente;Importe total;Forma de pago
55-1;Sevilla;2;Eva;13/03/2026;T-1;23,50;Tarjeta
55-2;Sevilla;2;Eva;13/03/2026;T-2;4,10;Efectivo
55-3;Cádiz;1;Ana;14/03/2026;T-1;77,00;Tarjeta
"""),
    "italian till": ("receipt", "vendite.csv", """
Numero scontrino;Negozio;Cassa;Data;Tessera fedeltà;Totale;Pagamento
501;Torino;2;13/03/2026;TF-1;23,50;Carta
502;Torino;2;13/03/2026;TF-2;4,10;Contanti
503;Roma;1;14/03/2026;TF-1;77,00;Carta
"""),
    "dutch till": ("receipt", "kassa.csv", """
Bonnr;Winkel;Kassa;Datum;Klantnummer;Bedrag;Betaalwijze
9001;Utrecht;2;13-03-2026;K-1;23,50;Pin
9002;Utrecht;2;13-03-2026;K-2;4,10;Contant
9003;Breda;1;14-03-2026;K-1;77,00;Pin
"""),
    "english till, short words": ("receipt", "export.csv", """
txn_id,shop_name,terminal,operator,txn_time,club_card,gross,vat
1,Leeds,3,Al,2026-03-01 10:00,L1,10.00,2.00
2,Leeds,3,Al,2026-03-01 11:00,L2,12.00,2.00
3,York,3,Bo,2026-03-01 12:00,L1,14.00,2.00
"""),
    "german till, Beleg": ("receipt", "journal.csv", """
Belegnummer;Verkaufsstelle;Bediener;Zeitpunkt;Bonuskarte;Summe
1;Köln;A;01.03.2026 10:00;B1;10,00
2;Köln;A;01.03.2026 11:00;B2;12,00
3;Bonn;A;13.03.2026 10:00;B1;10,00
"""),
    "portuguese till": ("receipt", "vendas.csv", """
Nº do talão;Loja;Caixa;Data;Cartão cliente;Valor total
1;Porto;2;13/03/2026;C1;10,00
2;Porto;2;13/03/2026;C2;12,00
3;Faro;2;14/03/2026;C1;10,00
"""),
    "swedish till": ("receipt", "kvitton.csv", """
Kvittonummer;Butik;Kassa;Datum;Kundnummer;Belopp
1;Lund;2;2026-03-13;C1;10,00
2;Lund;2;2026-03-13;C2;12,00
3;Lund;2;2026-03-14;C1;10,00
"""),
}  # fmt: skip
RETURNS = {
    "english returns": ("return", "returns.csv", """
return_id,order_id,customer_id,return_date,reason,refund_amount
RT-1,1001,C-1,2026-03-20,too small,25.00
RT-2,1004,C-2,2026-03-21,broken,9.50
RT-3,1007,C-1,2026-03-22,late,31.00
"""),
    "english refunds": ("refund", "export (3).csv", """
Refund ID,Order Number,Customer Email,Refunded At,Refund Reason,Amount Refunded,Currency
re_1,1001,ada@shop.example,2026-03-20 10:00,too small,25.00,GBP
re_2,1004,ben@shop.example,2026-03-21 10:00,broken,9.50,GBP
re_3,1007,cid@shop.example,2026-03-22 10:00,late,31.00,GBP
"""),
    "credit notes": ("refund", "accounting.csv", """
Credit Note No,Invoice No,Credit Note Date,Customer No,Customer Name,Net,Total
CN-1,2001,2026-03-20,C-1,Ada,20.00,25.00
CN-2,2004,2026-03-21,C-2,Ben,8.00,9.50
CN-3,2007,2026-03-22,C-1,Ada,28.00,31.00
"""),
    "rma": ("return", "rma.csv", """
RMA Number,Order,E-mail,Received,Item,Qty,Return Reason
RMA-1,1001,ada@shop.example,2026-03-20,Kettle,1,broken
RMA-2,1004,ben@shop.example,2026-03-21,Cup,2,wrong colour
RMA-3,1007,cid@shop.example,2026-03-22,Pot,1,late
"""),
    "german returns": ("return", "retouren.csv", """
Retourennr;Bestellnr;Kundennr;Retourendatum;Grund;Erstattungsbetrag
RE1;1001;K1;13.03.2026;zu klein;25,00
RE2;1004;K2;14.03.2026;defekt;9,50
RE3;1007;K1;15.03.2026;zu spät;31,00
"""),
    "german credit notes": ("refund", "export.csv", """
Gutschriftnummer;Rechnungsnummer;Gutschriftdatum;Kundennummer;Betrag
GS1;2001;13.03.2026;K1;25,00
GS2;2004;14.03.2026;K2;9,50
GS3;2007;15.03.2026;K1;31,00
"""),
    "german cancellations": ("cancellation", "storno.csv", """
Stornonummer;Auftragsnr;Stornodatum;E-Mail;Stornogrund;Betrag
ST1;1001;13.03.2026;ada@shop.example;Widerruf;25,00
ST2;1004;14.03.2026;ben@shop.example;doppelt;9,50
ST3;1007;15.03.2026;cid@shop.example;Widerruf;31,00
"""),
    "french returns": ("return", "retours.csv", """
N° de retour;N° de commande;Date de retour;Adresse e-mail;Motif;Montant remboursé
R1;1001;13/03/2026;ada@shop.example;trop petit;25,00
R2;1004;14/03/2026;ben@shop.example;cassé;9,50
R3;1007;15/03/2026;cid@shop.example;retard;31,00
"""),
    "spanish returns": ("return", "devoluciones.csv", """
Nº devolución;Nº de pedido;Fecha devolución;Correo electrónico;Motivo;Importe reembolsado
D1;1001;13/03/2026;ada@shop.example;pequeño;25,00
D2;1004;14/03/2026;ben@shop.example;roto;9,50
D3;1007;15/03/2026;cid@shop.example;tarde;31,00
"""),
    "italian returns": ("return", "resi.csv", """
Numero reso;Numero ordine;Data reso;E-mail;Motivo;Importo rimborsato
D1;1001;13/03/2026;ada@shop.example;piccolo;25,00
D2;1004;14/03/2026;ben@shop.example;rotto;9,50
D3;1007;15/03/2026;cid@shop.example;tardi;31,00
"""),
    "dutch returns": ("return", "retouren nl.csv", """
Retournummer;Bestelnummer;Retourdatum;E-mail;Reden;Terugbetaald bedrag
D1;1001;13-03-2026;ada@shop.example;klein;25,00
D2;1004;14-03-2026;ben@shop.example;stuk;9,50
D3;1007;15-03-2026;cid@shop.example;laat;31,00
"""),
    "returns without a reason": ("return", "export.csv", """
Return No.,Original Order No.,Customer No.,Returned On,Article,Quantity,Condition
1,11,C1,2026-03-13,Cup,1,new
2,12,C2,2026-03-13,Jug,1,worn
3,13,C1,2026-03-14,Pot,1,new
"""),
    "german parcels that came back": ("return", "eingang.csv", """
Rücksendenummer;Auftrag;Kundennr;Eingang am;Artikel;Menge;Rückgabegrund
1;11;C1;13.03.2026;Cup;1;neu
2;12;C2;13.03.2026;Jug;1;alt
3;13;C1;14.03.2026;Pot;1;neu
"""),
    "returns without a number of their own": ("return", "returned goods.csv", """
order_id,customer_email,returned_at,return_reason,item,qty
1001,ada@shop.example,2026-03-20,small,Cup,1
1001,ada@shop.example,2026-03-21,large,Jug,1
1004,ben@shop.example,2026-03-22,late,Pot,1
"""),
    "french credit notes": ("refund", "avoirs.csv", """
N° avoir;N° facture;Date avoir;N° client;Montant
1;11;13/03/2026;C1;10,00
2;12;13/03/2026;C2;12,00
3;13;14/03/2026;C1;10,00
"""),
    "spanish credit notes": ("refund", "export.csv", """
Nº nota de crédito;Nº factura;Fecha;Cliente;Correo;Importe
1;11;13/03/2026;Ada;a@shop.example;10,00
2;12;13/03/2026;Ben;b@shop.example;12,00
3;13;14/03/2026;Ada;a@shop.example;10,00
"""),
    "refunds of charges": ("refund", "export.csv", """
refund_id,charge_id,email,created,amount,currency,status
r1,c1,a@shop.example,2026-03-13,10.00,EUR,succeeded
r2,c2,b@shop.example,2026-03-13,12.00,EUR,succeeded
r3,c3,a@shop.example,2026-03-14,10.00,EUR,failed
"""),
}  # fmt: skip
# What looks a little like one of the two and is something else.
OTHERS = {
    "payments with an order": ("payment", "payments.csv", """
payment_id,order_id,customer_id,paid_at,card,amount,refunded_amount
p1,1001,C1,2026-03-20 10:00,visa,25.00,0
p2,1004,C2,2026-03-21 10:00,visa,9.50,0
p3,1007,C1,2026-03-22 10:00,visa,31.00,5.00
"""),
    "orders that may be returned": ("order", "orders.csv", """
order_id,customer_id,order_date,order_status,total,return_until
1001,C1,2026-03-20,shipped,25.00,2026-04-20
1004,C2,2026-03-21,shipped,9.50,2026-04-21
1007,C1,2026-03-22,paid,31.00,2026-04-22
"""),
    "orders of an online store": ("order", "store orders.csv", """
Order ID,Store,Customer Email,Order Date,Shipping Method,Total
1001,shop.example,ada@shop.example,2026-03-20,post,25.00
1004,shop.example,ben@shop.example,2026-03-21,post,9.50
1007,shop.example,cid@shop.example,2026-03-22,post,31.00
"""),
    "card charges": ("payment", "charges.csv", """
transaction_id,merchant_reference,customer_email,created,card_brand,amount,fee,currency
t1,1001,ada@shop.example,2026-03-20 10:00,visa,25.00,0.50,EUR
t2,1004,ben@shop.example,2026-03-21 10:00,visa,9.50,0.20,EUR
t3,1007,cid@shop.example,2026-03-22 10:00,mc,31.00,0.60,EUR
"""),
    "bank lines": ("transaction", "konto.csv", """
Buchungstag;Auftraggeber;IBAN;Verwendungszweck;Betrag
13.03.2026;Ada;DE89370400440532013000;Rechnung 7;25,00
14.03.2026;Ben;DE02120300000000202051;Erstattung;-9,50
15.03.2026;Cid;DE02500105170137075030;Rechnung 9;31,00
"""),
    "orders of which one came back": ("order", "orders.csv", """
id,customer_id,created_at,total,refund_amount,refund_reason,shipping_city
1,C1,2026-03-13,10.00,0,,Leeds
2,C2,2026-03-13,12.00,0,,York
3,C1,2026-03-14,10.00,5.00,late,Hull
"""),
    "lines of orders with a store": ("order", "export.csv", """
order_id,store_id,customer_id,order_date,sku,quantity,unit_price
1,S1,C1,2026-03-13,A,1,10.00
1,S1,C1,2026-03-13,B,1,10.00
2,S1,C2,2026-03-13,A,2,10.00
2,S1,C2,2026-03-13,C,2,10.00
"""),
    "answers about a store": ("survey", "export.csv", """
response_id,store,email,nps,comment,submitted
1,Leeds,a@shop.example,9,fine,2026-03-13
2,York,b@shop.example,3,slow,2026-03-13
3,Hull,c@shop.example,10,good,2026-03-14
"""),
    "tickets about a store": ("ticket", "export.csv", """
ticket_id,requester,subject,status,created,store
1,a@shop.example,Kettle,open,2026-03-13,Leeds
2,b@shop.example,Cup,open,2026-03-13,York
3,a@shop.example,Jug,closed,2026-03-14,Hull
"""),
}  # fmt: skip
FILES = TILLS | RETURNS | OTHERS
