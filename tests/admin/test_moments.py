"""Moments to look at, and the kinds a supervisor decides on."""

import pytest

from apps.moments import kinds
from apps.moments.models import MomentKind
from tests.factories.moments import MomentFactory, MomentKindFactory

pytestmark = pytest.mark.django_db
KINDS = "/admin/moments/momentkind/"


def test_a_moment_says_in_words_how_it_stands(as_supervisor):
    page = as_supervisor.get(f"/admin/moments/moment/{MomentFactory().pk}/change/").text
    assert "Praise worth answering" in page
    assert "(&#x27;open&#x27;" not in page
    assert ">Open<" in page.replace("\n", "").replace("  ", "")


def test_what_comes_with_klatsch_is_changed_from_what_it_is(as_supervisor):
    """The list names the kinds that have no row yet; each begins one with its own values, and holds from then on."""
    MomentKindFactory(code="praise")
    listed = as_supervisor.get(KINDS).text
    assert f'href="{KINDS}add/?code=praise"' not in listed
    assert f'href="{KINDS}add/?code=wish"' in listed
    form = as_supervisor.get(f"{KINDS}add/", {"code": "wish"}).context["adminform"].form
    typed = {name: value for name, value in form.initial.items() if value not in (None, False)}
    assert (typed["label"], typed["act_minutes"]) == ("A wish we could not meet", 7 * 24 * 60)
    assert as_supervisor.post(f"{KINDS}add/", {**typed, "act_minutes": 300}).status_code == 302
    made = MomentKind.objects.get(code="wish")
    assert (made.act_minutes, made.accept_minutes, made.lapse_days, made.may_leave) == (300, 24 * 60, 90, True)
    assert kinds.kind_of("wish").act_minutes == 300
