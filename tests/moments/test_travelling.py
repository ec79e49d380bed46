"""What of a moment leaves the service side, word by word."""

import pytest

from apps.moments.travelling import short_name, unspoken

NAMES = [
    ("Thandiwe Nkosi-Williams", "Mrs Nkosi rang, Ms Williams too", "Mrs *** rang, Ms *** too"),
    ("Anna Ng", "Ms Ng's kettle, not the thing", "Ms ***'s kettle, not the thing"),
    ("Maria von der Heide", "Die Frau Heide von der Post", "Die Frau *** von der Post"),
    ("Anna Weber", "Anna says: Webers Mühle, weber", "Anna says: *** Mühle, ***"),
]


@pytest.mark.parametrize(("name", "said", "leaves"), NAMES)
def test_no_part_of_a_surname_travels_and_every_other_word_does(name, said, leaves):
    assert unspoken(said, name) == leaves


@pytest.mark.parametrize(
    ("name", "who"),
    [("Anna Weber", "Anna W."), ("Cher", "Cher"), ("", ""), ("anna@weber.example", "***"), ("+44 20 7946 0018", "***")],
)
def test_an_address_in_place_of_a_name_stays(name, who):
    assert short_name(name) == who
