"""What customers wrote is kept, and what they quoted is not, whatever program in whatever language wrote it down."""

from time import monotonic

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.channels.toolkit.mail.quotations import is_forwarded, new_words

SHOP = "Kettle Shop <help@shop.example>"
OURS = "Your kettle leaves our house on Friday."

# One line above a quotation, as programs write it.
WRITTEN = {
    "English": f"On Mon, 2 Mar 2026 at 11:00, {SHOP} wrote:",
    "English, twelve hours": f"On Monday, March 2, 2026, 11:00:05 AM GMT+1, {SHOP} wrote:",
    "English, the name first": f"{SHOP} wrote on 2.3.2026 11:00:",
    "wrapped": "On Mon, Mar 2, 2026 at 11:00 AM Kettle Shop Customer Care <\nhelp@shop.example> wrote:",
    "wrapped three times": "On Mon, Mar 2, 2026\nat 11:00 AM Kettle Shop\n<help@shop.example>\nwrote:",
    "mailto": "On 02/03/2026 11:00, Kettle Shop [mailto:help@shop.example] wrote:",
    "French": f"Le lun. 2 mars 2026 à 11:00, {SHOP} a écrit :",
    "French, wrapped": f"Le lun. 2 mars 2026 à 11:00, {SHOP} a\nécrit :",
    "French, hours": "Le 02/03/2026 à 11h00, Kettle Shop a écrit :",
    "German": f"Am Mo., 2. März 2026 um 11:00 Uhr schrieb {SHOP}:",
    "German, wrapped": "Am Mo., 2. März 2026 um 11:00 Uhr schrieb Kettle Shop <\nhelp@shop.example>:",
    "German, Outlook": "Am 02.03.2026 um 11:00 schrieb Kettle Shop:",
    "Spanish": f"El lun, 2 mar 2026 a las 11:00, {SHOP} escribió:",
    "Portuguese": f"Em seg., 2 de mar. de 2026 às 11:00, {SHOP} escreveu:",
    "Portuguese of Portugal": f"{SHOP} escreveu (segunda, 2/03/2026 à(s) 11:00):",
    "Italian": f"Il giorno lun 2 mar 2026 alle ore 11:00 {SHOP} ha scritto:",
    "Italian, Apple": f"Il 2 marzo 2026, 11:00, {SHOP} ha scritto:",
    "Dutch": f"Op ma 2 mrt 2026 om 11:00 schreef {SHOP}:",
    "Dutch, Apple": f"Op 2 mrt. 2026, om 11:00 heeft {SHOP} het volgende geschreven:",
    "Danish": f"Den man. 2. mar. 2026 kl. 11.00 skrev {SHOP}:",
    "Swedish": f"Den mån 2 mars 2026 kl 11:00 skrev {SHOP}:",
    "Norwegian": f"man. 2. mars 2026 kl. 11:00 skrev {SHOP}:",
    "Finnish": "ma 2. maalisk. 2026 klo 11.00 Kettle Shop (help@shop.example) kirjoitti:",
    "Hungarian": f"{SHOP} ezt írta (időpont: 2026. márc. 2., H, 11:00):",
    "Hungarian, wrapped": f"{SHOP} ezt írta (időpont: 2026. márc.\n2., H, 11:00):",
    "Polish": f"pon., 2 mar 2026 o 11:00 {SHOP} napisał(a):",
    "Polish, Thunderbird": "W dniu 2.03.2026 o 11:00, Kettle Shop pisze:",
    "Czech": f"po 2. 3. 2026 v 11:00 odesílatel {SHOP} napsal:",
    "Slovak": f"po 2. 3. 2026 o 11:00 {SHOP} napísal(a):",
    "Slovenian": f"V pon., 2. mar. 2026 ob 11:00 je oseba {SHOP} napisala:",
    "Croatian": f"pon, 2. ožu 2026. u 11:00 {SHOP} napisao je:",
    "Turkish": f"2 Mar 2026 Pzt 11:00 tarihinde {SHOP} şunu yazdı:",
    "Turkish, wrapped": "Kettle Shop <help@shop.example>, 2 Mar 2026 Pzt, 11:00 tarihinde\nşunu yazdı:",
    "Russian": f"пн, 2 мар. 2026 г. в 11:00, {SHOP}:",
    "Russian, Thunderbird": "02.03.2026 11:00, Kettle Shop пишет:",
    "Ukrainian": f"пн, 2 бер. 2026 р. о 11:00 {SHOP} пише:",
    "Bulgarian": f"На пн, 2.03.2026 г. в 11:00 {SHOP} написа:",
    "Greek": f"Στις Δευ, 2 Μαρ 2026 στις 11:00 π.μ., ο χρήστης {SHOP} έγραψε:",
    "Romanian": f"În lun., 2 mar. 2026 la 11:00, {SHOP} a scris:",
    "Hebrew": "\u200fבתאריך יום ב׳, 2 במרץ 2026 ב-11:00 מאת Kettle Shop <\u202ahelp@shop.example\u202c\u200f>:\u200f",
    "Arabic": f"في الاثنين، 2 مارس 2026 في 11:00 ص تمت كتابة ما يلي بواسطة {SHOP}:",
    "Japanese": f"2026年3月2日(月) 11:00 {SHOP}:",
    "Japanese, Apple": f"2026/03/02 11:00、{SHOP}のメール:",
    "Chinese": f"{SHOP} 于2026年3月2日周一 11:00写道：",
    "Chinese, Apple": f"在 2026年3月2日，11:00，{SHOP} 写道：",
    "Korean": f"2026년 3월 2일 (월) 오전 11:00, {SHOP}님이 작성:",
    "Vietnamese": f"Vào Th 2, 2 thg 3, 2026 vào lúc 11:00 {SHOP} đã viết:",
    "Mail.ru": f"Понедельник, 2 марта 2026, 11:00 +03:00 от {SHOP}:",
    "Yandex": '02.03.2026, 11:00, "Kettle Shop" <help@shop.example>:',
    "German, Yahoo": "Am Montag, 2. März 2026, 11:00:10 MEZ hat Kettle Shop Folgendes geschrieben:",
    "Dutch, the name first": "Kettle Shop schreef op 02-03-2026 11:00:",
    "no words at all": f"2026-03-02 11:00 GMT+01:00 {SHOP}:",
    "Zoho": f"---- On Mon, 02 Mar 2026 11:00:00 +0100 {SHOP} wrote ----",
    "Zoho, newer": f" ---- Em seg., 02 mar. 2026 11:00:00 +0100 {SHOP} escreveu ---- ",
    "a dash": f"- On 2026-03-02 at 11:00, {SHOP} wrote -:",
}

