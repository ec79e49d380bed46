"""What a mapping declares to be an id is no card number."""

import orjson
import pytest

from apps.channels.contract import RawEvent
from apps.channels.ingest.envelope import prepare
from apps.channels.toolkit.mapping import mapping
from tests.channels.toolkit.test_mapping import minimal


def test_what_is_declared_an_id_is_never_masked_as_a_card_number():
    who = {"user_id": "holder.ref", "loyalty": "Kundenkarte", "email": "Mail"}
    compiled = mapping.compile(minimal(id="n", reference="order no", who=who))
    row = {
        "n": "4111111111111111",
        "order no": 4111111111111111,
        "holder": {"ref": "6011111111111117"},
        "Kundenkarte": "5555-5555-5555-4444",
        "Mail": "a@x.example",
        "comment": "4111111111111111",
    }
    assert compiled.key(row) == "4111111111111111"
    assert compiled.ids == {"n", "order no", "ref", "Kundenkarte"}
    stored = orjson.loads(prepare(RawEvent("1", row, ids=compiled.ids)).payload)
    assert stored == {**row, "comment": "************1111"}


@pytest.mark.parametrize("name", ["card_number", "CreditCardNo", "PAN", "cc"])
def test_a_card_number_is_no_id_whoever_says_so(name):
    compiled = mapping.compile(minimal(id=name))
    assert compiled.ids == frozenset()
    assert compiled.key({name: "4111111111111111"}).startswith("row:")
