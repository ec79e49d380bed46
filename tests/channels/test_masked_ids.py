"""Ids that earlier rules masked are found and named."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from apps.channels.masked_ids import masked_ids
from apps.channels.models import Envelope, MaskedIdScan, MaskedIdTally, Source
from apps.channels.tasks import look_for_masked_ids
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


# counted by a job, for the page
def counted():
    return list(MaskedIdTally.objects.order_by("source__slug", "name").values_list("source__slug", "name", "events"))


def test_the_job_counts_them_by_source_and_field_and_goes_on_where_it_ended():
    shop = SourceFactory(slug="shop")
    stored(shop, "1", {"userId": "************625-418a-aafc-fb864cd4d5c0", "note": "card ************1111"})
    stored(shop, "2", {"userId": "************7625-418a-aafc-fb864cd4d5c0"})
    assert look_for_masked_ids()
    assert counted() == [("shop", "userId", 1)]
    assert look_for_masked_ids()
    assert counted() == [("shop", "userId", 1)]
    stored(shop, "3", {"userId": "************9625-418a-aafc-fb864cd4d5c0"})
    look_for_masked_ids()
    tally = MaskedIdTally.objects.get()
    assert (tally.events, tally.latest, tally.first_at) == (2, Envelope.objects.latest("pk").pk, NOON)


def test_the_job_works_in_pieces_and_leaves_the_rest_to_another_run(monkeypatch):
    monkeypatch.setattr("apps.channels.masked_ids.PIECE", 2)
    shop = SourceFactory(slug="shop")
    for number in range(5):
        stored(shop, f"{number}", {"userId": "************7625"})
    monkeypatch.setattr("apps.channels.tasks.TIME_BOX", -1.0)
    again = []
    monkeypatch.setattr("apps.channels.tasks.look_for_masked_ids.delay", lambda: again.append(1))
    assert not look_for_masked_ids()
    assert (counted(), again) == ([("shop", "userId", 2)], [1])
    look_for_masked_ids()
    assert look_for_masked_ids()
    assert counted() == [("shop", "userId", 5)]


def test_the_job_looks_again_at_all_once_a_mapping_declares_other_ids():
    files = SourceFactory(slug="files", kind="drop")
    stored(files, "1", {"Ref": "************1111"})
    look_for_masked_ids()
    assert counted() == []
    Source.objects.update(settings={"mapping": {"who": {"user_id": "Ref"}}})
    look_for_masked_ids()
    assert counted() == [("files", "Ref", 1)]
    Source.objects.update(settings={})
    look_for_masked_ids()
    assert counted() == []


def test_what_has_just_arrived_is_left_for_the_next_run():
    shop = SourceFactory(slug="shop")
    stored(shop, "1", {"userId": "************7625"})
    Envelope.objects.update(received_at=timezone.now())
    look_for_masked_ids()
    assert (counted(), MaskedIdScan.objects.get().seen) == ([], 0)


def test_what_nests_beyond_sense_ends():
    nested: dict = {"id": "************1111"}
    for _ in range(50):
        nested = {"a": nested}
    assert list(masked_ids(nested)) == []
