"""Other systems see moments as their person would at the desk, and do the same about them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import ApiToken, AuditEntry
from apps.moments import actions
from apps.moments.models import Moment, WebhookMessage
from tests.api.calling import System
from tests.factories.accounts import ApiTokenFactory, MarketerFactory, TeamFactory, UserFactory
from tests.factories.customers import ConsentFactory, SourceProfileFactory
from tests.factories.interactions import InteractionFactory
from tests.factories.moments import MomentFactory, a_moment
from tests.factories.webhooks import WebhookEndpointFactory

pytestmark = pytest.mark.django_db
BODY = {"kind": "praise", "words": "Best coffee in town", "suggestion": "Thank them"}


@pytest.fixture
def agent():
    return UserFactory(first_name="Mina", last_name="Okoye", team=TeamFactory(name="Care"))


@pytest.fixture
def sofia():
    return MarketerFactory(first_name="Sofia", team=TeamFactory(name="Marketing", kind="department"))


@pytest.fixture
def customer():
    return ConsentFactory(profile__customer__name="Anna Weber").profile.customer


@pytest.fixture
def portal(client, agent):
    """A system that acts as the agent."""
    return System(client, ApiTokenFactory(name="Portal", secret="open sesame", acts_as=agent))


@pytest.fixture
def crm(client, sofia):
    """A system that acts as the marketer."""
    return System(client, ApiTokenFactory(name="CRM", secret="of the crm", acts_as=sofia), "of the crm")


def post(system, path, key=None, **body):
    headers = system.headers() | ({"Idempotency-Key": key} if key else {})
    return system.client.post(f"/api/v1/moments{path}", body, content_type="application/json", headers=headers)


def code(response):
    return response.status_code, response.json()["code"]


# to see
def test_the_newest_come_first_a_page_at_a_time(portal, agent):
    made = MomentFactory.create_batch(5, owner_user=agent)
    first = portal.get("moments", limit=3).json()
    second = portal.get("moments", limit=3, before=first["older"]).json()
    shown = [one["id"] for one in first["moments"] + second["moments"]]
    assert shown == [str(one.public_id) for one in reversed(made)]
    assert (len(first["moments"]), second["older"]) == (3, None)


def test_they_are_filtered(portal, agent, sofia, customer):
    mine = a_moment(agent, customer)
    offered = a_moment(agent, customer, kind="cart", to=sofia.team)
    other = MomentFactory()

    def shown(**params):
        return {one["id"] for one in portal.get("moments", **params).json()["moments"]}

    assert shown() == {str(one.public_id) for one in (mine, offered, other)}
    assert shown(state="offered") == shown(kind="cart") == {str(offered.public_id)}
    assert shown(at="mine") == shown(at="queue") == {str(mine.public_id)}


def test_a_moment_is_told_whole_to_those_who_talk_to_customers(portal, agent, sofia, customer):
    made = a_moment(agent, customer, value="120", currency="EUR", tags=("dispute",), suggestion="Call her")
    told = portal.get(f"moments/{made.public_id}").json()
    assert (told["who"], told["words"], told["customer"]) == (
        "Anna Weber", "Best coffee in town", str(customer.public_id)
    )  # fmt: skip
    assert (told["value"], told["tags"], told["suggestion"]) == ("120.00 EUR", ["dispute"], "Call her")
    assert told["owner"] == {"person": "Mina Okoye", "team": "Care"}
    assert [(one["act"], one["by"], one["version"]) for one in told["steps"]] == [("mark", "Mina Okoye", 1)]
    entry = AuditEntry.objects.order_by("-pk").first()
    assert (entry.action, entry.subject, entry.actor_label) == ("moment.read", customer.public_id, "API Portal")


def test_a_marketers_token_is_told_the_copy_and_nothing_else(crm, agent, sofia, customer):
    made = a_moment(agent, customer, reason="Weber cried, 0171 2345678", tags=("dispute",), kind="leaving")
    assert crm.get(f"moments/{made.public_id}").status_code == 404
    Moment.objects.update(tags=[])
    made.refresh_from_db()
    actions.offer(actor=agent, moment=made, team=sofia.team, note="Her husband left")
    response = crm.get(f"moments/{made.public_id}")
    told = response.json()
    assert (told["who"], told["words"], told["customer"], told["tags"]) == ("Anna W.", "", None, [])
    assert (told["happened_at"], told["week"]) == (None, made.disclosed["week"])
    assert (told["offered_to"], told["owner"]["team"]) == ({"person": "", "team": "Marketing"}, "Care")
    assert [(one["act"], one["note"]) for one in told["steps"]] == [("offer", "")]
    listed = crm.get("moments").content + response.content
    assert [word for word in (b"Weber", b"cried", b"0171", b"husband") if word in listed] == []
    actions.accept(actor=sofia, moment=made)
    assert crm.get(f"moments/{made.public_id}").json()["customer"] == str(customer.public_id)


def test_the_list_costs_the_same_with_many(portal, agent, sofia):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            assert portal.get("moments").status_code == 200
        return len(captured)

    MomentFactory()
    one = cost()
    MomentFactory.create_batch(12)
    assert cost() == one


@pytest.mark.parametrize(
    "params",
    [{"limit": 101}, {"state": "asleep"}, {"at": "theirs"}, {"before": "yesterday"}, {"before": "2026-01-01/1"}],
)
def test_what_makes_no_sense_is_refused(portal, params):
    assert code(portal.get("moments", **params)) == (422, "invalid")


# to mark
def test_a_moment_is_marked_once_however_often_it_is_sent(portal, agent, customer):
    entry = InteractionFactory(profile=customer.profiles.first())
    body = {**BODY, "customer": str(customer.public_id), "interactions": [entry.pk]}
    first = post(portal, "", "k1", **body)
    again = post(portal, "", "k1", **body)
    other = post(portal, "", "k1", **{**body, "words": "Worst coffee in town"})
    assert (first.status_code, again.status_code, code(other)) == (201, 200, (409, "idempotency_conflict"))
    assert first.json() == again.json()
    made = Moment.objects.get()
    assert (str(made.public_id), made.owner_user, made.reason) == (first.json()["id"], agent, BODY["words"])
    assert list(made.origins.all()) == [entry]
    assert post(portal, "", "k2", **body).status_code == 201
    assert AuditEntry.objects.filter(action="moment.act", actor_label="API Portal", detail__act="mark").count() == 3


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "nonsense"}, "kind"),
        ({"words": "", "suggestion": ""}, ""),
        ({"value": "12"}, ""),
        ({"due": "2026-12-01T10:00:00"}, "due"),
        ({"owner": "me"}, "owner"),
    ],
)
def test_what_cannot_be_marked_is_said(portal, customer, wrong, field):
    response = post(portal, "", "k1", **{**BODY, "customer": str(customer.public_id), **wrong})
    assert code(response) == (422, "invalid")
    assert not field or field in response.json()["fields"]
    assert Moment.objects.count() == 0


def test_marking_needs_a_key_a_customer_and_the_right(portal, crm, customer):
    body = {**BODY, "customer": str(customer.public_id)}
    assert code(post(portal, "", **body)) == (422, "invalid")
    assert code(post(portal, "", "k1", **{**body, "customer": "00000000-0000-4000-8000-000000000000"})) == (
        404, "not_found"
    )  # fmt: skip
    assert code(post(crm, "", "k1", **body)) == (403, "forbidden")


# to do
def test_from_hand_to_hand(portal, crm, agent, sofia, customer):
    made = a_moment(agent, customer)
    where = f"/{made.public_id}"
    told = post(portal, f"{where}/offer", team="Marketing", note="She loves it", version=1).json()
    assert (told["state"], told["version"], told["offered_to"]["team"]) == ("offered", 2, "Marketing")
    told = post(crm, f"{where}/accept", version=2).json()
    assert (told["state"], told["owner"]["team"]) == ("open", "Marketing")
    until = (timezone.now() + timedelta(days=1)).isoformat()
    assert post(crm, f"{where}/snooze", until=until).json()["snoozed_until"] is not None
    told = post(crm, f"{where}/finish", outcome="thanked", line="A card is on its way", channel="email").json()
    assert (told["state"], told["outcome"], told["line"]) == ("done", "thanked", "A card is on its way")
    assert list(made.steps.order_by("version").values_list("act", flat=True)) == [
        "mark", "offer", "accept", "snooze", "done"
    ]  # fmt: skip
    acted = AuditEntry.objects.filter(action="moment.act").values_list("actor_label", "detail__act")
    assert list(acted) == [
        ("API Portal", "offer"), ("API CRM", "accept"), ("API CRM", "snooze"), ("API CRM", "finish")
    ]  # fmt: skip


def test_declined_and_given_back_for_a_reason(portal, crm, agent, sofia, customer):
    made = a_moment(agent, customer, to=sofia.team)
    where = f"/{made.public_id}"
    assert code(post(crm, f"{where}/decline", reason=" ")) == (422, "invalid")
    assert post(crm, f"{where}/decline", reason="Not ours").json()["owner"]["person"] == "Mina Okoye"
    post(portal, f"{where}/offer", person=sofia.username)
    post(crm, f"{where}/accept")
    told = post(crm, f"{where}/return", reason="A mistake").json()
    assert (told["owner"]["person"], told["state"]) == ("Mina Okoye", "open")


def test_whoever_comes_second_is_told_who_has_it(portal, crm, agent, sofia, customer):
    made = a_moment(agent, customer, to=sofia.team)
    ben = MarketerFactory(first_name="Ben", last_name="Ito", team=sofia.team)
    actions.accept(actor=ben, moment=made)
    response = post(crm, f"/{made.public_id}/accept")
    assert code(response) == (409, "taken")
    assert (response.json()["message"], response.json()["fields"]) == (
        "Taken by Ben Ito.", {"version": "3", "state": "open"}
    )  # fmt: skip


def test_what_has_changed_since_it_was_seen_is_not_acted_on(portal, agent, customer):
    made = a_moment(agent, customer)
    actions.snooze(actor=agent, moment=made, until=timezone.now() + timedelta(days=1))
    response = post(portal, f"/{made.public_id}/finish", outcome="thanked", version=1)
    assert code(response) == (409, "taken")
    made.refresh_from_db()
    assert made.state == "open"


def test_what_the_customer_forbids_is_refused_with_its_reasons(portal, agent, sofia, customer):
    made = a_moment(agent, customer)
    ConsentFactory(profile=made.profile, status="withdrawn")
    response = post(portal, f"/{made.public_id}/offer", team="Marketing")
    assert code(response) == (403, "not_permitted")
    assert response.json()["fields"] == {"reasons": "withdrawn"}


def test_what_stays_inside_is_refused_with_what_it_touches(portal, agent, sofia, customer):
    made = a_moment(agent, customer, tags=("health",))
    response = post(portal, f"/{made.public_id}/offer", team="Marketing")
    assert (code(response), response.json()["fields"]) == ((403, "stays_inside"), {"tags": "health"})


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("offer", {"team": "Nobody"}, 422),
        ("offer", {}, 422),
        ("offer", {"team": "Care", "person": "sofia"}, 422),
        ("finish", {"outcome": "fine"}, 422),
        ("snooze", {"until": "2020-01-01T00:00:00Z"}, 422),
        ("return", {"reason": "Why not"}, 422),
        ("decline", {"reason": "Why not"}, 403),
        ("accept", {}, 409),
        ("dance", {}, 404),
    ],
)
def test_what_cannot_be_done_is_said(portal, agent, customer, path, body, status):
    made = a_moment(agent, customer)
    assert post(portal, f"/{made.public_id}/{path}", **body).status_code == status


def test_others_moments_are_not_acted_on(portal):
    made = MomentFactory(owner_user=UserFactory(team=TeamFactory()))
    assert code(post(portal, f"/{made.public_id}/finish", outcome="thanked")) == (403, "forbidden")


def test_a_token_for_reading_does_nothing_and_one_for_acting_reads_nothing(client, agent, customer):
    made = a_moment(agent, customer)
    reads = System(client, ApiTokenFactory(secret="r", scopes=[ApiToken.Scope.READ], acts_as=agent), "r")
    acts = System(client, ApiTokenFactory(secret="a", scopes=[ApiToken.Scope.MOMENTS], acts_as=agent), "a")
    assert code(post(reads, f"/{made.public_id}/finish", outcome="thanked")) == (403, "forbidden")
    assert code(acts.get("moments")) == (403, "forbidden")
    assert post(acts, f"/{made.public_id}/finish", outcome="thanked").status_code == 200
    assert client.get("/api/v1/moments").status_code == 401


def test_what_is_done_through_the_api_is_told_on(
    portal, agent, sofia, customer, monkeypatch, django_capture_on_commit_callbacks
):
    """The ring comes after the commit, as a click's does."""
    rung = []
    monkeypatch.setattr("apps.moments.tasks.send_webhooks.apply_async", lambda **options: rung.append(options))
    WebhookEndpointFactory()
    made = a_moment(agent, customer)
    with django_capture_on_commit_callbacks(execute=True):
        post(portal, f"/{made.public_id}/offer", team="Marketing")
    assert list(WebhookMessage.objects.values_list("event", flat=True)) == ["moment.offered"]
    assert len(rung) == 1


def test_the_reference_tells_of_every_operation(client):
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    acts = {"accept", "decline", "offer", "return", "snooze", "finish"}
    assert {path.rsplit("/", 1)[-1] for path in paths if "/moments/" in path} == {"{public_id}", *acts}
    for path, operations in paths.items():
        if "/moments" in path:
            for operation in operations.values():
                assert operation["summary"]
                assert operation["description"]
    assert "/api/v1/customers/{public_id}/may-contact" in paths


def test_a_moment_of_somebody_whom_nobody_named_is_marked_too(portal):
    profile = SourceProfileFactory(customer__name="")
    response = post(portal, "", "k1", **BODY, customer=str(profile.customer.public_id))
    assert response.status_code == 201
