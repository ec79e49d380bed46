"""Ids that earlier rules masked are found and named."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import call_command

from apps.channels.masked_ids import masked_ids
from apps.channels.models import Envelope
from tests.factories.channels import SourceFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def said():
    out = StringIO()
    call_command("masked_ids", stdout=out)
    return out.getvalue()


def stored(source, key, payload, state=Envelope.State.DONE):
    Envelope.objects.create(source=source, dedupe_key=key, digest="x", payload=payload, state=state, received_at=NOON)


def test_masked_ids_are_named_by_source_and_field():
    shop = SourceFactory(slug="shop")
    stored(shop, "1", {"userId": "************625-418a-aafc-fb864cd4d5c0", "note": "card ************1111"})
    stored(shop, "2", {"userId": "************7625-418a-aafc-fb864cd4d5c0"}, Envelope.State.QUARANTINED)
    stored(shop, "3", {"userId": "u-1", "context": {"device": {"id": "************0001"}}})
    assert said().splitlines()[:2] == [
        "shop: id in 1 events (2026-11-02), such as ************0001",
        "shop: userId in 1 events (2026-11-02, 1 of them in quarantine), such as "
        "************7625-418a-aafc-fb864cd4d5c0",
    ]


def test_what_a_mapping_declares_is_looked_at():
    files = SourceFactory(slug="files", kind="drop", settings={"mapping": {"who": {"user_id": "Ref"}}})
    stored(files, "1", {"Ref": "************1111", "Kommentar": "************1111"})
    assert said().startswith("files: Ref in 1 events")


def test_a_masked_card_number_is_no_masked_id():
    stored(
        SourceFactory(), "1", {"note": "************1111", "card_id": "************1111", "id": "x ************1111"}
    )
    assert said() == "No id was masked.\n"


def test_what_nests_beyond_sense_ends():
    nested: dict = {"id": "************1111"}
    for _ in range(50):
        nested = {"a": nested}
    assert list(masked_ids(nested)) == []
