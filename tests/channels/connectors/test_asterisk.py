"""What the Asterisk connector makes of Master.csv."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from apps.channels.connectors.asterisk.rows import BASE, LONGEST
from apps.channels.contract import Refused, StoredEvent, Unintelligible
from apps.channels.registry import CONNECTORS
from apps.customers.drafts import Handle
from tests.channels.conftest import NOON
from tests.channels.samples import asterisk as sample
from tests.channels.vendors import facts

SOURCE = replace(facts("asterisk"), timezone="Europe/London")
BROKEN = {"none": "", "long": "x" * 5_000, "odd": "\x00\u202e", "less": "-1", "huge": "9" * 40, "inf": "infinity"}
LATER = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def connector():
    return CONNECTORS["asterisk"]


@pytest.fixture
def events(connector):
    return lambda content, source=SOURCE: list(connector.read(io.BytesIO(content), "Master.csv", source))


@pytest.fixture
def told(connector, events):
    def read(row, source=SOURCE):
        (event,) = events(row, source)
        return connector.normalise(StoredEvent(event.key, LATER, event.content), source)

    return read


def row(start="2026-03-02 11:00:00", *more, **cells):
    base = {
        "src": "07700900123", "dst": "5000", "channel": "SIP/trunk-00000001", "start": start, "duration": "60",
        "billsec": "50", "disposition": "ANSWERED", **cells,
    }  # fmt: skip
    return (
        ",".join(f'"{base.get(name, "")}"' for name in BASE).encode() + b"".join(b',"%b"' % one for one in more) + b"\n"
    )


# what is told
def test_a_call_through_a_queue_is_told_with_who_answered(told):
    draft = told(sample.QUEUED)
    touch = draft.touch
    assert (touch.title, touch.kind, touch.direction) == ("Call from customer, 4 min 12 s", "call", "inbound")
    assert (touch.touchpoint, touch.staff_name, touch.body) == ("billing", "201", "Answered by: 201")
    assert touch.occurred_at == datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
    assert touch.ended_at == datetime(2026, 3, 2, 11, 4, 16, tzinfo=UTC)
    assert draft.claim.unverified == (Handle("phone", "+447700900123"),)
    assert draft.claim.traits == {"name": "Anna of the shop"}


def test_legs_of_one_call_share_a_thread(told):
    assert told(sample.QUEUED).touch.thread == told(sample.SECOND_LEG).touch.thread == "call:pbx-1772449200.26"
    assert told(sample.QUEUED).touch.external_id != told(sample.SECOND_LEG).touch.external_id


def test_a_call_nobody_answered(told):
    touch = told(sample.MISSED).touch
    assert touch.title == "Missed call after waiting 30 s: nobody answered"
    assert (touch.body, touch.staff_name) == ("Rang at: 201", "")


def test_of_a_call_we_make_the_customer_is_whom_we_dialled(told):
    draft = told(sample.DIALLED)
    assert draft.touch.title == "Call to customer, not answered: busy"
    assert draft.claim.handles == (Handle("phone", "+447700900789"),)
    assert (draft.touch.direction, draft.touch.body) == ("outbound", "Called from: 201")


def test_a_user_field_is_a_link_or_a_note(told):
    assert told(sample.NOTED).touch.link == "https://recordings.example/7.wav"
    assert told(sample.OLDER).touch.body == "Answered by: 201\nNote: asked about order 1043"


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ((), {}),
        ((b"1772449200.1",), {"uniqueid": "1772449200.1"}),
        ((b"a note",), {"userfield": "a note"}),
        ((b"pbx-1772449200.1", b"n"), {"uniqueid": "pbx-1772449200.1", "userfield": "n"}),
        ((b"acc", b"1772449200.9", b"4"), {"peeraccount": "acc", "linkedid": "1772449200.9", "sequence": "4"}),
        ((b"1772449200.1", b"", b"1772449200.9", b"4"), {"uniqueid": "1772449200.1", "linkedid": "1772449200.9"}),
        ((b"1772449200.1", b"n", b"", b"1772449200.9", b"4"), {"userfield": "n", "linkedid": "1772449200.9"}),
    ],
    ids=["16", "17 id", "17 field", "18", "19", "20", "21"],
)  # fmt: skip
def test_columns_are_known_by_their_number_and_looks(events, more, named):
    (event,) = events(row("2026-03-02 11:00:00", *more))
    assert named.items() <= event.content.items()


# when
@pytest.mark.parametrize(
    ("zone", "start", "unique", "expected"),
    [
        ("Europe/London", "2026-07-01 12:00:00", b"", datetime(2026, 7, 1, 11, 0, tzinfo=UTC)),
        ("Asia/Kolkata", "2026-07-01 12:00:00", b"", datetime(2026, 7, 1, 6, 30, tzinfo=UTC)),
        # the clock skipped 01:00 to 02:00
        ("Europe/London", "2026-03-29 01:30:00", b"", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        # the hour that came twice: the first, unless the unique id knows better
        ("Europe/London", "2026-10-25 01:30:00", b"", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("Europe/London", "2026-10-25 01:30:00", b"1792888160.5", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("Europe/London", "2026-10-25 01:30:00", b"1792891760.5", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        # an exchange whose counter has nothing to do with the time
        ("Europe/London", "2026-10-25 01:30:00", b"1000000000.5", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        # impossible: when we heard of it
        ("Europe/London", "2099-01-01 00:00:00", b"", LATER),
        ("Europe/London", "1970-01-01 00:00:00", b"", LATER),
    ],
)
def test_local_time_is_read_in_the_exchanges_zone(told, zone, start, unique, expected):
    touch = told(row(start, unique) if unique else row(start), replace(SOURCE, timezone=zone)).touch
    assert touch.occurred_at == expected


@pytest.mark.parametrize(
    ("zone", "start"),
    [("Europe/London", "yesterday"), ("Europe/London", "2026-02-30 00:00:00"), ("No/Where", "2026-07-01 12:00:00")],
)
def test_a_start_that_cannot_be_read_is_not_told_as_now(told, zone, start):
    with pytest.raises(Unintelligible, match="cannot be read"):
        told(row(start), replace(SOURCE, timezone=zone))


# what is not told
@pytest.mark.parametrize(
    "line",
    [
        sample.INTERNAL,
        row(src="anonymous"),
        row(src="266696687"),
        row(src="+442079460018", dst="201"),
        row(src="", dst="s"),
        ",".join(BASE).encode() + b"\n",
    ],
    ids=["extensions", "anonymous", "withheld", "our own number", "nobody", "header"],
)  # fmt: skip
def test_internal_calls_and_hidden_callers_are_dropped(events, line):
    assert events(line) == []


def test_a_row_is_the_same_however_often_it_is_read(events):
    keys = [event.key for event in events(sample.QUEUED * 2 + sample.QUEUED.replace(b"\n", b"\r\n"))]
    assert len(keys) == 3
    assert len(set(keys)) == 1


# what nobody should send
def test_a_broken_row_holds_up_no_other(events):
    broken = (b"\x00\xff,broken\n", b'"never closed,' * 20 + b"\n", b"x" * (3 * LONGEST) + b"\n")
    read = events(broken[0] + sample.QUEUED + broken[1] + broken[2] + sample.MISSED)
    assert [bool(event.refused) for event in read] == [True, False, True, True, False]
    assert all(len(str(event.content)) < 2000 for event in read)


@pytest.mark.parametrize("content", [b"a,b\n" * 5, b"x" * 100_000, b"\x00" * 50, b"{}", b"%PDF-1.4\n1 0 obj\n"])
def test_what_is_no_master_csv_is_refused_as_a_whole(events, content):
    with pytest.raises(Refused) as refusal:
        events(content)
    assert refusal.value.status == 400


def test_an_empty_file_says_nothing(events):
    assert events(b"") == events(b"\n\n  \n") == []


@pytest.mark.parametrize("name", BASE)
@pytest.mark.parametrize("value", BROKEN.values(), ids=BROKEN)
def test_every_cell_may_be_broken(connector, events, name, value):
    for event in events(row(**{name: value}) if name != "start" else row(value)):
        try:
            draft = connector.normalise(StoredEvent(event.key, LATER, event.content), SOURCE)
        except Unintelligible:  # when it happened cannot be read
            assert name == "start"
        else:
            assert draft.touch.ended_at >= draft.touch.occurred_at


@pytest.mark.parametrize("payload", [None, [], {}, {"phone": [1]}, {"phone": "201"}], ids=repr)
def test_what_is_no_row_makes_no_sense(connector, payload):
    with pytest.raises(Unintelligible):
        connector.normalise(StoredEvent("key", NOON, payload), SOURCE)


def test_its_file_is_taken_for_a_log_unless_somebody_says_otherwise(connector):
    form = connector.about.settings_form
    assert form()["growing"].initial is True
    assert form(initial={"growing": False})["growing"].initial is False
    assert not CONNECTORS["freeswitch"].about.settings_form()["growing"].initial


# which way a call went
TRUNK = "02079460555"  # ours, and in nobody's list


@pytest.mark.parametrize(
    "cells",
    [
        {"channel": "PJSIP/201-0000001a"},
        {"channel": "SIP/4001-0000000b", "lastapp": "Dial", "lastdata": "DAHDI/g0/907700900789"},
        {"channel": "SIP/anna-00000001", "lastapp": "Dial", "lastdata": "PJSIP/07700900789@trunk,60,T"},
        {"channel": "IAX2/12-4001", "lastapp": "Dial", "lastdata": "SIP/carrier/07700900789"},
    ],
)
def test_a_call_out_that_shows_the_trunks_number_is_told_of_whom_we_called(told, cells):
    draft = told(row(src=TRUNK, dst="07700900789", **cells))
    assert draft.touch.direction == "outbound"
    assert draft.claim.handles == (Handle("phone", "+447700900789"),)


@pytest.mark.parametrize(
    "cells",
    [
        {"channel": "PJSIP/trunk-0000001a", "lastapp": "Dial", "lastdata": "PJSIP/201,20"},
        {"channel": "DAHDI/i1/07700900123-1", "lastapp": "Queue", "lastdata": "billing"},
        {"channel": "SIP/carrier-00000001", "lastapp": "Dial", "lastdata": "PJSIP/07700900456@trunk"},  # sent on
        {"channel": "SIP/442079460555-00000001"},
    ],
)
def test_a_call_in_to_a_number_of_ours_in_nobodys_list_is_told_of_who_called(told, cells):
    draft = told(row(src="07700900123", dst=TRUNK, **cells))
    assert draft.touch.direction == "inbound"
    assert draft.claim.unverified == (Handle("phone", "+447700900123"),)
