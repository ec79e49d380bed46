"""How things reach us. `SourceFactory(key="demo-web")` is opened by that write key; without `key` by none."""

import factory
from factory.django import DjangoModelFactory

from apps.accounts.models import digest_of
from apps.channels.models import Envelope, Source, WriteKey


class SourceFactory(DjangoModelFactory):
    class Meta:
        model = Source
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda n: f"source-{n}")
    name = factory.LazyAttribute(lambda source: source.slug.replace("-", " ").capitalize())
    kind = "segment"
    region = "GB"

    @factory.post_generation
    def key(source, create, secret, **kwargs):  # noqa: N805 - factory-boy hands over the made object
        if create and secret:
            WriteKeyFactory(source=source, secret=secret)


class WriteKeyFactory(DjangoModelFactory):
    class Meta:
        model = WriteKey

    class Params:
        secret = factory.Sequence(lambda n: f"write-key-{n}")

    source = factory.SubFactory(SourceFactory)
    digest = factory.LazyAttribute(lambda key: digest_of(key.secret))
    hint = factory.LazyAttribute(lambda key: key.secret[:8])


class EnvelopeFactory(DjangoModelFactory):
    class Meta:
        model = Envelope

    source = factory.SubFactory(SourceFactory)
    dedupe_key = factory.Sequence(lambda n: f"event-{n}")
    digest = factory.LazyAttribute(lambda envelope: digest_of(envelope.dedupe_key)[:32])
    payload = factory.Dict({"type": "track", "event": "Something Happened"})
