"""What somebody sees whose page does not exist, is not theirs, cannot be read or has failed."""

import re

import pytest
from django.core.exceptions import SuspiciousOperation
from django.urls import include, path
from structlog.contextvars import get_contextvars

from config import urls

logged = []  # what every line of the log about this request says


def fail(request):
    logged.append(get_contextvars()["request"])
    raise ZeroDivisionError("as it happens")


def refuse(request):
    raise SuspiciousOperation("not like that")


urlpatterns = [path("fails/", fail), path("refuses/", refuse), path("", include("config.urls"))]
handler500 = urls.handler500
pytestmark = pytest.mark.urls(__name__)


@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("/nowhere/", 404, "There is no such page"),
        ("/refuses/", 400, "could not be understood"),
        ("/fails/", 500, "Something went wrong on our side"),
    ],
)
def test_each_has_a_page_in_the_look_of_the_product_that_needs_no_database(client, address, status, says):
    """Without the mark for a database, asking one fails the test."""
    client.raise_request_exception = False
    response = client.get(address)
    page = response.content.decode()
    assert response.status_code == status
    assert says in page
    assert ('<body class="door">' in page, 'href="/desk/"' in page) == (True, True)
    assert 'name="q"' in page  # the look-up
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]


def test_a_failure_names_the_time_to_look_for_in_the_log_and_nothing_of_itself(client):
    client.raise_request_exception = False
    response = client.get("/fails/")
    page, number = response.text, response["X-Support-Id"]
    assert re.fullmatch(r"[a-z2-9]{8}", number)
    assert logged[-1] == number
    assert f"<code>{number}</code>" in page
    assert re.search(r"<code>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}</code>", page)
    assert "as it happens" not in page
