"""The doorbell of an open page, on a real LISTEN connection."""

import asyncio
import contextlib
import uuid
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.test import AsyncClient
from django.urls import reverse
from django.utils import timezone

from apps.desktop.apps import PRESENCE
from apps.desktop.models import OpenTab
from apps.foundation.live import Doorbell, Ring
from apps.interactions.live import LIVE, announce
from tests.desktop.shell.stream import asked, somebody_listens, told
from tests.factories.customers import CustomerFactory, OpenTabFactory

pytestmark = pytest.mark.django_db(transaction=True)
MINE = "FROM pg_stat_activity WHERE application_name = 'klatsch test' AND datname = current_database()"


@pytest.fixture
def bell(monkeypatch):
    """A bell nobody has rung yet, also for the view. Its connection has a name, since a server may listen as well."""
    one = Doorbell("klatsch test")
    monkeypatch.setattr("apps.desktop.shell.views.live.doorbell", one)
    yield one
    one.stop()


def ids(number):
    return [str(uuid.uuid4()) for _one in range(number)]


async def leave(stream):
    """What the server does when a browser closes the connection: it cancels whoever waits for the next piece."""
    waiting = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    waiting.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await waiting


async def ring(*customers, tab=""):
    await sync_to_async(announce)(customers, tab=tab)


# --- the bell -----------------------------------------------------------------------------------------------------


def test_every_open_page_of_a_customer_hears_and_no_other(bell):
    customer, other = ids(2)

    async def story():
        async with bell.page(customer) as first, bell.page(customer) as second, bell.page(other) as third:
            await somebody_listens()
            await ring(customer, tab="tab-1")
            heard = [await first.get(), await second.get()]
            await ring(other)
            return heard, await third.get(), first.qsize(), second.qsize(), third.qsize()

    assert told(story) == ([Ring("story", "tab-1")] * 2, Ring("story", ""), 0, 0, 0)


def test_one_announcement_of_many_customers_reaches_each(bell):
    customers = ids(3)

    async def story():
        async with bell.page(customers[0]) as first, bell.page(customers[2]) as last:
            await somebody_listens()
            await ring(*customers, tab="t")
            return await first.get(), await last.get()

    assert told(story) == (Ring("story", "t"), Ring("story", "t"))


def test_presence_is_told_apart_from_the_story(bell):
    [customer] = ids(1)

    async def story():
        async with bell.page(customer) as page:
            await somebody_listens()
            await asked("SELECT 1 FROM pg_notify(%s, %s)", PRESENCE, f"tab-2|{customer}")
            return await page.get()

    assert told(story) == Ring("presence", "tab-2")


def test_a_process_listens_once_however_many_pages_are_open(bell):
    async def story():
        async with bell.page("a"), bell.page("b"), bell.page("c"):
            await somebody_listens()
            return await asked(f"SELECT count(*) {MINE}")

    assert told(story) == 1


def test_a_broken_connection_is_made_again_and_everybody_is_rung_once(bell):
    first, second = ids(2)

    async def story():
        async with bell.page(first) as one, bell.page(second) as other:
            await somebody_listens()
            assert await asked(f"SELECT count(pg_terminate_backend(pid)) {MINE}") == 1
            after = [await one.get(), await other.get()]
            await ring(first, tab="t")
            return after, await one.get(), one.qsize(), other.qsize()

    assert told(story) == ([Ring("story", "")] * 2, Ring("story", "t"), 0, 0)


def test_a_page_nobody_reads_does_not_hold_up_the_others(bell):
    customer, marker = ids(2)

    async def story():
        async with bell.page(customer) as slow, bell.page(marker) as last:
            await somebody_listens()
            for _ring in range(40):
                await ring(customer)
            await ring(marker)
            await last.get()
            return slow.qsize()

    assert told(story) == 32


@pytest.mark.parametrize("payload", ["", "|", "no bar", "tab|", "|,,,"])
def test_a_notice_of_somebody_else_s_making_is_harmless(bell, payload):
    [customer] = ids(1)

    async def story():
        async with bell.page(customer) as page:
            await somebody_listens()
            await asked("SELECT 1 FROM pg_notify(%s, %s)", LIVE, payload)
            await ring(customer)
            return await page.get(), page.qsize()

    assert told(story) == (Ring("story", ""), 0)


def test_what_was_rung_since_a_page_was_drawn_is_heard_when_it_listens(bell):
    customer, other = ids(2)

    async def story():
        await sync_to_async(bell.listen)()
        await somebody_listens()
        before = timezone.now()
        async with bell.page(other) as witness:
            await ring(customer, tab="t")
            await ring(customer, tab="u")
            await ring(other)
            await witness.get()
        async with bell.page(customer, before) as missed, bell.page(customer, timezone.now()) as nothing:
            return await missed.get(), missed.qsize(), nothing.qsize()

    assert told(story) == (Ring("story", "u"), 0, 0)


@pytest.mark.parametrize("ago", [timedelta(minutes=2), timedelta(days=4000)])
def test_whoever_has_not_heard_for_longer_than_is_remembered_looks_again(bell, ago):
    [customer] = ids(1)

    async def story():
        async with bell.page(customer, timezone.now() - ago) as page:
            return await page.get(), page.qsize()

    assert told(story) == (Ring("story", ""), 0)


def test_what_was_rung_is_remembered_for_a_while_only(bell, monkeypatch):
    monkeypatch.setattr("apps.foundation.live.LATELY", timedelta(0))

    async def story():
        async with bell.page("a") as page:
            await somebody_listens()
            for topic in ["b", "c", "a"]:
                await ring(topic)
            await page.get()
        return len(bell._lately)

    assert told(story) <= 1


