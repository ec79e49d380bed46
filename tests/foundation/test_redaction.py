"""What of a text would tell whose it is, word by word."""

import pytest

from apps.foundation.redaction import hinted, redacted, short_name, without_surname

NAMES = [
    ("Thandiwe Nkosi-Williams", "Mrs Nkosi rang, Ms Williams too", "Mrs *** rang, Ms *** too"),
    ("Anna Ng", "Ms Ng's kettle, not the thing", "Ms ***'s kettle, not the thing"),
    ("Maria von der Heide", "Die Frau Heide von der Post", "Die Frau *** von der Post"),
    ("Anna Weber", "Anna says: Webers Mühle, weber", "Anna says: *** Mühle, ***"),
]


@pytest.mark.parametrize(("name", "said", "leaves"), NAMES)
def test_no_part_of_a_surname_is_left_and_every_other_word_is(name, said, leaves):
    assert without_surname(said, name) == leaves


@pytest.mark.parametrize(
    ("name", "who"),
    [("Anna Weber", "Anna W."), ("Cher", "Cher"), ("", ""), ("anna@weber.example", "***"), ("+44 20 7946 0018", "***")],
)
def test_an_address_in_place_of_a_name_is_taken_out(name, who):
    assert short_name(name) == who


def test_numbers_addresses_handles_and_secrets_are_taken_out_together():
    said = "@anna of Mill Lane, 0171 2345678, anna@weber.example, has order 42"
    assert redacted(said, ["Mill Lane"]) == "*** of ***, ***, ***, has order 42"


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("email", "a@b.c", "a•••@b•••.c"),
        ("email", "x@mail.shop.example", "x•••@m•••.example"),
        ("phone", "+4420", "•••• 20"),
    ],
)
def test_a_hint_is_enough_to_know_ones_own_by(kind, value, shown):
    assert hinted(kind, value) == shown
