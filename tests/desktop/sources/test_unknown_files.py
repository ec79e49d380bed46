"""A file that no mapping knows is named on its source's page, and its proposed mapping is one click away."""

import pytest
from django.urls import reverse

from apps.accounts.models import AuditEntry
from apps.channels.actions import create_source, issue_key
from apps.channels.ingest.process import process_due
from apps.channels.models import Envelope, Source, SyncState
from apps.channels.sync.run import sync
from apps.desktop.sources.unknown_files import beginning, waiting_files
from apps.interactions.models import Interaction
from tests.desktop.conftest import signed_in
from tests.desktop.html import html, inline, queries
from tests.factories.accounts import SupervisorFactory
from tests.factories.channels import SourceFactory

pytestmark = pytest.mark.django_db
ORDERS = {"who": {"email": "mail"}, "when": "day", "channel": "order", "title": "Order {order}", "id": "order"}
INVOICES = (
    "Invoice No,Customer No,Invoice Date,Total\n7,D1,2026-03-01,5.00\n8,D2,2026-03-02,6.00\n9,D3,2026-03-13,7.00\n"
)


@pytest.fixture
def desk():
    return signed_in(SupervisorFactory(username="supervisor"))


@pytest.fixture
def folder(tmp_path, settings):
    settings.DROP_ROOTS = [tmp_path]
    (tmp_path / "shop").mkdir()
    return tmp_path / "shop"


@pytest.fixture
def shop(folder):
    return create_source(
        actor=None, slug="shop", name="Shop", kind="drop", folder=str(folder), quiet=0, mapping=ORDERS
    )  # fmt: skip


def look():
    for _round in range(2):
        for stream in SyncState.objects.order_by("stream"):
            sync(stream.pk)
    while process_due() != (0, 0):
        pass


def written(response):
    page = html(response)
    return page[page.index('class="yaml"') : page.index("</textarea>", page.index('class="yaml"'))]


def test_the_page_says_which_files_wait_and_leads_to_their_proposed_mapping(desk, shop, folder):
    (folder / "invoices-2026-03.csv").write_text(INVOICES)
    (folder / "invoices-2026-04.csv").write_text(INVOICES)
    look()
    response = desk.get(reverse("source", args=["shop"]))
    page = html(response)
    assert "“invoices-2026-04.csv” has columns no mapping knows" in page
    assert 'badge warn">2<' in page
    assert "?file=invoices-%23.csv" in page
    assert '<code dir="ltr">Invoice Date</code>' in page
    assert inline(response) == []
    assert "Needs a mapping" in html(desk.get(reverse("sources")))


def test_one_click_further_stands_the_proposal_and_saving_it_reads_the_file(desk, shop, folder):
    (folder / "invoices.csv").write_text(INVOICES)
    look()
    response = desk.get(reverse("mapping", args=["shop"]), {"file": "invoices.csv"})
    page = html(response)
    assert ("not saved yet" in page, "user_id: Customer No" in written(response)) == (True, True)
    assert AuditEntry.objects.filter(action="source.sample").exists()
    text = desk.get(reverse("mapping", args=["shop"]), {"file": "invoices.csv"}).context["text"]
    saved = desk.post(reverse("mapping", args=["shop"]), {"text": text, "pattern": "invoices.csv", "carried": "[]"})
    assert "1 file that waited is being read" in html(saved)
    assert 'hx-swap-oob="true"' in html(saved)
    look()
    assert Interaction.objects.count() == 3
    assert waiting_files(shop) == []
    assert Source.objects.get().settings["mapping"] == ORDERS


def test_the_first_file_of_a_source_is_proposed_too_and_becomes_the_mapping_for_all(desk, folder):
    create_source(actor=None, slug="shop", name="Shop", kind="drop", folder=str(folder), quiet=0)
    (folder / "invoices.csv").write_text(INVOICES)
    look()
    page = html(desk.get(reverse("source", args=["shop"])))
    assert ("has columns no mapping knows" in page, 'id="make-mapping"' in page) == (True, False)
    text = desk.get(reverse("mapping", args=["shop"]), {"file": "invoices.csv"}).context["text"]
    desk.post(reverse("mapping", args=["shop"]), {"text": text, "pattern": "invoices.csv", "carried": "[]"})
    look()
    settings = Source.objects.get().settings
    assert (Interaction.objects.count(), "mapping" in settings, settings["mapping_file"]["name"]) == (
        3,
        True,
        "invoices.csv",
    )
    desk.post(
        reverse("mapping", args=["shop"]), {"text": text + "\n# mine", "pattern": "invoices.csv", "carried": "[]"}
    )
    assert "mappings" not in Source.objects.get().settings
    assert "# mine" in written(desk.get(reverse("mapping", args=["shop"]), {"file": "invoices.csv"}))


def test_a_posted_file_is_proposed_as_well(desk, shop, client):
    key = issue_key(actor=None, source=shop)
    client.post("/in/shop/invoices.csv", INVOICES, content_type="text/csv", headers={"Authorization": f"Bearer {key}"})
    assert "“invoices.csv” has columns no mapping knows" in html(desk.get(reverse("source", args=["shop"])))
    response = desk.get(reverse("mapping", args=["shop"]), {"file": "invoices.csv"})
    desk.post(
        reverse("mapping", args=["shop"]),
        {"text": response.context["text"], "pattern": "invoices.csv", "carried": "[]"},
    )
    look()
    assert (Interaction.objects.count(), waiting_files(shop)) == (3, [])


def test_card_numbers_are_masked_in_what_is_shown_of_it(desk, shop, folder):
    (folder / "notes.csv").write_text("who,note\nada,4111 1111 1111 1111\n")
    look()
    assert beginning(shop, waiting_files(shop)[0]) == [{"who": "ada", "note": "************1111"}]


def test_a_file_that_cannot_be_opened_now_leaves_the_page_as_it_is(desk, shop, folder):
    (folder / "invoices.csv").write_text(INVOICES)
    look()
    (folder / "invoices.csv").unlink()
    response = desk.get(reverse("mapping", args=["shop"]), {"file": "invoices.csv"})
    assert (response.status_code, "An example is needed" in html(response)) == (200, True)


def test_of_other_sources_nothing_waits(desk):
    assert waiting_files(SourceFactory(kind="webhook")) == []
    assert "waiting-title" not in html(desk.get(reverse("source", args=[Source.objects.get().slug])))


def test_many_files_that_wait_cost_what_one_costs(desk, shop, folder):
    (folder / "invoices.csv").write_text(INVOICES)
    look()
    queries(desk, reverse("source", args=["shop"]))
    first = queries(desk, reverse("source", args=["shop"]))
    for name in "abcdefgh":
        (folder / f"{name}.csv").write_text(INVOICES.replace("Total", f"Total {name}"))
    look()
    assert len(waiting_files(shop)) == 9
    assert queries(desk, reverse("source", args=["shop"])) == first
    assert not Envelope.objects.exists()
