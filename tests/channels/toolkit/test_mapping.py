"""What the fields of a row mean: written down by a person, compiled once, applied to every row. No database."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from apps.channels.contract import SourceFacts, StoredEvent, Unintelligible
from apps.channels.toolkit.mapping import mapping
from apps.channels.toolkit.mapping.expressions import NotUnderstood, text, value
from apps.customers.drafts import Handle, ProfileKey

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
SHOP = SourceFacts(1, "shop", "drop", region="DE", timezone="Europe/Berlin")
ORDER = {
    "id": "Order No.",
    "when": "{Day} {Time}",
    "who": {
        "user_id": "Customer",
        "email": ["E-mail", "E-mail (private)"],
        "social": {"instagram": "Handle"},
        "unsure": {"phone": "Phone"},
    },
    "traits": {"first_name": "First", "last_name": "Last", "country": "Country", "since": "Since", "shoe": "Shoe size"},
    "channel": "order",
    "kind": "Order",
    "title": "Order {Order No.} · {Item}",
    "body": "{Count} \u00d7 {Item}\nCoupon {Coupon}",
    "verbatim": "Message",
    "amount": "Total (EUR)",
    "decimal": "comma",
    "currency": "EUR",
    "reference": "Order No.",
    "thread": "order:{Order No.}",
    "touchpoint": "Store {Store}",
    "link": "Link",
}
ROW = {
    "Order No.": "A-1", "Day": "03.04.2026", "Time": "14:05", "Customer": 77, "E-mail": "Anna@Shop.example",
    "E-mail (private)": "a@home.example", "Handle": "@Anna", "Phone": "030 1234567", "First": "Anna", "Last": "B.",
    "Country": "Deutschland", "Since": "01.02.2020", "Shoe size": 43, "Item": "Cups", "Count": 2.0, "Coupon": "",
    "Message": " Soon, please. ", "Total (EUR)": "1.234,50", "Store": "", "Link": "https://x.example/o/1?token=secret",
}  # fmt: skip


def apply(mapped, row=ROW, key="key", source=SHOP):
    return mapping.compile(mapped).apply(row, key, NOON, source)


def minimal(**more):
    return {"who": {"email": "email"}, "channel": "web", "title": "Hello", **more}


def touch(row, **more):
    return apply(minimal(**more), {"email": "a@x.example", **row}).touch


# a whole row
def test_a_row_becomes_what_an_agent_reads():
    told = apply(ORDER).touch
    assert (told.channel, told.kind, told.title, told.direction) == ("order", "order", "Order A-1 · Cups", "inbound")
    assert told.occurred_at == datetime(2026, 4, 3, 12, 5, tzinfo=UTC)
    assert (told.amount, told.currency) == (Decimal("1234.50"), "EUR")
    assert (told.body, told.verbatim) == ("2 \u00d7 Cups", "Soon, please.")
    assert (told.external_id, told.reference, told.thread, told.touchpoint) == ("A-1", "A-1", "order:A-1", "")
    assert told.link == "https://x.example/o/1"
    assert "Coupon" not in told.payload


def test_a_row_says_who_it_was():
    claim = apply(ORDER).claim
    assert claim.key == ProfileKey("shop", "user:77")
    assert set(claim.handles) == {
        Handle("user_id", "77", "shop"), Handle("email", "anna@shop.example"), Handle("email", "a@home.example"),
        Handle("social", "anna", "instagram"),
    }  # fmt: skip
    assert claim.unverified == (Handle("phone", "+49301234567"),)
    assert claim.traits == {"name": "Anna B.", "country": "DE", "since": "2020-02-01", "shoe": "43"}


@pytest.mark.parametrize(
    ("written", "own"), [("17850.0", "17850"), (17850.0, "17850"), (" 42.0 ", "42"), ("1.0", "1.0"), ("A-7.0", "A-7.0")]
)
def test_a_number_that_a_spreadsheet_made_a_fraction_is_the_same_customer(written, own):
    mapped = {"who": {"user_id": "c"}, "channel": "web", "title": "Hello"}
    assert apply(mapped, {"c": written}).claim.key.external_id == f"user:{own}"


def test_without_a_title_a_row_only_tells_who_somebody_is():
    draft = apply({"who": {"email": "email"}, "traits": {"city": "town"}}, {"email": "a@x.example", "town": "Leeds"})
    assert (draft.touch, draft.claim.traits) == (None, {"city": "Leeds"})


# identity
def test_the_same_row_has_the_same_key_whatever_the_order_of_its_columns():
    compiled = mapping.compile(minimal())
    assert compiled.key({"a": 1, "b": 2}) == compiled.key({"b": 2, "a": 1}) != compiled.key({"a": 1, "b": 3})


def test_without_a_version_the_first_telling_of_an_id_stays():
    compiled = mapping.compile(minimal(id="n"))
    assert compiled.key({"n": 7.0, "status": "paid"}) == compiled.key({"n": "7", "status": "sent"}) == "7"


def test_with_a_version_a_change_is_told_once_and_only_if_it_says_something_else():
    mapped = minimal(id="n", version="changed", title="Order {n} · {status}", when="day")
    compiled = mapping.compile(mapped)

    def told(changed, status, day="2026-03-01"):
        row = {"email": "a@x.example", "n": "7", "changed": changed, "status": status, "day": day}
        return compiled.key(row), compiled.apply(row, "k", NOON, SHOP).touch

    (paid_key, paid), (again_key, again), (sent_key, sent) = (
        told("1", "paid"),
        told("2", "paid", "2026-03-02"),
        told("3", "sent"),
    )
    assert len({paid_key, again_key, sent_key}) == 3
    assert paid.external_id == again.external_id != sent.external_id
    assert paid.thread == sent.thread == "row:7"


def test_a_masked_id_is_none():
    compiled = mapping.compile(minimal(id="n"))
    masked = compiled.apply({"email": "a@x.example", "n": "************1111"}, "key-1", NOON, SHOP)
    assert masked.touch.external_id == "key-1"


def test_ids_of_10_kb_stay_apart():
    compiled = mapping.compile(minimal(id="n"))
    keys = {compiled.key({"n": "x" * 10_000 + last}) for last in "12"}
    assert len(keys) == 2
    assert all(len(key) < 200 for key in keys)


# expressions and texts
@pytest.mark.parametrize(
    ("written", "row", "expected"),
    [
        ("name", {"name": 1}, 1),
        ("Amount (EUR)", {"Amount (EUR)": 2}, 2),
        ("E-Mail", {"E-Mail": 3}, 3),
        ("a.b", {"a": {"b": 4}}, 4),
        ("a.b", {"a.b": 5}, 5),
        ("a.b", {"a": [1]}, None),
        ("items[0].sku", {"items": [{"sku": 6}]}, 6),
        ("length(items)", {"items": [1, 2]}, 2),
        ("length(items)", {"items": 7}, None),
        ("items[?n > `1`].n | [0]", {"items": [{"n": 1}, {"n": 2}]}, 2),
        ("a || b", {"a": "", "b": 8}, 8),
        ("'EUR'", {}, "EUR"),
        ("'it\\'s'", {}, "it's"),
        ('"odd name".x', {"odd name": {"x": 9}}, 9),
    ],
)
def test_where_a_value_stands(written, row, expected):
    assert value(written).read(row) == expected


@pytest.mark.parametrize("written", ["foo[", "a ||", "nothing(a) | b", "", "a == 'x"])
def test_an_expression_nobody_understands_is_an_error(written):
    with pytest.raises(NotUnderstood):
        value(written)


@pytest.mark.parametrize(
    ("template", "row", "expected"),
    [
        ("Order {n} · {what}", {"n": 7, "what": "Cups"}, "Order 7 · Cups"),
        ("Order {n} · {what}", {"n": 7}, "Order 7"),
        ("{what}\nby {who}", {"what": "Cups", "who": None}, "Cups"),
        ("{{braces}} {n}", {"n": 1}, "{braces} 1"),
        ("plain", {}, "plain"),
        ("{a.b}", {"a": {"b": ["x", 2, True]}}, "x, 2, yes"),
        ("{n}", {"n": {"an": "object"}}, ""),
    ],
)
def test_how_something_is_said(template, row, expected):
    assert text(template).say(row) == expected


def test_a_thread_without_its_number_is_none():
    assert touch({}, thread="order:{n}").thread == ""


@pytest.mark.parametrize(
    ("row", "wanted"),
    [({"s": "paid"}, True), ({"s": "open"}, False), ({}, False)],
)
def test_a_condition_chooses_rows(row, wanted):
    compiled = mapping.compile(minimal(only="s == 'paid'"))
    assert compiled.wants(row) is wanted


@pytest.mark.parametrize("no", ["", "0", "false", "No", "nein", None, False, 0, []])
def test_what_means_no_is_no(no):
    assert mapping.compile(minimal(only="flag")).wants({"flag": no}) is False
    assert mapping.compile(minimal(only="flag")).wants({"flag": "x"}) is True


@pytest.mark.parametrize(
    ("score", "scale", "expected"),
    [("9", None, "positive"), (7, None, "neutral"), ("3", None, "negative"), (4, 5, "positive"), (2, 5, "negative"),
     (80, 100, "positive"), ("good", None, "")],
)  # fmt: skip
def test_how_an_answer_sounds_by_its_score(score, scale, expected):
    more = {"scale": scale} if scale else {}
    assert touch({"s": score}, score="s", **more).sentiment == expected


def test_a_call_has_an_end_unless_it_ends_before_it_begins():
    row = {"a": "2026-03-02T10:00:00Z", "b": "2026-03-02T10:04:00Z"}
    assert touch(row, when="a", ended="b").ended_at == datetime(2026, 3, 2, 10, 4, tzinfo=UTC)
    assert touch(row, when="b", ended="a").ended_at is None


def test_a_channel_may_stand_in_a_column():
    assert touch({"via": "SMS"}, channel="{via}").channel == "sms"
    with pytest.raises(Unintelligible, match="“pigeon” is none of"):
        touch({"via": "pigeon"}, channel="{via}")


# what is wrong
@pytest.mark.parametrize(
    ("mapped", "problem"),
    [
        ({}, "mapping: it has no keys. Begin with `who:` and `title:`."),
        (["who"], "mapping: it has no keys. Begin with `who:` and `title:`."),
        (minimal(titel="x"), "titel: there is no such key. Write `title`."),
        (minimal(who={"emial": "x"}), "who.emial: there is no such key. Write `email`."),
        (minimal(who={"unsure": {"user_id": "x"}}), "who.unsure.user_id: there is no such key."),
        (minimal(who="mail"), "who: it has no lines of its own. Write one below it, such as `email: mail`."),
        ({"title": "x", "channel": "web"}, "who: it is missing."),
        ({"who": {"email": "e"}, "title": "x"}, "channel: it is missing. Write one of: voice,"),
        (minimal(channel="shop"), "channel: there is no channel “shop”. Write one of: voice,"),
        (minimal(direction="up"), "direction: there is no direction “up”."),
        (minimal(format="dd.mm"), "format: “dd.mm” is none. Write one of: day first, month first, year first, or a"),
        (minimal(decimal=","), "decimal: “,” is none. Write one of: comma, point."),
        (minimal(amount="foo["), "amount: `foo[` is not understood: it makes no sense from character 5 on."),
        (minimal(amount="sum_of(x) | y"), "amount: `sum_of(x) | y` is not understood: there is no function sum_of()."),
        (minimal(title="Hi {name"), "title: `Hi {name` is not understood: a brace has no partner;"),
        (minimal(currency=978), "currency: 978 is no text."),
        (minimal(amount="a", cents="b"), "cents: there is an amount already. Keep one of the two."),
    ],
)
def test_what_is_wrong_is_said_with_what_to_write_instead(mapped, problem):
    with pytest.raises(mapping.BadMapping) as error:
        mapping.compile(mapped)
    assert any(str(one).startswith(problem) for one in error.value.problems), str(error.value)


def test_all_problems_are_said_at_once():
    with pytest.raises(mapping.BadMapping) as error:
        mapping.compile({"titel": "x", "channel": "shop", "amount": "foo["})
    assert [one.key for one in error.value.problems] == ["titel", "amount", "who", "channel"]


def test_a_column_that_is_not_there_is_named_with_the_one_like_it():
    compiled = mapping.compile(minimal(amount="Totl", title="{Name} {length(items)}"))
    assert compiled.missing([{"Total": 1, "email": "x"}, {"Name": 1}]) == {"Totl": "Total", "items": ""}


# hostile rows
HOSTILE = [
    None,
    7,
    "text",
    [],
    [1],
    {"a": {"b": 1}},
    True,
    10**400,
    float("nan"),
    "\x00",
    "\ud800",
    "x" * 100_000,
    -1e308,
]


@pytest.mark.parametrize("junk", HOSTILE, ids=[f"junk {place}" for place in range(len(HOSTILE))])
def test_junk_in_every_column_is_borne(junk):
    compiled = mapping.compile(ORDER)
    row = {**dict.fromkeys(ROW, junk), "Customer": "C1", "Day": "2026-03-01", "Time": ""}
    told = compiled.apply(row, "k", NOON, SHOP).touch
    assert told.title
    assert len(compiled.key(row)) <= 200


@pytest.mark.parametrize("row", [None, 7, "text", []])
def test_what_has_no_fields_is_refused(row):
    with pytest.raises(Unintelligible, match="no fields"):
        apply(minimal(), row)


def test_a_row_about_nobody_is_refused():
    with pytest.raises(Unintelligible, match="names nobody"):
        apply(minimal(), {"email": "guest"})


def test_a_source_without_mapping_says_so():
    with pytest.raises(Unintelligible, match="no mapping yet"):
        mapping.normalise(StoredEvent("k", NOON, {"a": 1}), SHOP)
