"""The consent ledger, the suppression list, and how people would rather be contacted."""

import io
import itertools
import os
import random
from collections import defaultdict
from datetime import UTC, datetime, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import AuditEntry
from apps.contact.actions import AGREED_PER_HOUR, PAGE, TooOften, choose, lift, note_consent, set_preferences, suppress
from apps.contact.models import Consent, Preference, Purpose, Suppression
from apps.contact.suppression_list import bare, give_away, quoted, take_in
from apps.customers.drafts import Handle
from apps.customers.models import Customer, SourceProfile
from apps.interactions.actions import record
from apps.interactions.drafts import ConsentLine, Draft
from tests.customers.identity.claims import claim, email
from tests.factories.accounts import MarketerFactory, UserFactory
from tests.factories.customers import (
    ConsentFactory,
    CustomerFactory,
    EvidenceFactory,
    IdentifierFactory,
    SourceProfileFactory,
    SuppressionFactory,
)

WORLDS = int(os.environ.get("KLATSCH_WORLDS", "15"))
pytestmark = pytest.mark.django_db
DAY = datetime(2026, 3, 1, tzinfo=UTC)
REFUSALS = ("denied", "withdrawn")


def holding(profiles):
    return {
        (line.channel, line.purpose): line.status for line in Consent.objects.filter(profile__in=profiles).current()
    }


def audited():
    return list(AuditEntry.objects.order_by("pk").values_list("action", "subject", "detail"))


@pytest.fixture
def agent():
    return UserFactory()


@pytest.fixture
def profile():
    return SourceProfileFactory()


# --- the ledger ---------------------------------------------------------------------------------------------------

said = st.tuples(
    st.integers(0, 1),  # which of the person's two profiles
    st.sampled_from(("email", "sms")),
    st.sampled_from(("marketing", "survey")),
    st.sampled_from(("granted", *REFUSALS)),
    st.integers(0, 4),  # days: often at the same instant as another line
)


def by_the_book(history):
    """What holds, told another way than the query does: the newest day; on it, agreeing counts only if all agree."""
    held = {}
    for channel, purpose in {(line[1], line[2]) for line in history}:
        lines = [line for line in history if line[1:3] == (channel, purpose)]
        newest = {line[3] for line in lines if line[4] == max(one[4] for one in lines)}
        held[channel, purpose] = "granted" if newest == {"granted"} else "refused"
    return held


@settings(max_examples=WORLDS, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    histories=st.lists(st.lists(said, min_size=1, max_size=7, unique=True), min_size=50, max_size=50),
    seed=st.integers(),
)
def test_what_holds_does_not_depend_on_the_order_of_arrival(histories, seed):
    """`KLATSCH_WORLDS` times 50 histories, each told twice, in two orders."""
    orders = [order for one in histories for order in (one, random.Random(seed).sample(one, len(one)))]
    people = Customer.objects.bulk_create(Customer() for _ in orders)
    pairs = [SourceProfileFactory.build_batch(2, customer=person) for person in people]
    SourceProfile.objects.bulk_create(itertools.chain.from_iterable(pairs))
    Consent.objects.bulk_create(
        Consent(profile=pair[who], channel=channel, purpose=purpose, status=status, at=DAY + timedelta(day), origin="x")
        for pair, order in zip(pairs, orders, strict=True)
        for who, channel, purpose, status, day in order
    )
    per = ("profile__customer", "channel", "purpose")
    lines = Consent.objects.filter(profile__customer__in=people).deciding_first(*per).distinct(*per)
    held = defaultdict(dict)
    for person, channel, purpose, status in lines.values_list(*per, "status"):
        held[person][channel, purpose] = status
    for told, again, history in zip(people[::2], people[1::2], histories, strict=True):
        assert held[told.pk] == held[again.pk]
        words = {what: "refused" if status in REFUSALS else status for what, status in held[told.pk].items()}
        assert words == by_the_book(history)


def test_the_same_said_in_two_events_is_one_line():
    told = Draft(claim("u1", email("anna"), day=3), consents=(ConsentLine("email", "granted", "Form", notice="v2"),))
    record([told, told])
    record([told])
    line = Consent.objects.get()
    assert (line.status, line.notice, line.at) == ("granted", "v2", told.claim.seen_at)


def test_a_line_that_comes_late_changes_nothing(profile):
    ConsentFactory(profile=profile, status="withdrawn", at=DAY)
    ConsentFactory(profile=profile, status="granted", at=DAY - timedelta(days=1))
    assert holding([profile]) == {("email", "marketing"): "withdrawn"}


def test_of_two_things_said_at_the_same_moment_the_refusal_holds(profile):
    for status in ("denied", "granted"):
        ConsentFactory(profile=profile, status=status, at=DAY)
    assert holding([profile]) == {("email", "marketing"): "denied"}


