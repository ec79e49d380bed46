import uuid
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import AuditEntry
from apps.customers.models import Identifier
from apps.foundation.db.keyset import Cursor
from tests.api.calling import System
from tests.factories.accounts import ApiTokenFactory, MarketerFactory, SupervisorFactory, TeamFactory
from tests.factories.customers import (
    AttributeDefinitionFactory,
    ConsentFactory,
    CustomerFactory,
    EvidenceFactory,
    IdentifierFactory,
    SourceProfileFactory,
)
from tests.factories.interactions import DAWN, DispositionFactory, InteractionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna():
    customer = CustomerFactory(name="Anna", tier="gold", city="Lyon", country="FR", since=date(2019, 4, 1))
    profile = SourceProfileFactory(
        customer=customer, source="shop", external_id="u1", traits={"vip": True}, first_seen=DAWN, last_seen=DAWN
    )
    for kind, value in (("phone", "+33612345678"), ("email", "anna@example.org")):
        EvidenceFactory(profile=profile, identifier=IdentifierFactory(type=kind, value=value), last_seen=DAWN)
    return customer


def queries(call):
    with CaptureQueriesContext(connection) as captured:
        assert call().status_code == 200
    return len(captured)


def audited():
    return list(AuditEntry.objects.order_by("id").values_list("action", "subject", "actor_label", "purpose"))


# look-up


@pytest.mark.parametrize(
    ("asked", "by", "exact"),
    [
        ({"phone": "06 12 34 56 78"}, "phone", True),
        ({"phone": "06 12 34"}, "phone", False),
        ({"email": "Anna@Example.org"}, "email", True),
        ({"q": "ann"}, "name", False),
        ({"q": "+33612345678"}, "phone", True),
        ({"phone": "020 7946 0000", "q": "ann"}, "name", False),
    ],
)
def test_a_customer_is_looked_up(client, anna, asked, by, exact):
    ApiTokenFactory(secret="open sesame", acts_as__team=TeamFactory(region="FR"))
    InteractionFactory(profile=anna.profiles.get(), order=True, occurred_at=DAWN)

    answer = System(client, None).get("customers/lookup", **asked).json()

    (found,) = answer["customers"]
    assert (found["by"], found["exact"]) == (by, exact)
    told = {name: found[name] for name in ("id", "name", "tier", "city", "phone", "email", "last_at", "last_channel")}
    assert told == {
        "id": str(anna.public_id), "name": "Anna", "tier": "gold", "city": "Lyon", "phone": "+33 6 12 34 56 78",
        "email": "anna@example.org", "last_at": "2026-01-05T09:00:00Z", "last_channel": "order",
    }  # fmt: skip


def test_nobody_found_is_an_empty_list(system):
    response = system.get("customers/lookup", q="nobody")

    assert (response.status_code, response.json()) == (200, {"customers": []})


@pytest.mark.parametrize(
    ("asked", "field"),
    [({}, "q"), ({"q": "  "}, "q"), ({"q": "x", "limit": 21}, "limit"), ({"q": "x", "limit": "y"}, "limit")],
)
def test_a_lookup_for_nothing_is_told_so(system, asked, field):
    response = system.get("customers/lookup", **asked)

    assert response.status_code == 422
    assert (response.json()["code"], list(response.json()["fields"])) == ("invalid", [field])


def test_a_lookup_is_audited_with_whom_it_showed_and_costs_the_same_for_many(system, anna):
    one = queries(lambda: system.get("customers/lookup", q="anna"))

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.actor_label, entry.action, entry.purpose, entry.address) == (
        system.token.acts_as, "API Voice Portal", "customer.lookup", "api", "127.0.0.1",
    )  # fmt: skip
    assert entry.detail == {"shown": [str(anna.public_id)]}
    for _ in range(6):
        EvidenceFactory(profile__customer=CustomerFactory(name="Anna"))
    assert queries(lambda: system.get("customers/lookup", q="anna")) == one


# one customer


def test_a_customer_is_told_with_identifiers_and_consents(system, anna):
    crm = SourceProfileFactory(customer=anna, source="crm", external_id="c1", first_seen=DAWN, last_seen=DAWN)
    phone = Identifier.objects.get(type="phone")
    EvidenceFactory(profile=crm, identifier=phone, verified=False, last_seen=DAWN + timedelta(days=1))
    EvidenceFactory(profile=crm, identifier__status="blocked")
    ConsentFactory(profile=crm, channel="email", status="granted", at=DAWN)
    ConsentFactory(profile=anna.profiles.first(), channel="email", status="withdrawn", at=DAWN + timedelta(days=1))
    ConsentFactory(profile=crm, channel="sms", status="denied", at=DAWN, origin="call")

    answer = system.get(f"customers/{anna.public_id}").json()

    assert answer == {
        "id": str(anna.public_id), "name": "Anna", "tier": "gold", "city": "Lyon", "country": "FR", "language": "",
        "timezone": "", "since": "2019-04-01",
        "profiles": [
            {"source": "shop", "external_id": "u1", "traits": {"vip": True},
             "first_seen": "2026-01-05T09:00:00Z", "last_seen": "2026-01-05T09:00:00Z"},
            {"source": "crm", "external_id": "c1", "traits": {},
             "first_seen": "2026-01-05T09:00:00Z", "last_seen": "2026-01-05T09:00:00Z"},
        ],
        "identifiers": [
            {"type": "email", "value": "anna@example.org", "scope": "", "verified": True, "shared": False,
             "sources": ["shop"], "last_seen": "2026-01-05T09:00:00Z"},
            {"type": "phone", "value": "+33612345678", "scope": "", "verified": True, "shared": False,
             "sources": ["crm", "shop"], "last_seen": "2026-01-06T09:00:00Z"},
        ],
        "consents": [
            {"channel": "email", "purpose": "marketing", "status": "withdrawn", "at": "2026-01-06T09:00:00Z",
             "origin": "web form"},
            {"channel": "sms", "purpose": "marketing", "status": "denied", "at": "2026-01-05T09:00:00Z",
             "origin": "call"},
        ],
    }  # fmt: skip
    assert audited() == [("customer.read", anna.public_id, "API Voice Portal", "api")]