# The lines of the mail that is quoted.
BLOCKS = {
    "English": "From: Kettle Shop\nSent: Monday, 2 March 2026 11:00\nTo: Anna\nSubject: Your order",
    "bold": "*From:* Kettle Shop <help@shop.example>\n*Sent:* Monday, 2 March 2026\n*To:* Anna\n*Subject:* Your order",
    "German": f"Von: {SHOP}\nGesendet: Montag, 2. März 2026 11:00\nAn: Anna\nBetreff: AW: Bestellung",
    "French": f"De : {SHOP}\nEnvoyé : lundi 2 mars 2026 11:00\nÀ : Anna\nObjet : Votre commande",
    "Spanish": f"De: {SHOP}\nEnviado: lunes, 2 de marzo de 2026 11:00\nPara: Anna\nAsunto: Su pedido",
    "Portuguese": f"De: {SHOP}\nEnviada em: segunda-feira, 2 de março de 2026 11:00\nPara: Anna\nAssunto: Pedido",
    "Italian": f"Da: {SHOP}\nInviato: lunedì 2 marzo 2026 11:00\nA: Anna\nOggetto: Ordine",
    "Dutch": f"Van: {SHOP}\nVerzonden: maandag 2 maart 2026 11:00\nAan: Anna\nOnderwerp: Bestelling",
    "Swedish": f"Från: {SHOP}\nSkickat: den 2 mars 2026 11:00\nTill: Anna\nÄmne: Order",
    "Danish": f"Fra: {SHOP}\nSendt: 2. marts 2026 11:00\nTil: Anna\nEmne: Ordre",
    "Finnish": f"Lähettäjä: {SHOP}\nLähetetty: maanantai 2. maaliskuuta 2026 11.00\nVastaanottaja: Anna\nAihe: Tilaus",
    "Hungarian": f"Feladó: {SHOP}\nElküldve: 2026. március 2., hétfő 11:00\nCímzett: Anna\nTárgy: Rendelés",
    "Polish": f"Od: {SHOP}\nWysłano: poniedziałek, 2 marca 2026 11:00\nDo: Anna\nTemat: Zamówienie",
    "Hotmail": "Date: Mon, 2 Mar 2026 11:00:00 +0100\nFrom: help@shop.example\nTo: anna@x.example\nSubject: Order",
    "an old Hotmail": "From: help@shop.example\nTo: anna@x.example\nSubject: Order\nDate: Mon, 2 Mar 2026 11:00:00",
    "Polish, newer": f"Od: {SHOP}\nWysłane: poniedziałek, 2 marca 2026 11:00\nDo: Anna\nTemat: Zamówienie",
    "Czech": f"Od: {SHOP}\nOdesláno: pondělí 2. března 2026 11:00\nKomu: Anna\nPředmět: Objednávka",
    "Turkish": f"Kimden: {SHOP}\nGönderildi: 2 Mart 2026 Pazartesi 11:00\nKime: Anna\nKonu: Sipariş",
    "Russian": f"От: {SHOP}\nОтправлено: 2 марта 2026 г. 11:00\nКому: Anna\nТема: Заказ",
    "Ukrainian": f"Від: {SHOP}\nНадіслано: 2 березня 2026 р. 11:00\nКому: Anna\nТема: Замовлення",
    "Greek": f"Από: {SHOP}\nΣτάλθηκε: Δευτέρα, 2 Μαρτίου 2026 11:00\nΠρος: Anna\nΘέμα: Παραγγελία",
    "Japanese": f"差出人: {SHOP}\n送信日時: 2026年3月2日 11:00\n宛先: Anna\n件名: 注文",
    "Chinese": f"发件人: {SHOP}\n发送时间: 2026年3月2日 11:00\n收件人: Anna\n主题: 订单",
    "Korean": f"보낸 사람: {SHOP}\n보낸 날짜: 2026년 3월 2일 월요일 오전 11:00\n받는 사람: Anna\n제목: 주문",
    "a rule above": f"________________________________\nFrom: {SHOP}\nSent: 2 March 2026 11:00\nSubject: Your order",
    "lines between": f"From: {SHOP}\n\nDate: 2 Mar 2026, 11:00\n\nTo: anna@customer.example\n\nSubject: Your order",
    "Samsung": f"-------- Original message --------\nFrom: {SHOP}\nDate: 02/03/2026 11:00 (GMT+01:00)\nTo: Anna",
    "many recipients": f"From: {SHOP}\nSent: 2 March 2026 11:00\nTo: Anna <anna@x.example>;\n  Ben <b@x.example>;\n"
    "Cc: Carl\nSubject: Your order",
    "the dashes": "-----Original Message-----",
    "the dashes in German": "-----Ursprüngliche Nachricht-----",
    "the dashes in Russian": "-------- Исходное сообщение --------",
    "the dashes in Chinese": "------------------ 原始邮件 ------------------",
    "the dashes in Portuguese": "-----Mensagem original-----",
    "sent on": f"---------- Forwarded message ---------\nFrom: {SHOP}\nDate: Mon, 2 Mar 2026 at 11:00",
    "sent on by Apple": f"Begin forwarded message:\n\nFrom: {SHOP}\nSubject: Your order",
    "sent on in French": f"Début du message transféré :\n\nDe: {SHOP}\nObjet: Commande",
}  # fmt: skip


