"""Other systems that are told of moments, and what they are told."""

import base64

import factory
from factory.django import DjangoModelFactory

from apps.foundation.cache import invalidate
from apps.foundation.vault import lock
from apps.moments.models import WebhookEndpoint, WebhookMessage
from apps.moments.webhooks.outbox import ENDPOINTS
from tests.factories.moments import MomentFactory

SECRET = "whsec_" + base64.b64encode(b"a secret of the tests, 32 bytes!").decode()


class WebhookEndpointFactory(DjangoModelFactory):
    """One of the standard format, signed with `SECRET`; who is told is forgotten with it."""

    class Meta:
        model = WebhookEndpoint

    name = factory.Sequence(lambda n: f"System {n}")
    url = "https://hooks.example/klatsch"
    vault = factory.LazyFunction(lambda: lock({"secret": SECRET}))

    @classmethod
    def _create(cls, *args, **kwargs):
        made = super()._create(*args, **kwargs)
        invalidate(ENDPOINTS)
        return made


class WebhookMessageFactory(DjangoModelFactory):
    """A pending message about a moment that was disclosed."""

    class Meta:
        model = WebhookMessage

    endpoint = factory.SubFactory(WebhookEndpointFactory)
    event = "moment.offered"
    moment = factory.SubFactory(MomentFactory, disclosed={"kind": "praise", "who": "Anna W."})
    key = factory.Sequence(lambda n: f"message-{n}")
    payload = factory.LazyAttribute(
        lambda message: {
            "type": message.event,
            "timestamp": "2026-11-28T12:00:00+00:00",
            "data": {
                "id": str(message.moment.public_id),
                "kind": "praise",
                "version": 2,
                "copy": message.moment.disclosed,
            },
        }
    )