def test_a_token_is_not_told_the_attributes_that_its_person_does_not_see(client, anna):
    AttributeDefinitionFactory(key="vip", visible_to=["supervisor"])
    AttributeDefinitionFactory(key="street", visible_to=["owner"])
    anna.profiles.update(traits={"vip": True, "address": {"street": "3 Mill Lane"}})
    told = {}
    for make in (MarketerFactory, SupervisorFactory):
        ApiTokenFactory(secret=make.__name__, acts_as=make())
        answer = System(client, None, make.__name__).get(f"customers/{anna.public_id}").json()
        told[make] = [profile["traits"] for profile in answer["profiles"]]
    assert told == {MarketerFactory: [{}], SupervisorFactory: [{"vip": True}]}


def test_the_id_of_a_merged_customer_answers_with_the_survivor(system, anna):
    absorbed = CustomerFactory(merged_into=anna)

    assert system.get(f"customers/{absorbed.public_id}").json()["id"] == str(anna.public_id)
    assert system.get(f"customers/{absorbed.public_id}/timeline").json()["customer"] == str(anna.public_id)
    assert {subject for _action, subject, *_ in audited()} == {anna.public_id}


@pytest.mark.parametrize("path", ["customers/{}", "customers/{}/timeline"])
def test_an_unknown_customer_is_not_found_and_not_audited(system, path):
    response = system.get(path.format(uuid.uuid4()))

    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert audited() == []


def test_a_customer_costs_the_same_however_much_is_known(system, anna):
    system.get(f"customers/{anna.public_id}")  # what is cached is asked for once
    once = queries(lambda: system.get(f"customers/{anna.public_id}"))
    for _ in range(5):
        profile = SourceProfileFactory(customer=anna)
        EvidenceFactory(profile=profile)
        ConsentFactory(profile=profile)

    assert queries(lambda: system.get(f"customers/{anna.public_id}")) == once


# the story


def test_a_story_is_read_a_page_at_a_time(system, anna):
    profile = anna.profiles.get()
    code = DispositionFactory(code="solved")
    rows = [
        InteractionFactory(profile=profile, visit=True),
        InteractionFactory(profile=profile, call=True, disposition=code, staff_name="Agent 7"),
        InteractionFactory(profile=profile, order=True, reference="ORD-7"),
    ]

    first = system.get(f"customers/{anna.public_id}/timeline", limit=2).json()
    second = system.get(f"customers/{anna.public_id}/timeline", limit=2, before=first["older"]).json()

    assert [entry["id"] for entry in first["entries"]] == [rows[2].pk, rows[1].pk]
    assert [entry["id"] for entry in second["entries"]] == [rows[0].pk]
    assert Cursor.parse(first["older"]) == (rows[1].occurred_at, rows[1].pk)
    assert (second["older"], first["hidden"]) == (None, 0)
    order, call = first["entries"]
    assert (order["amount"], order["currency"], order["reference"], order["disposition"]) == (
        "49.90", "EUR", "ORD-7", None,
    )  # fmt: skip
    assert (call["channel"], call["disposition"], call["staff_name"]) == ("voice", "solved", "Agent 7")
    assert second["entries"][0]["payload"]["count"] == 1
    assert [action for action, *_ in audited()] == ["timeline.read", "timeline.read"]


def test_a_token_reads_what_its_person_may_read(client, anna):
    ApiTokenFactory(secret="open sesame", acts_as=MarketerFactory())
    InteractionFactory(profile=anna.profiles.get(), call=True)
    order = InteractionFactory(profile=anna.profiles.get(), order=True)

    answer = System(client, None).get(f"customers/{anna.public_id}/timeline").json()

    assert ([entry["id"] for entry in answer["entries"]], answer["hidden"]) == ([order.pk], 1)


@pytest.mark.parametrize(("field", "value"), [("limit", 0), ("limit", 101), ("before", "x"), ("before", "é")])
def test_a_wrong_page_is_told_so(system, anna, field, value):
    response = system.get(f"customers/{anna.public_id}/timeline", **{field: value})

    assert (response.status_code, response.json()["code"]) == (422, "invalid")
    assert list(response.json()["fields"]) == [field]


def test_a_story_costs_the_same_however_long(system, anna):
    profile = anna.profiles.get()
    InteractionFactory(profile=profile, disposition=DispositionFactory())
    once = queries(lambda: system.get(f"customers/{anna.public_id}/timeline"))
    for _ in range(10):
        InteractionFactory(profile=profile, disposition=DispositionFactory())

    assert queries(lambda: system.get(f"customers/{anna.public_id}/timeline")) == once
