"""Webhooks in the supervisors' room: made by owners, tried out, looked after, and sent again."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import AuditEntry
from apps.foundation.vault import unlock
from apps.moments.models import WebhookAttempt, WebhookEndpoint, WebhookMessage
from apps.moments.webhooks.outbox import endpoints
from tests.factories.customers import ConsentFactory
from tests.factories.webhooks import SECRET, WebhookEndpointFactory, WebhookMessageFactory
from tests.moments.webhooks.receiver import Receiver

pytestmark = pytest.mark.django_db
ENDPOINTS, LOG = "/admin/moments/webhookendpoint/", "/admin/moments/webhookmessage/"
FORM = {"name": "CRM", "url": "http://127.0.0.1:9/hook", "format": "standard", "active": "on", "login": "basic"}


@pytest.fixture(autouse=True)
def _inside(settings):
    settings.PRIVATE_PEERS = ["127.0.0.0/8"]


@pytest.fixture
def receiver():
    made = Receiver(SECRET)
    yield made
    made.close()


def verb(endpoint, name):
    return f"{ENDPOINTS}{endpoint.pk}/{name}/"


def errors(response):
    return dict(response.context["adminform"].form.errors.items())


# making one
def test_an_owner_makes_one_and_sees_its_secret_once(as_owner):
    assert endpoints() == []
    response = as_owner.post(f"{ENDPOINTS}add/", {**FORM, "events": ["moment.done"], "kinds": ["praise", "cart"]})
    secret = response.context["secret"]
    made = WebhookEndpoint.objects.get()
    assert (made.name, made.events, made.kinds) == ("CRM", ["moment.done"], ["praise", "cart"])
    assert unlock(made.vault) == {"secret": secret}
    assert "no-store" in response["Cache-Control"].split(", ")
    assert "Requests to CRM are signed with it" in response.content.decode()
    again = as_owner.get(f"{ENDPOINTS}{made.pk}/change/").content.decode()
    assert secret not in again
    assert AuditEntry.objects.get(action="webhook.add").detail["url"] == FORM["url"]
    assert [one.pk for one in endpoints()] == [made.pk], "it is told of what happens from now on"


def test_one_to_mautic_keeps_its_password_and_never_shows_it(as_owner):
    mautic = {**FORM, "name": "Mautic", "format": "mautic", "segment": 3, "user": "klatsch", "password": "api password"}
    as_owner.post(f"{ENDPOINTS}add/", mautic)
    made = WebhookEndpoint.objects.get()
    assert made.settings == {"login": "basic", "segment": 3}
    assert unlock(made.vault) == {"user": "klatsch", "password": "api password"}
    page = f"{ENDPOINTS}{made.pk}/change/"
    assert "api password" not in as_owner.get(page).content.decode()
    response = as_owner.post(page, {**FORM, "name": "Our Mautic", "segment": 3, "campaign": 5, "login": "basic"})
    assert response.status_code == 302, errors(response)
    made.refresh_from_db()
    assert (made.name, made.settings["campaign"]) == ("Our Mautic", 5)
    assert unlock(made.vault) == {"user": "klatsch", "password": "api password"}, "left empty it stays"
    as_owner.post(page, {**FORM, "login": "oauth2", "client_id": "c", "client_secret": "s"})
    made.refresh_from_db()
    assert (unlock(made.vault), made.settings) == ({"client_id": "c", "client_secret": "s"}, {"login": "oauth2"})
    said = str(list(AuditEntry.objects.values_list("detail", flat=True)))
    assert "credentials" in said
    assert "api password" not in said


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"url": "http://10.0.0.7/hook"}, "url"),
        ({"url": "http://169.254.169.254/latest/"}, "url"),
        ({"url": "ftp://127.0.0.1/hook"}, "url"),
        ({"url": "http://klatsch:secret@127.0.0.1/hook"}, "url"),
        ({"url": "https://nowhere.invalid/hook"}, "url"),
        ({"events": ["moment.marked"]}, "events"),
        ({"format": "mautic", "user": "klatsch"}, "password"),
        ({"format": "mautic", "login": "oauth2", "user": "klatsch", "password": "p"}, "client_id"),
        ({"name": ""}, "name"),
    ],
)
def test_what_cannot_be_is_said(as_owner, wrong, field):
    response = as_owner.post(f"{ENDPOINTS}add/", {**FORM, **wrong})
    assert list(errors(response)) == [field]
    assert WebhookEndpoint.objects.count() == 0


def test_a_public_address_must_be_encrypted(as_owner, monkeypatch):
    monkeypatch.setattr("apps.moments.webhooks.forms.reachable", lambda host, port: "93.184.215.14")
    response = as_owner.post(f"{ENDPOINTS}add/", {**FORM, "url": "http://hooks.example/k"})
    assert "https" in errors(response)["url"][0]
    assert as_owner.post(f"{ENDPOINTS}add/", {**FORM, "url": "https://hooks.example/k"}).status_code == 200


def test_a_supervisor_looks_and_sends_again_but_leads_nothing_out_of_the_house(as_supervisor):
    message = WebhookMessageFactory(state="failed", done_at=timezone.now())
    endpoint = message.endpoint
    assert as_supervisor.get(f"{ENDPOINTS}add/").status_code == 403
    page = as_supervisor.get(f"{ENDPOINTS}{endpoint.pk}/change/")
    assert (page.status_code, "Send a test event" in page.content.decode()) == (200, False)
    for name in ("test", "secret", "on", "replay"):
        assert as_supervisor.post(verb(endpoint, name)).status_code == 403
    assert as_supervisor.post(f"{LOG}{message.pk}/replay/").status_code == 302
    message.refresh_from_db()
    assert message.state == WebhookMessage.State.PENDING


def test_none_is_ever_removed(as_owner):
    endpoint = WebhookEndpointFactory()
    assert as_owner.post(f"{ENDPOINTS}{endpoint.pk}/delete/", {"post": "yes"}).status_code == 403


# looking after it
def test_a_test_event_shows_what_was_answered(as_owner, receiver):
    endpoint = WebhookEndpointFactory(url=receiver.url)
    receiver.answers = [(200, {}, b"<b>hello</b>"), 500]
    page = as_owner.post(verb(endpoint, "test"), follow=True).content.decode()
    assert "It answered 200 after" in page
    assert "&lt;b&gt;hello&lt;/b&gt;" in page
    assert "It answered 500 after" in as_owner.post(verb(endpoint, "test"), follow=True).content.decode()
    receiver.close()
    assert "Nobody could be reached there." in as_owner.post(verb(endpoint, "test"), follow=True).content.decode()
    tests = AuditEntry.objects.filter(action="webhook.test").order_by("id").values_list("detail__status", flat=True)
    assert list(tests) == [200, 500, "unreachable"]


def test_a_replaced_secret_is_shown_once_and_the_old_one_signs_on(as_owner):
    endpoint = WebhookEndpointFactory()
    response = as_owner.post(verb(endpoint, "secret"))
    endpoint.refresh_from_db()
    assert unlock(endpoint.vault) == {"secret": response.context["secret"], "previous": SECRET}
    assert endpoint.previous_until > timezone.now() + timedelta(hours=23)
    assert as_owner.get(verb(endpoint, "secret")).status_code == 405
    page = f"{ENDPOINTS}{endpoint.pk}/change/"
    assert "The one before signs until" in as_owner.get(page).content.decode()
    WebhookEndpoint.objects.update(previous_until=timezone.now())
    assert "The one before signs until" not in as_owner.get(page).content.decode()


def test_one_that_was_switched_off_is_said_on_top_and_on_the_overview(as_owner):
    endpoint = WebhookEndpointFactory(disabled_at=timezone.now(), disabled_why="It answered 410.")
    assert "is told of nothing since" in as_owner.get(ENDPOINTS).content.decode()
    assert "webhooks are switched off" in as_owner.get("/admin/").content.decode()
    page = as_owner.get(f"{ENDPOINTS}{endpoint.pk}/change/").content.decode()
    assert "Switch it on again" in page
    as_owner.post(verb(endpoint, "on"))
    endpoint.refresh_from_db()
    assert (endpoint.disabled_at, endpoint.disabled_why) == (None, "")
    assert "is told of nothing since" not in as_owner.get(ENDPOINTS).content.decode()


def test_what_failed_since_is_sent_again(as_owner, monkeypatch, django_capture_on_commit_callbacks):
    rung = []
    monkeypatch.setattr("apps.moments.tasks.send_webhooks.apply_async", lambda **options: rung.append(options))
    endpoint = WebhookEndpointFactory()
    recent = WebhookMessageFactory(endpoint=endpoint, state="failed", done_at=timezone.now() - timedelta(hours=20))
    old = WebhookMessageFactory(endpoint=endpoint, state="failed", done_at=timezone.now() - timedelta(hours=30))
    with django_capture_on_commit_callbacks(execute=True):
        page = as_owner.post(verb(endpoint, "replay"), {"hours": "24"}, follow=True).content.decode()
    assert "1 message is sent again." in page
    recent.refresh_from_db()
    old.refresh_from_db()
    assert (recent.state, old.state, len(rung)) == ("pending", "failed", 1)
    assert AuditEntry.objects.get(action="webhook.replay_failed").detail["count"] == 1
    as_owner.post(verb(endpoint, "replay"), {"hours": "always"})
    old.refresh_from_db()
    assert old.state == "failed"


@pytest.mark.parametrize("off", [{"disabled_at": timezone.now()}, {"active": False}])
def test_nothing_is_said_to_be_sent_again_where_nothing_is_sent(as_owner, off):
    endpoint = WebhookEndpointFactory(name="CRM", **off)
    failed = WebhookMessageFactory(endpoint=endpoint, state="failed", done_at=timezone.now())
    for url in (verb(endpoint, "replay"), f"{LOG}{failed.pk}/replay/"):
        page = as_owner.post(url, {"hours": "24"}, follow=True).content.decode()
        assert "Nothing is sent to CRM while it is switched off. Switch it on first." in page
        assert "sent again." not in page
    failed.refresh_from_db()
    assert failed.state == "failed"


# the log
def test_the_log_tells_each_try_and_looking_at_it_leaves_a_trace(as_owner):
    message = WebhookMessageFactory(moment__profile=ConsentFactory().profile, state="failed", reason="It answered 500.",
                                    done_at=datetime(2026, 11, 28, 19, 21, 57, tzinfo=UTC))  # fmt: skip
    WebhookAttempt.objects.create(message=message, status=500, milliseconds=41, answer="<script>alert(1)</script>")
    WebhookAttempt.objects.create(message=message, error="timeout", milliseconds=15000)
    page = as_owner.get(f"{LOG}{message.pk}/change/").content.decode()
    for words in ("41 ms", "timeout", "&lt;script&gt;alert(1)", message.public_id, "Anna W.", "Send it again",
                  "28 November 2026, 19:21"):  # fmt: skip
        assert words in page
    assert "<script>alert(1)" not in page
    assert "&#x27;failed&#x27;" not in page, "a state is a word"
    entry = AuditEntry.objects.get(action="webhook_message.view")
    assert entry.subject == message.moment.profile.customer.public_id


def test_the_list_shows_no_copy_and_is_filtered(as_owner):
    failed = WebhookMessageFactory(state="failed")
    other = WebhookMessageFactory(event="moment.done")
    page = as_owner.get(LOG)
    assert "Anna W." not in page.content.decode()

    def shown(query):
        return list(as_owner.get(f"{LOG}?{query}").context["cl"].result_list)

    assert shown("state__exact=failed") == shown(f"endpoint={failed.endpoint_id}") == [failed]
    assert shown("event=moment.done") == [other]
    assert shown("endpoint=nonsense") == [other, failed]


def test_the_log_can_be_neither_written_nor_removed(as_owner):
    message = WebhookMessageFactory()
    assert as_owner.get(f"{LOG}add/").status_code == 403
    assert as_owner.post(f"{LOG}{message.pk}/delete/", {"post": "yes"}).status_code == 403
