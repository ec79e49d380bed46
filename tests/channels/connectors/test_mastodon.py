"""Mastodon, read by the real Mastodon.py from a server on loopback that has the public API's paging and bad days."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.channels.actions import create_source
from apps.channels.connectors.mastodon.normalise import plain
from apps.channels.connectors.mastodon.pull import looked_back
from apps.channels.contract import Denied, ReadRange, StoredEvent, Throttled, Unavailable, Unintelligible
from apps.channels.facts import opened
from apps.channels.ingest.process import process_due
from apps.channels.models import Envelope, Source, SyncRun, SyncState
from apps.channels.registry import CONNECTORS
from apps.channels.sync.run import sync
from apps.customers.drafts import Handle
from apps.interactions.models import Interaction
from tests.channels.connectors.mastodon_server import (
    ANNA,
    BEN,
    EPOCH,
    OWN,
    at,
    conversation,
    mastodon_server,
    mention,
    mentioned,
    notification,
    snowflake,
    status,
)  # fmt: skip

DIRECT = {"visibility": "direct"}
BROKEN = {
    "null": None, "number": 7, "list": [], "empty": {}, "no id": {"id": None}, "odd type": {"id": "3", "type": []},
    "no post": {"id": "3", "type": "mention", "status": None},
    "odd account": {"id": "3", "type": "follow", "account": "x"},
    "odd post": {"id": "3", "type": "mention", "status": {"id": [], "account": 7}},
    "long name": {"id": "3", "type": "mention", "status": {"id": "9", "account": {"acct": "x" * 9000}}},
    "odd time": {"id": "3", "type": "follow", "created_at": "yesterday", "account": ANNA},
}  # fmt: skip


@pytest.fixture
def server(settings):
    settings.PRIVATE_PEERS = ["127.0.0.0/8"]
    with mastodon_server() as running:
        yield running


@pytest.fixture
def source(db, server):
    access = {"server": server.url, "access_token": server.token}
    made = create_source(actor=None, slug="social", name="Social", kind="mastodon", settings=access)
    Source.objects.filter(pk=made.pk).update(pace=5000, created_at=EPOCH)
    made.refresh_from_db()
    return made


@pytest.fixture
def read(source):
    """The events and the last cursor of one reading."""

    def pull(stream, cursor=None, *, since=EPOCH, until=None):
        events, last = [], cursor
        for page in CONNECTORS["mastodon"].pull(opened(source), ReadRange(stream, cursor, since, until)):
            events, last = [*events, *page.events], page.cursor or last
        return events, last

    return pull


@pytest.fixture
def told(source):
    """The drafts of events, as they would be stored."""

    def normalise(events):
        stored = [StoredEvent(event.key, timezone.now(), {**event.content, **event.meta}) for event in events]
        return [CONNECTORS["mastodon"].normalise(event, opened(source)) for event in stored]

    return normalise


def keys(events):
    return [event.key for event in events]


def many(count, first=1):
    return [mentioned(number, status(number, f"<p>Post {number}</p>")) for number in range(first, first + count)]


def places(items):
    return {f"status:{item['status']['id']}" for item in items}


# reading upwards
def test_the_first_reading_begins_where_it_should(server, read):
    server.notifications = [mentioned(1, status(-30, "<p>Old</p>")), *many(7, 2)]
    events, cursor = read("notifications")
    assert set(keys(events)) == places(server.notifications[1:])
    assert cursor == {"v": 1, "min_id": "8"}


def test_what_is_new_is_read_upwards_without_a_gap(server, read):
    server.notifications = many(4)
    _events, cursor = read("notifications")
    server.notifications += many(20, 5)
    events, cursor = read("notifications", cursor)
    assert places(server.notifications) == set(keys(events))
    assert cursor == {"v": 1, "min_id": "24"}
    assert [query["min_id"] for path, query in server.asked if "min_id" in query][1] == "3"


def test_the_cursor_moves_with_every_page_and_never_back(server, source):
    server.notifications = many(9)
    pages = CONNECTORS["mastodon"].pull(opened(source), ReadRange("notifications", {"v": 1, "min_id": "6"}))
    assert [page.cursor["min_id"] for page in pages] == ["6", "6", "9"], "the look-back does not move it back"


def test_a_post_that_arrives_late_is_found_by_the_look_back(server, read):
    server.conversations = [conversation(1, status(30, "<p>Now</p>", **DIRECT))]
    _events, cursor = read("conversations")
    server.conversations.append(conversation(2, status(10, "<p>Late</p>", BEN, **DIRECT)))
    events, after = read("conversations", cursor)
    assert f"status:{snowflake(10)}" in keys(events)
    assert after == cursor


@pytest.mark.parametrize(
    ("place", "start"),
    [("100", "80"), ("7", "0"), ("01HXYZ", "01HXYZ"), (snowflake(60), snowflake(0))],
    ids=["count", "few", "text", "time"],
)
def test_how_far_back_a_reading_begins(place, start):
    assert looked_back(place) == start


@pytest.mark.parametrize(
    "faults", [["empty"], ["again"], ["", "empty"], ["", "again"], ["", "", "again", "", "empty"]], ids="-".join
)
def test_a_page_left_out_or_given_twice_loses_nothing(server, read, faults):
    server.notifications = many(4)
    _events, cursor = read("notifications")
    server.notifications += many(8, 5)
    server.faults = faults
    events, cursor = read("notifications", cursor)
    more, cursor = read("notifications", cursor)
    assert places(server.notifications[4:]) <= {*keys(events), *keys(more)}
    assert cursor == {"v": 1, "min_id": "12"}


def test_a_server_that_ignores_paging_does_not_keep_us_for_ever(server, read):
    server.notifications = many(9)
    server.faults = ["deaf"] * 50
    _events, cursor = read("notifications", {"v": 1, "min_id": "3"})
    assert cursor == {"v": 1, "min_id": "9"}
    assert len(server.asked) < 12


# reading downwards
def test_a_backfill_goes_down_to_the_day_wanted_and_can_go_on(server, source, read):
    server.notifications = many(10)
    whole, _cursor = read("notifications", since=at(2.5), until=at(9.5))
    assert set(keys(whole)) == places(server.notifications[2:9])
    pages = CONNECTORS["mastodon"].pull(opened(source), ReadRange("notifications", None, at(2.5), at(9.5)))
    first = next(pages)
    rest, _cursor = read("notifications", first.cursor, since=at(2.5), until=at(9.5))
    assert {*keys(first.events), *keys(rest)} == set(keys(whole))
    assert not set(keys(first.events)) & set(keys(rest))
    assert first.done == 2


def test_a_first_reading_that_was_interrupted_goes_on_downwards(server, source, read):
    server.notifications = many(9)
    first = next(CONNECTORS["mastodon"].pull(opened(source), ReadRange("notifications", None, EPOCH)))
    server.notifications += many(2, 10)
    rest, cursor = read("notifications", first.cursor)
    assert cursor == {"v": 1, "min_id": "9"}, "what came in between is read upwards, from there"
    upwards, cursor = read("notifications", cursor)
    assert {*keys(first.events), *keys(rest), *keys(upwards)} == places(server.notifications)


# what becomes of it
def test_a_mention_is_told_in_the_customers_own_words(server, read, told):
    us = '<span class="h-card"><a href="https://x.example">@<span>shop</span></a></span>'
    content = f"<p>{us} Where is<br>my parcel?</p><p>Anna</p>"
    server.notifications = [mentioned(1, status(1, content))]
    (draft,) = told(read("notifications")[0])
    touch = draft.touch
    assert (touch.title, touch.direction) == ("Mentioned us on Mastodon", "inbound")
    assert touch.verbatim == "@shop Where is\nmy parcel?\n\nAnna"
    assert (touch.link, touch.touchpoint) == (f"{ANNA['url']}/{snowflake(1)}", "@shop@127.0.0.1")
    assert (touch.occurred_at, touch.channel) == (at(1), "social")
    assert draft.claim.handles == (Handle("social", "anna@far.example", "mastodon"),)
    assert draft.claim.traits == {"name": "Anna"}


def test_an_account_of_our_own_server_gets_its_name(server, read, told, source):
    Source.objects.filter(pk=source.pk).update(settings={**source.settings, "domain": "social.example"})
    source.refresh_from_db()
    server.notifications = [mentioned(1, status(1, "<p>Hi</p>", BEN))]
    (draft,) = told(read("notifications")[0])
    assert draft.claim.handles == (Handle("social", "ben@social.example", "mastodon"),)
    assert draft.claim.traits == {"name": "ben"}


def test_our_answers_go_to_whom_they_answer_in_the_thread_it_began(server, read, told):
    first = status(1, "<p>Help</p>")
    reply = status(
        3, "<p>On its way</p>", OWN, in_reply_to_id=snowflake(2), in_reply_to_account_id=ANNA["id"],
        mentions=[mention(BEN), mention(ANNA)],
    )  # fmt: skip
    server.posts = [status(2, "<p>Spring sale!</p>", OWN, mentions=[]), reply]
    server.ancestors = {reply["id"]: [first, status(2, "<p>Which?</p>", OWN)]}
    events, _cursor = read("replies", {"v": 1, "min_id": snowflake(0)})
    (draft,) = told(events)
    assert (draft.touch.title, draft.touch.direction, draft.touch.body) == (
        "Answered on Mastodon",
        "outbound",
        "On its way",
    )
    assert draft.claim.handles == (Handle("social", "anna@far.example", "mastodon"),)
    assert (draft.touch.thread, draft.claim.traits) == (f"mastodon:{first['id']}", {})


def test_a_thread_that_cannot_be_seen_hangs_on_what_it_answers(server, read, told):
    server.notifications = [mentioned(5, status(2, "<p>And?</p>", in_reply_to_id=snowflake(1)))]
    (draft,) = told(read("notifications", {"v": 1, "min_id": "1"})[0])
    assert (draft.touch.thread, draft.touch.title) == (f"mastodon:{snowflake(1)}", "Answered us on Mastodon")


def test_direct_messages_come_from_conversations_too_and_are_one(server, read, told):
    direct = status(1, "<p>My order is 1043</p>", **DIRECT)
    server.notifications, server.conversations = [mentioned(1, direct)], [conversation(1, direct)]
    (noticed,), (conversed,) = read("notifications")[0], read("conversations")[0]
    assert (noticed.key, noticed.content) == (conversed.key, conversed.content)
    (draft,) = told([conversed])
    assert (draft.touch.title, draft.touch.kind) == ("Direct message from customer on Mastodon", "direct_message")


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("follow", "Follows us on Mastodon"), ("follow_request", "Asked to follow us on Mastodon"),
        ("favourite", "Liked a post of ours on Mastodon"), ("reblog", "Shared a post of ours on Mastodon"),
    ],
)  # fmt: skip
def test_what_people_do_with_us_and_our_posts(server, read, told, kind, title):
    ours = {} if kind.startswith("follow") else {"status": status(-60, "<p>Spring sale!</p>", OWN)}
    server.notifications = [notification(1, kind, 1, **ours)]
    (draft,) = told(read("notifications")[0])
    assert (draft.touch.title, draft.touch.external_id, draft.touch.occurred_at) == (title, "notification:1", at(1))
    assert draft.touch.body == ("Spring sale!" if ours else "")


@pytest.mark.parametrize(
    "kind", ["poll", "update", "status", "admin.sign_up", "severed_relationships", "something_new"]
)
def test_other_notifications_are_not_told(server, read, kind):
    server.notifications = [notification(1, kind, 1, status=status(0, "<p>a</p>"))]
    assert read("notifications")[0] == []


def test_what_comes_with_a_post(server, read, told):
    more = {
        "spoiler_text": "Food", "media_attachments": [{"id": "1", "type": "image", "description": "A cup"}],
        "poll": {"id": "1", "options": [{"title": "Tea"}, {"title": "Coffee"}]},
    }  # fmt: skip
    server.notifications = [mentioned(1, status(1, "<p>Look</p>", **more))]
    (draft,) = told(read("notifications")[0])
    assert draft.touch.body == "Content warning: Food\nAttachment: image, A cup\nPoll: Tea, Coffee"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<p>a &lt;b&gt; &amp; c</p>", "a <b> & c"),
        ("<p>a</p><script>alert(1)</script><p onclick=x>b</p>", "a\n\nb"),
        ("<style>p{}</style><img src=x onerror=y>text", "text"),
        ("<p>one<br/>two<br />three</p>", "one\ntwo\nthree"),
        ('<a href="x"><span class="invisible">https://</span><span>shop.example</span></a>', "https://shop.example"),
        ("<p>never <b>closed <p>twice", "never closed\n\ntwice"),
        ("<svg><p>x</p></svg><math>y</math>", "x\n\ny"),
        ("<!-- a --><![CDATA[b]]>c", "c"),
        ("", ""),
        (None, ""),
        (["<p>"], ""),
        ("<p>" * 5000 + "deep", "deep"),
    ],
    ids=[
        "entities", "script", "style", "breaks", "link", "open", "foreign", "comments", "empty", "null", "list", "deep",
    ],
)  # fmt: skip
def test_html_becomes_text(content, text):
    assert plain(content) == text


# what goes wrong
def test_too_many_requests_are_told_with_the_time_to_wait(server, read):
    server.faults = ["429"]
    with pytest.raises(Throttled, match="Too many requests") as wait:
        read("notifications")
    assert 190 < wait.value.seconds <= 201


def test_a_wrong_token_is_denied_in_the_servers_own_words(server, read):
    server.token = "another"
    with pytest.raises(Denied, match="The access token is invalid"):
        read("notifications")


@pytest.mark.parametrize("fault", ["html", "500", "object"])
def test_a_bad_answer_is_a_passing_fault_and_moves_nothing(server, read, fault):
    server.notifications = many(3)
    server.faults = [fault]
    with pytest.raises(Unavailable):
        read("notifications")


def test_a_token_is_never_taken_for_the_name_of_a_file(server, source, tmp_path, read):
    """Mastodon.py, given the name of a file as token, would read it and send what it holds."""
    server.token = str(tmp_path / "secret")
    (tmp_path / "secret").write_text("what nobody should send\n")
    facts = opened(source)
    facts = facts.with_secrets(settings={**facts.settings, "access_token": server.token}, secrets=())
    assert "@shop@" in str(CONNECTORS["mastodon"].check(facts))


def test_an_address_inside_the_network_is_not_asked(server, read, settings):
    settings.PRIVATE_PEERS = []
    with pytest.raises(Denied, match="inside this network"):
        read("notifications")
    assert server.asked == []


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_broken_items_hold_up_no_other(server, source, monkeypatch, told, broken):
    good = many(1)
    monkeypatch.setattr(server, "_page", lambda _items, query: [broken, *good] if "min_id" not in query else [])
    pages = list(CONNECTORS["mastodon"].pull(opened(source), ReadRange("notifications", None, EPOCH)))
    events = [event for page in pages for event in page.events]
    assert places(good) <= set(keys(events))
    for draft in told(events):
        assert draft.touch.title


@pytest.mark.parametrize(
    "payload", [None, [], {}, {"kind": "status"}, {"kind": "poll"}, {"kind": "status", "account": []}], ids=repr
)
def test_what_nobody_did_makes_no_sense(payload):
    source = opened(Source(slug="social", kind="mastodon"))
    with pytest.raises(Unintelligible):
        CONNECTORS["mastodon"].normalise(StoredEvent("key", timezone.now(), payload), source)


# through the engine
def run(source, stream, kind=SyncRun.Kind.INCREMENTAL):
    return sync(SyncState.objects.get(source=source, stream=stream).pk, kind)


def test_the_engine_finds_the_streams_reads_them_and_the_story_is_told_once(server, source):
    direct = status(4, "<p>My order is 1043</p>", **DIRECT)
    server.notifications = [*many(3), mentioned(9, direct), notification(10, "follow", 5, BEN)]
    server.conversations = [conversation(1, direct)]
    server.posts = [
        status(6, "<p>Sent today</p>", OWN, in_reply_to_id=direct["id"], mentions=[mention(ANNA)], **DIRECT)
    ]
    assert run(source, "").state == SyncRun.State.DONE
    for _time in range(2):
        for stream in ("notifications", "conversations", "replies"):
            assert run(source, stream).state == SyncRun.State.DONE
        while process_due() != (0, 0):
            pass
        assert Interaction.objects.count() == 6
        assert set(Envelope.objects.values_list("state", flat=True)) == {Envelope.State.DONE}
    assert Interaction.objects.get(direction="outbound").profile.external_id == "social:anna@far.example"


def test_the_engine_waits_as_long_as_the_server_asks_and_loses_nothing(server, source):
    server.notifications = many(9)
    run(source, "")
    server.faults = ["", "429"]
    assert run(source, "notifications").state == SyncRun.State.WAITING
    state = SyncState.objects.get(source=source, stream="notifications")
    assert state.error.startswith('{"error": "Too many requests"')
    assert timedelta(seconds=190) < state.next_at - timezone.now() < timedelta(seconds=300)
    assert run(source, "notifications").state == SyncRun.State.DONE
    assert set(Envelope.objects.values_list("dedupe_key", flat=True)) == places(server.notifications)


def test_a_comparison_finds_what_the_server_had_left_out(server, source):
    server.notifications = [one for one in many(9) if one["id"] != "4"]
    Source.objects.filter(pk=source.pk).update(created_at=EPOCH)
    run(source, "")
    run(source, "notifications")
    server.notifications = many(9)
    SyncState.objects.filter(stream="notifications").update(last_ok_at=at(60))
    assert run(source, "notifications", SyncRun.Kind.RECONCILIATION).fresh == 1
    assert SyncState.objects.get(stream="notifications").missed == 1