@pytest.mark.parametrize(
    "change", [lambda: Consent.objects.update(status="granted"), lambda: Consent.objects.all()._raw_delete("default")]
)
def test_the_database_refuses_to_rewrite_the_ledger(change):
    ConsentFactory()
    with pytest.raises(IntegrityError, match="never changed or removed"), transaction.atomic():
        change()
    assert Consent.objects.get().status == "granted"


def test_a_line_told_twice_is_refused_by_the_database(profile):
    ConsentFactory(profile=profile, at=DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentFactory(profile=profile, at=DAY)


def test_purposes_nobody_has_listed_are_kept_and_need_agreement(agent, profile):
    note_consent(
        actor=agent, customer=profile.customer, channel="post", status="granted", origin="Desk", purpose="magazine"
    )
    assert holding(SourceProfile.objects.all()) == {("post", "magazine"): "granted"}
    assert (Purpose.opt_in("magazine"), Purpose.opt_in("service")) == (True, False)
    assert (Purpose.label_of("magazine"), Purpose.label_of("survey")) == ("Magazine", "Surveys")


# --- stopping -----------------------------------------------------------------------------------------------------


def test_a_person_is_stopped_once_and_let_go_again(agent, profile):
    customer = profile.customer
    stop = suppress(actor=agent, customer=customer, reason="Never again", source="At the desk")
    assert suppress(actor=agent, customer=customer, reason="Again", source="At the desk") == stop
    assert list(Suppression.objects.in_force().of(customer)) == [stop]
    assert lift(actor=agent, suppression=stop, reason="A slip", customer=customer)
    assert not lift(actor=agent, suppression=stop, reason="A slip", customer=customer)
    stop.refresh_from_db()
    assert (stop.lifted_by, stop.lifted_why) == (agent, "A slip")
    assert not Suppression.objects.in_force().of(customer).exists()
    detail = {"suppression": stop.pk, "of": "person"}
    assert audited() == [
        ("suppression.add", customer.public_id, detail),
        ("suppression.lift", customer.public_id, detail),
    ]
    assert suppress(actor=agent, customer=customer, reason="After all", source="At the desk") != stop


def test_a_value_stops_everybody_who_has_it(agent):
    shared = IdentifierFactory(type="email", value="both@lindwell.example")
    two = [EvidenceFactory(identifier=shared).profile.customer for _ in range(2)]
    other = EvidenceFactory().profile.customer
    stop = suppress(actor=agent, handle=Handle("email", shared.value), reason="Bounces", source="Mailer")
    assert [list(Suppression.objects.of(one)) for one in (*two, other)] == [[stop], [stop], []]


def test_a_value_somebody_no_longer_has_does_not_stop_them():
    evidence = EvidenceFactory(active=False)
    SuppressionFactory(profile=None, type="phone", value=evidence.identifier.value)
    assert not Suppression.objects.of(evidence.profile.customer).exists()


def test_the_audit_trail_does_not_repeat_the_value(agent):
    suppress(actor=agent, handle=Handle("email", "hidden@lindwell.example"), reason="Bounces", source="Mailer")
    assert "hidden" not in str(audited())


def test_those_who_want_to_send_do_not_lift():
    stop = SuppressionFactory()
    with pytest.raises(PermissionDenied):
        lift(actor=MarketerFactory(), suppression=stop, reason="A campaign")
    assert Suppression.objects.in_force().get() == stop


@pytest.mark.parametrize("fields", [{"type": "email", "value": "x@lindwell.example"}, {"profile": None}])
def test_a_stop_is_of_a_person_or_of_a_value_never_of_both_or_neither(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        SuppressionFactory(**fields)


# --- as a file ----------------------------------------------------------------------------------------------------


def taken(text, **how):
    return take_in(actor=None, file=io.StringIO(text), source="list.csv", **how)


def test_a_list_is_taken_in_with_a_word_on_every_bad_row():
    customer = SourceProfileFactory().customer
    text = (
        "type;value;reason\n"
        "email;Anna@Lindwell.example;Wrote to us\n"
        "phone;020 7946 0001;\n"
        f"person;{customer.public_id};Told us\n"
        "\n"
        "email;anna@lindwell.example;Twice\n"
        "email;not an address;\n"
        "pigeon;coo;\n"
        "person;12;\n"
        "person;00000000-0000-4000-8000-000000000000;\n"
    )
    report = taken(text, region="GB")
    assert (report.added, report.known, report.bad) == (3, 1, 4)
    assert [line for line, _why in report.rows] == [7, 8, 9, 10]
    assert report.rows[1].why == "There is no such type: pigeon."
    kept = Suppression.objects.order_by("type", "value").values_list("type", "value", "reason", "source")
    assert list(kept) == [
        ("", "", "Told us", "list.csv"),
        ("email", "anna@lindwell.example", "Wrote to us", "list.csv"),
        ("phone", "+442079460001", "On a list", "list.csv"),
    ]
    again = taken(text, region="GB")
    assert (again.added, again.known, again.bad) == (0, 4, 4)


def test_a_person_is_stopped_as_whom_they_were_found_to_be():
    survivor = SourceProfileFactory().customer
    absorbed = CustomerFactory(merged_into=survivor)
    assert taken(f"type,value\nperson,{absorbed.public_id}\nperson,{survivor.public_id}\n").added == 1
    assert Suppression.objects.of(survivor).count() == 1


def test_what_is_given_away_comes_back_the_same_and_is_no_formula():
    SuppressionFactory(profile=None, type="phone", value="+442079460001", reason="=HYPERLINK(1)")
    SuppressionFactory(reason="@sum")
    SuppressionFactory(profile=None, type="email", value="lifted@lindwell.example", lifted_at=DAY)
    out = io.StringIO()
    assert give_away(None, out) == 2
    cells = [cell for line in out.getvalue().splitlines() for cell in line.split(",")]
    assert "'+442079460001" in cells
    assert [cell for cell in cells if cell[:1] in "=+-@" and cell] == []
    before = sorted(Suppression.objects.in_force().values_list("type", "value", "profile", "reason"))
    Suppression.objects.all().delete()
    assert taken(out.getvalue()).added == 2
    assert [row[3] for row in sorted(Suppression.objects.values_list("type", "value", "profile", "reason"))] == [
        row[3] for row in before
    ]


@given(st.text(max_size=20))
def test_every_cell_survives_quoting(text):
    if not text.startswith("'"):
        assert bare(quoted(text)) == text
    assert not quoted(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_list_costs_the_same_number_of_statements_for_one_row_or_many(django_assert_num_queries):
    taken("type,value\nemail,zero@lindwell.example\n")
    for count in (1, 300):
        rows = "".join(f"email,n{count}-{n}@lindwell.example\n" for n in range(count))
        with django_assert_num_queries(5):  # savepoint, lock, insert, audit, release
            assert taken(f"type,value\n{rows}").added == count


def test_the_command_takes_a_list_in_and_prints_it(tmp_path, capsys):
    path = tmp_path / "stops.csv"
    path.write_bytes("\ufefftype,value,reason\r\nemail,a@lindwell.example,Wrote\r\nemail,nobody,\r\n".encode())
    call_command("suppressions", "import", str(path))
    assert capsys.readouterr().out == "line 3: This value names nobody.\n1 added, 0 known already, 1 left out.\n"
    assert Suppression.objects.get().source == "stops.csv"
    call_command("suppressions", "export")
    assert "email,a@lindwell.example,Wrote,stops.csv," in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"name,value\n1,2\n", b"", b"\xff\xfe\x00type,value\n"])
def test_a_file_that_is_no_list_is_refused(tmp_path, content):
    path = tmp_path / "stops.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError):
        call_command("suppressions", "import", str(path))


# --- preferences --------------------------------------------------------------------------------------------------


def test_preferences_are_noted_and_noted_anew(agent, profile):
    customer = profile.customer
    set_preferences(actor=agent, customer=customer, channel="sms", hours=(time(9), time(17)), language="fr")
    set_preferences(actor=agent, customer=customer, channel="email")
    one = Preference.objects.get()
    assert (one.channel, one.hours_from, one.hours_to, one.language, one.actor) == ("email", None, None, "", agent)
    assert audited()[0] == (
        "preference.set",
        customer.public_id,
        {"channel": "sms", "hours": ["09:00", "17:00"], "language": "fr"},
    )


# --- the customer's own page --------------------------------------------------------------------------------------


def test_what_a_customer_chooses_is_written_once_with_its_origin(profile):
    wish = {("email", "marketing"): True, ("sms", "marketing"): False}
    assert len(choose(profile=profile, choices=wish, notice="2026-01", address="192.0.2.7")) == 2
    assert choose(profile=profile, choices=wish) == []
    choose(profile=profile, choices={("email", "marketing"): False})
    lines = Consent.objects.order_by("pk").values_list("channel", "status", "origin", "actor")
    assert sorted(lines[:2]) == [("email", "granted", PAGE, None), ("sms", "denied", PAGE, None)]
    assert lines[2] == ("email", "withdrawn", PAGE, None)
    entry = AuditEntry.objects.order_by("pk").first()
    assert (entry.actor, entry.actor_label, entry.address) == (None, PAGE, "192.0.2.7")


def test_agreeing_without_end_is_held_up_and_refusing_never(profile):
    def say(agrees):
        return choose(profile=profile, choices={("email", "marketing"): agrees})

    for _time in range(AGREED_PER_HOUR):
        assert say(True)
        assert say(False)
    with pytest.raises(TooOften):
        say(True)
    assert holding([profile]) == {("email", "marketing"): "withdrawn"}
    assert connection.in_atomic_block