@pytest.mark.parametrize("header", WRITTEN.values(), ids=WRITTEN)
@pytest.mark.parametrize("between", ["\n", "\n\n"], ids=["close", "apart"])
def test_a_line_above_a_marked_quotation_goes_with_it(header, between):
    assert (
        new_words(f"Thank you!\nPlease hurry.\n\n{header}{between}> {OURS}\n>\n> Ben\n") == "Thank you!\nPlease hurry."
    )


@pytest.mark.parametrize("header", WRITTEN.values(), ids=WRITTEN)
def test_where_nothing_marks_the_quotation_all_below_its_line_is_quoted(header):
    assert new_words(f"Thank you!\n\n{header}\n\n{OURS}\n\nBen\nKettle Shop") == "Thank you!"


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_a_block_of_lines_goes_with_what_follows_it(block):
    assert new_words(f"Thank you!\nAnna\n\n{block}\n\nDear Anna,\n{OURS}") == "Thank you!\nAnna"


@pytest.mark.parametrize("header", WRITTEN.values(), ids=WRITTEN)
def test_the_answer_below_a_quotation_is_kept(header):
    new = new_words(f"Hi,\n\n{header}\n> {OURS}\n\nThat is too late for me.\nAnna")
    assert new == "Hi,\n\nThat is too late for me.\nAnna"


def test_answers_between_the_lines_stand_under_what_they_answer():
    text = (
        f"Hello,\n\nOn Mon, 2 Mar 2026 at 11:00, {SHOP} wrote:\n> Dear Anna,\n>\n> which colour?\n\nBlue.\n\n"
        "> And which size?\n> Small or large?\nLarge.\n\n> With regards\n> Kettle Shop\n"
    )
    assert new_words(text) == ("Hello,\n\n> which colour?\n\nBlue.\n\n> And which size?\n> Small or large?\nLarge.")


def test_an_answer_to_the_first_line_only_stands_under_it():
    text = f"{WRITTEN['German']}\n> Welche Farbe?\n\nBlau.\n\n> Mit freundlichen Grüßen\n> {OURS}\n"
    assert new_words(text) == "> Welche Farbe?\n\nBlau."


def test_a_line_that_is_quoted_with_what_it_stands_above_goes_too():
    assert new_words(f"> {WRITTEN['English']}\n> Which colour?\n\nBlue.") == "Blue."
    assert new_words(f"> {WRITTEN['English']}\n> Which colour?\nBlue.\n> Which size?\nLarge.").startswith(
        "> Which colour?"
    )