def test_a_page_that_was_closed_is_forgotten(bell):
    async def story():
        async with bell.page("a"), bell.page("a"):
            pass
        return dict(bell._pages)

    assert told(story) == {}


# --- the stream ---------------------------------------------------------------------------------------------------


@pytest.fixture
def listening(agent, bell):
    """`listening(customer, tab, story)`: runs `story` with a function that gives the next piece of the stream."""

    def run(customer, tab, story):
        async def whole():
            client = AsyncClient()
            await sync_to_async(client.force_login)(agent)
            await sync_to_async(bell.listen)()
            query = urlencode({"tab": tab, "since": timezone.now().isoformat(), "colleagues": ""})
            response = await client.get(f"{reverse('live', args=[customer.public_id])}?{query}")
            assert (response.status_code, response["Content-Type"]) == (200, "text/event-stream")
            assert (response["Cache-Control"], response["X-Accel-Buffering"]) == ("no-store", "no")
            stream = aiter(response.streaming_content)

            async def following():
                return (await anext(stream)).decode()

            assert [await following(), await following()] == ["retry: 2000\n\n", "event: open\ndata:\n\n"]
            await somebody_listens()
            try:
                return await story(following)
            finally:
                await leave(stream)

        return told(whole)

    return run


def test_a_page_hears_of_others_but_not_of_itself(listening):
    customer = CustomerFactory()

    async def story(following):
        await ring(customer.public_id, tab="mine")
        await asked("SELECT 1 FROM pg_notify(%s, %s)", PRESENCE, f"another|{customer.public_id}")
        first = await following()
        await ring(customer.public_id)
        return first, await following()

    assert listening(customer, "mine", story) == ("event: presence\ndata:\n\n", "event: story\ndata:\n\n")


@pytest.mark.parametrize("since", ["", "yesterday", "0001-01-01T00:00:00+14:00", "9" * 400])
def test_a_page_that_does_not_say_since_when_it_is_deaf_is_told_of_everything(agent, bell, since):
    customer = CustomerFactory()

    async def story():
        client = AsyncClient()
        await sync_to_async(client.force_login)(agent)
        response = await client.get(reverse("live", args=[customer.public_id]), {"tab": "mine", "since": since})
        stream = aiter(response.streaming_content)
        pieces = [(await anext(stream)).decode() for _piece in range(4)]
        await leave(stream)
        return pieces[2:]

    assert told(story) == ["event: presence\ndata:\n\n", "event: story\ndata:\n\n"]


def test_the_stream_says_nothing_about_anybody(listening, agent):
    tab = OpenTabFactory(user=agent, customer__name="Private Person")

    async def story(following):
        await ring(tab.customer.public_id, tab="another")
        return await following()

    assert listening(tab.customer, "mine", story) == "event: story\ndata:\n\n"


def test_a_page_is_alive_while_it_is_open_and_gone_afterwards(listening, agent):
    tab = OpenTabFactory(user=agent)

    async def story(following):
        alive = await OpenTab.objects.aget(pk=tab.pk)
        return alive.alive_at is not None

    assert listening(tab.customer, "mine", story) is True
    tab.refresh_from_db()
    assert tab.alive_at is None


def test_a_colleague_hears_who_comes_and_goes(bell, agent):
    tab = OpenTabFactory(user=agent)

    async def story():
        async with bell.page(str(tab.customer.public_id)) as colleague:
            await somebody_listens()
            client = AsyncClient()
            await sync_to_async(client.force_login)(agent)
            query = urlencode({"tab": "mine", "since": timezone.now().isoformat(), "colleagues": ""})
            response = await client.get(f"{reverse('live', args=[tab.customer.public_id])}?{query}")
            stream = aiter(response.streaming_content)
            await anext(stream), await anext(stream)
            came = await colleague.get()
            await leave(stream)
            return came, await colleague.get(), colleague.qsize()

    assert told(story) == (Ring("presence", "mine"), Ring("presence", "mine"), 0)


def test_a_quiet_stream_beats_now_and_then(listening, agent, monkeypatch):
    monkeypatch.setattr("apps.desktop.customer.presence.HEARTBEAT", timedelta(seconds=0.05))

    async def story(following):
        return [await following(), await following()]

    assert listening(OpenTabFactory(user=agent).customer, "mine", story) == [": still here\n\n"] * 2


def test_a_stream_ends_with_its_session_and_says_so(listening, agent, monkeypatch):
    monkeypatch.setattr("apps.desktop.customer.presence.HEARTBEAT", timedelta(seconds=0.05))

    async def story(following):
        await Session.objects.all().adelete()
        pieces = [await following()]
        while pieces[-1] == ": still here\n\n":
            pieces.append(await following())
        return pieces[-1]

    assert listening(OpenTabFactory(user=agent).customer, "mine", story) == "event: session\ndata:\n\n"


@pytest.mark.parametrize("signed_in", [True, False])
def test_a_stranger_hears_nothing_and_nobody_hears_of_an_unknown_customer(agent, bell, signed_in):
    async def story():
        client = AsyncClient()
        if signed_in:
            await sync_to_async(client.force_login)(agent)
        return (await client.get(reverse("live", args=[uuid.uuid4()]))).status_code

    assert told(story) == (404 if signed_in else 401)


def test_somebody_who_left_hears_nothing(agent, bell):
    customer = CustomerFactory()

    async def story():
        client = AsyncClient()
        await sync_to_async(client.force_login)(agent)
        agent.is_active = False
        await agent.asave()
        return (await client.get(reverse("live", args=[customer.public_id]))).status_code

    assert told(story) == 401
