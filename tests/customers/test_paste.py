"""What people paste is peeled before it is looked for."""

import time

import pytest

from apps.customers.paste import peeled


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        # numbers of orders and cases
        ("2001", "2001"),
        ('"2001"', "2001"),
        ("#2001", "2001"),
        ("\u201c#2001\u201d,", "2001"),
        ("Order #2001", "2001"),
        ("order no. ORD-000042.", "ORD-000042"),
        ("Bestellnummer: 4711-A", "4711-A"),
        ("\u2116 2001", "2001"),
        ("n\u00b0 2001", "2001"),
        ("ORD\u2013000042", "ORD-000042"),
        ("(ORD-7)", "ORD-7"),
        # ids are what they are
        ("T1234567", "T1234567"),
        ("no17", "no17"),
        ("47x11", "47x11"),
        ("id-44", "id-44"),
        ("nr7", "nr7"),
        ("Orderly7", "Orderly7"),
        ("@AnnaS", "@AnnaS"),
        # telephone numbers
        ("tel:+442079460018", "+442079460018"),
        ("tel:+44-20-7946-0018;ext=12", "+44-20-7946-0018"),
        ("callto://+442079460018", "+442079460018"),
        ("sip:+442079460018@pbx.example", "+442079460018"),
        ("https://wa.me/447700900123?text=Hi", "447700900123"),
        ("tel:%2B442079460018", "+442079460018"),
        ("Tel. 020 7946 0018", "020 7946 0018"),
        ("T\u00e9l. : 01 23 45 67 89", "01 23 45 67 89"),
        ("Mobile: 07700 900123 (private)", "07700 900123"),
        ("Phone no. 020 7946 0018", "020 7946 0018"),
        ("020\u20137946\u20140018", "020-7946-0018"),
        ("020 7946 0018 ext. 12", "020 7946 0018"),
        ("020 7946 0018 x12", "020 7946 0018"),
        ("020 7946 0018, extension 12", "020 7946 0018"),
        ("030 1234567 Durchwahl 12", "030 1234567"),
        ("020 7946 0018 #12", "020 7946 0018"),
        ("+44 (0)20 7946 0018", "+44 20 7946 0018"),
        ("0044 ( 0 ) 20 7946 0018", "0044  20 7946 0018"),
        ("(020) 7946 0018", "(020) 7946 0018"),
        ("\u202a+44\u200b20 7946 0018\u202c", "+4420 7946 0018"),
        ("\u0660\u0662\u0660 7946 0018", "\u0660\u0662\u0660 7946 0018"),
        # addresses
        ("Gwendolyn Ashcroft <g@x.org>", "g@x.org"),
        ('"Ashcroft, Gwendolyn" <g@x.org>', "g@x.org"),
        ("mailto:g@x.org?subject=Your%20order", "g@x.org"),
        ("<g@x.org>;", "g@x.org"),
        ("g@x.org, t@x.org", "g@x.org"),
        ("anna.sch@ex", "anna.sch@ex"),
        # names
        ("Ashcroft, Gwendolyn", "Gwendolyn Ashcroft"),
        ("ASHCROFT , Gwendolyn M.", "Gwendolyn M ASHCROFT"),
        ("'Gwendolyn Ashcroft'", "Gwendolyn Ashcroft"),
        ("Ms Gwendolyn Ashcroft", "Gwendolyn Ashcroft"),
        ("Herr Prof. Dr. Weber", "Weber"),
        ("Frau", "Frau"),
        ("Dr", "Dr"),
        ("O\u2019Connor", "O\u2019Connor"),
        ("Ash\u200bcroft,", "Ashcroft"),
        ("Nkosi-Williams", "Nkosi-Williams"),
        ("", ""),
        ("\u201c\u201d", "\u201c\u201d"),
    ],
)
def test_what_was_meant(text, meant):
    assert peeled(text) == meant
    assert peeled(f"  {text}\n") == meant


@pytest.mark.parametrize("text", [one * 100_000 for one in ("(", "tel:", "ext ", "#", "a@", "Dr ", "no. ", "0(0)")])
def test_whatever_is_pasted_takes_no_time(text):
    began = time.perf_counter()
    peeled(text)
    assert time.perf_counter() - began < 0.1
