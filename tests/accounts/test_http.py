import pytest
from django.test import RequestFactory

from apps.accounts.http import name_tried
from apps.foundation.http import client_address

PROXIED = ("HTTP_X_FORWARDED_PROTO", "https")


def request(**meta):
    return RequestFactory().get("/", **meta)


def test_address_is_the_connections_own_without_a_proxy(settings):
    settings.SECURE_PROXY_SSL_HEADER = None
    asked = request(REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR="198.51.100.9")
    assert client_address(asked) == "192.0.2.1"


def test_behind_the_proxy_only_what_the_proxy_wrote_is_believed(settings):
    settings.SECURE_PROXY_SSL_HEADER = PROXIED
    asked = request(REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.5, 198.51.100.9")
    assert client_address(asked) == "198.51.100.9"


@pytest.mark.parametrize("said", ["", "unix:", "203.0.113.5:8080", "'; drop table"])
def test_what_is_no_address_is_none(settings, said):
    settings.SECURE_PROXY_SSL_HEADER = PROXIED
    assert client_address(request(REMOTE_ADDR="", HTTP_X_FORWARDED_FOR=said)) is None


def test_name_is_one_for_all_spellings():
    assert name_tried(None, {"username": " Ada "}) == name_tried(None, {"username": "aDA"}) == "ada"