def test_the_end_of_a_line_that_a_program_broke_off_is_no_answer():
    text = (
        f"Fine.\n\n{WRITTEN['English']}\n> We have looked at your kettle once more and found that its lid\nis loose.\n"
        "> We send another.\n"
    )
    assert new_words(text) == "Fine."


@pytest.mark.parametrize(
    "text",
    [
        "I called, and Tom wrote:\nnothing at all.\nNow what?",
        "Tom wrote:\n\nthat it was my fault. It was not.",
        "On Monday you wrote:\nwe call you back. Nobody did.",
        "On 3 May 2026 at 10:15 you wrote:\nwe call you back. Nobody did.",
        "Am 3.5.2026 um 10:15 schrieb ich:\nder Kessel leckt. Er leckt noch immer.",
        "My luggage:\nFrom: Berlin\nTo: Munich\nDate: 3 March 2026\nSubject: one red suitcase\nWhere is it?",
        "The parcel\nFrom: London\nSent: 3 May\nTo: Paris\nis lost.",
        "Von: 12.03.2026\nBis: 14.03.2026\nZwei Personen",
        "Hallo,\nDatum: 2.3.2026 11:00\nVon: Berlin\nAn: Hamburg\nBetreff: Umzug\nBitte melden.",
        "Date: 2 March 2026\nOrder: 12\nTo: my neighbour",
        "I need from you:\n- a label\n- a date",
        "On the box it says:\nFragile.",
        "This is my original message:\nthe kettle leaks.",
        "I wrote to help@shop.example on Monday:\nno answer.",
        "On 3 March 2026 the courier said:\nnobody at home. We were.",
        "Time: 10:15\nPlace: Berlin\nSubject: repair",
        "See:\n\n--\nAnna",
        ">From the beginning it leaked.\nPlease help.",
        "5 > 3, and a -> b:\nis that so?",
    ],
)
def test_own_words_that_look_like_a_quotation_are_kept(text):
    assert new_words(text) == text


@pytest.mark.parametrize("subject", ["", "Your order", "Re: Your order"])
def test_nothing_is_new_where_all_is_quoted(subject):
    assert new_words(f"{WRITTEN['English']}\n\n> {OURS}", subject) == ""
    assert new_words(f"{WRITTEN['French, wrapped']}\n\n{OURS}", subject) == ""


@pytest.mark.parametrize(("subject", "left"), [("Re: Order", False), ("AW: Order", False), ("Form", True), ("", True)])
def test_a_form_is_not_taken_for_an_empty_answer(subject, left):
    text = f"From: Anna <anna@x.example>\nDate: 2 March 2026 10:00\nTo: {SHOP}\nSubject: Kettle\n\nIt leaks."
    assert bool(new_words(text, subject)) is left


def test_what_a_form_or_a_forwarded_mail_quotes_itself_is_left_out():
    block = f"From: Anna <anna@x.example>\nDate: 2 March 2026 10:00\nTo: {SHOP}\nSubject: Kettle"
    assert new_words(f"{block}\n\nIt leaks.\n\n{WRITTEN['German']}\n\n{OURS}") == f"{block}\n\nIt leaks."


@pytest.mark.parametrize(
    ("subject", "forwarded"),
    [("Fwd: Order", True), ("WG: Order", True), ("TR : Commande", True), ("转发：订单", True), ("Re: Order", False),
     ("Forward my parcel", False), ("I: am here", True), ("", False)],
)  # fmt: skip
def test_subjects_say_what_is_sent_on(subject, forwarded):
    assert is_forwarded(subject) is forwarded


@pytest.mark.parametrize(
    "line",
    [
        "On Mon, 2 Mar 2026 at 11:00 ",
        "From: a@b.example ",
        "<" * 50,
        "a@" * 100,
        "1 " * 100,
        "- " * 60,
        "\u200f" * 99,
        "> >",
    ],
)
def test_whatever_a_line_holds_the_text_is_read_soon(line):
    began = monotonic()
    new_words((line + "\n") * 5_000)
    new_words(line * 1_000 + ":\n" + line * 1_000)
    assert monotonic() - began < 5


WORDS = st.lists(
    st.sampled_from(["the", "kettle", "leaks", "and", "is", "far", "too", "small"]), min_size=1, max_size=12
).map(" ".join)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(WORDS, min_size=1, max_size=5),
    st.sampled_from(list(WRITTEN.values())),
    st.lists(WORDS, min_size=1, max_size=5),
)
def test_whoever_answers_above_is_heard_to_the_word(own, header, quoted):
    said = "\n".join(own)
    assert new_words(said + "\n\n" + header + "\n" + "\n".join(f"> {line}" for line in quoted)) == said
