"""Who an event is about: every identifier of a cell, a mark for what cannot be read, nobody for placeholders."""

import pytest

from apps.channels.contract import Nameless, SourceFacts
from apps.channels.toolkit.people import claim, emails, handles, names_somebody, own_id, person, phones, seen
from apps.customers.drafts import ProfileKey
from apps.customers.models import IdentifierType
from apps.foundation.text.dates import EPOCH
from apps.foundation.text.unread import Mark, collected

SHOP = SourceFacts(1, "shop", "drop", region="GB")


def values(found):
    return [handle.value for handle in found]


@pytest.mark.parametrize(
    ("cells", "kept", "marks"),
    [
        (["a@x.org; b@x.org"], ["a@x.org", "b@x.org"], []),
        (["a@x.org ::: b@x.org"], ["a@x.org", "b@x.org"], []),
        (["Anna <A@X.org>", "mailto:a@x.org"], ["a@x.org"], []),
        (["a@x.org, bob@"], ["a@x.org"], []),
        (["a@x.org; b@y"], ["a@x.org"], [Mark("email", "b@y")]),
        (["anna(at)x.org"], [], [Mark("email", "anna(at)x.org")]),
        (["a@x@y.org"], [], [Mark("email", "a@x@y.org")]),
        ([["a@x.org", "b@x.org"], None, 7.5], ["a@x.org", "b@x.org"], []),
        (["noreply@x.org", "n/a", "", "guest", "test@x.org; a@x.org"], ["a@x.org"], []),
    ],
)
def test_every_address_of_a_cell_counts_and_what_is_none_leaves_a_mark(cells, kept, marks):
    with collected() as left:
        assert values(emails(*cells)) == kept
    assert left == marks


@pytest.mark.parametrize(
    ("cells", "kept", "marks"),
    [
        (["020 7946 0018 / 07700 900123"], ["+442079460018", "+447700900123"], []),
        (["Tel. 020 7946 0018"], ["+442079460018"], []),
        (["07700900123/07700900456"], ["+447700900123", "+447700900456"], []),
        (["call me"], [], [Mark("phone", "call me")]),
        (["12"], [], [Mark("phone", "12")]),
        (["020 7946 0018 oder 4711"], ["+442079460018"], [Mark("phone", "4711")]),
        (["unknown", "0", "-", None], [], []),
        ([442079460018], ["+442079460018"], []),
    ],
)
def test_every_number_of_a_cell_counts_and_what_is_none_leaves_a_mark(cells, kept, marks):
    with collected() as left:
        assert values(phones(*cells, region="GB")) == kept
    assert left == marks


@pytest.mark.parametrize("raw", ["************1111", ["u1"], {"id": 7}, 1.5])
def test_an_id_that_cannot_be_read_leaves_a_mark(raw):
    with collected() as marks:
        assert own_id(raw) is None
    assert [mark.kind for mark in marks] == ["id"]


@pytest.mark.parametrize("raw", ["guest", "", None, 0, True, "[object Object]", "distinctid"])
def test_a_placeholder_leaves_none(raw):
    with collected() as marks:
        assert own_id(raw) is None
        assert handles(IdentifierType.LOYALTY, [raw]) == ()
    assert marks == []


def test_a_placeholder_joins_nobody_and_whatever_else_is_known_tells_whose_it_is():
    claimed = claim(SHOP, EPOCH, own="guest", sure=emails("a@x.org"))
    assert claimed.key == ProfileKey("shop", "email:a@x.org")
    with pytest.raises(Nameless):
        claim(SHOP, EPOCH, own="not_authenticated", sure=emails("noreply@x.org"), unsure=phones("0", region="GB"))


def test_whether_anybody_is_named_leaves_no_mark():
    with collected() as marks:
        assert not names_somebody(lambda _thing, at, source: claim(source, at, sure=emails("a@y")), {}, SHOP)
    assert marks == []


@pytest.mark.parametrize("blank", ["\u200b", "\u3164", "\u2800 \u2800", "\ufeff", "\u202e"])
def test_a_name_nobody_sees_is_none(blank):
    assert person(name=blank, first="Anna", last=blank, city=blank) == {"name": "Anna"}
    assert seen({"name": blank, "born": 1980, "tier": ""}) == {"born": 1980}


def test_a_name_turns_nothing_after_it():
    assert person(name="Anna \u202eWeber") == {"name": "Anna Weber"}


@pytest.mark.parametrize(
    ("cell", "left"),
    [
        ("ada@example.org; not an address", ["not an address"]),
        ("ada@example.org | 020 7946 0018", ["020 7946 0018"]),
        ("ada@example.org ::: bea@example.org", []),
        ("Berg, Ada <ada@example.org>; Bea <bea@example.org>", []),
        ("ada@example.org; -", []),
        ("ada@example.org;; n/a", []),
    ],
)
def test_a_part_of_a_list_that_is_no_address_leaves_a_mark(cell, left):
    with collected() as marks:
        assert "ada@example.org" in {handle.value for handle in emails(cell)}
    assert [mark.raw for mark in marks] == left
