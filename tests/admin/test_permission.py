"""The suppression list and the contact policies, as supervisors keep them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.models import AuditEntry
from apps.contact.models import ContactPolicy, Suppression
from tests.factories.accounts import UserFactory
from tests.factories.customers import SuppressionFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/contact/suppression/"


def upload(client, content):
    file = SimpleUploadedFile("stops.csv", content.encode())
    return client.post(f"{LIST}import/", {"file": file, "source": ""})


def test_a_value_is_stopped_in_any_spelling_and_lifted_with_a_reason(as_supervisor, supervisor):
    as_supervisor.post(f"{LIST}add/", {"type": "phone", "value": "+44 20 7946 0001", "reason": "Asked"})
    one = Suppression.objects.get()
    assert (one.value, one.added_by) == ("+442079460001", supervisor)
    assert as_supervisor.post(f"{LIST}{one.pk}/change/", {"lifted_why": ""}).status_code == 200
    as_supervisor.post(f"{LIST}{one.pk}/change/", {"lifted_why": "A slip"})
    one.refresh_from_db()
    assert (one.lifted_why, one.lifted_by) == ("A slip", supervisor)
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"suppression.add", "suppression.view", "suppression.lift"} <= actions
    assert "2079460001" not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


def test_a_value_that_names_nobody_is_not_stopped(as_supervisor):
    page = as_supervisor.post(f"{LIST}add/", {"type": "email", "value": "nobody", "reason": "x"})
    assert "This value names nobody." in page.text
    assert Suppression.objects.count() == 0


def test_a_file_is_taken_in_and_its_bad_rows_are_named(as_supervisor):
    assert "UTF-8" in as_supervisor.get(f"{LIST}import/").text
    page = upload(as_supervisor, "type,value\nemail,a@lindwell.example\nemail,nobody\n")
    assert "Line 3: This value names nobody." in page.text
    assert Suppression.objects.get().source == "stops.csv"
    assert upload(as_supervisor, "type,value\nemail,b@lindwell.example\n").status_code == 302
    assert "must name the columns" in upload(as_supervisor, "a,b\n").text


def test_it_is_given_away_and_who_took_it_is_known(as_supervisor, supervisor):
    SuppressionFactory(profile=None, type="phone", value="+442079460001", reason="=1+1")
    response = as_supervisor.get(f"{LIST}export/")
    assert response["Content-Disposition"].startswith('attachment; filename="suppressions-')
    assert "phone,'+442079460001,'=1+1," in response.text
    assert AuditEntry.objects.get(action="suppression.export").actor == supervisor


@pytest.mark.parametrize("page", ["import", "export"])
def test_files_are_for_supervisors(client, page):
    client.force_login(UserFactory(is_staff=True))
    assert client.get(f"{LIST}{page}/").status_code == 403


def test_it_is_found_by_value_and_by_name(as_supervisor):
    SuppressionFactory(profile=None, type="email", value="a@lindwell.example", reason="Reason A")
    SuppressionFactory(profile__customer__name="Berta Blum", reason="Reason B")
    assert "Reason A" in as_supervisor.get(f"{LIST}?q=A@Lindwell.example").text
    by_name = as_supervisor.get(f"{LIST}?q=Berta").text
    assert ("Reason A" in by_name, "Reason B" in by_name) == (False, True)


def test_a_policy_that_is_half_a_rule_is_refused(as_supervisor):
    ContactPolicy.objects.all().delete()
    about = {"name": "Half", "priority": 100, "active": "on"}
    for half in ({"cap": 3}, {"quiet_from": "21:00"}, {"quiet_from": "21:00", "quiet_to": "21:00"}):
        assert as_supervisor.post("/admin/contact/contactpolicy/add/", {**about, **half}).status_code == 200
    assert ContactPolicy.objects.count() == 0
    as_supervisor.post("/admin/contact/contactpolicy/add/", {**about, "purpose": "Marketing", "cap": 3, "cap_days": 7})
    made = ContactPolicy.objects.get()
    assert (made.cap, made.purpose) == (3, "marketing")  # however it is written, it holds
