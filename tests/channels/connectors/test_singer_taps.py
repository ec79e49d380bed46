"""Singer taps as programs: what they may do to us, and what is left of them."""

import json
import os
import stat
import time
from datetime import UTC, datetime
from io import StringIO

import psutil
import pytest
from django.core.management import CommandError, call_command

from apps.channels.actions import create_source
from apps.channels.connectors.singer import lines, taps
from apps.channels.connectors.singer import pull as pulling
from apps.channels.connectors.singer.lines import TooLong
from apps.channels.connectors.singer.words import last_words
from apps.channels.contract import Denied, ReadRange, SourceFacts, Unavailable
from apps.channels.facts import opened
from apps.channels.models import Envelope, SyncRun
from apps.channels.registry import CONNECTORS
from apps.channels.sync.run import sync
from tests.channels.connectors import fake_tap
from tests.channels.connectors.fake_tap import PASSWORD

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SINGER = CONNECTORS["singer"]


@pytest.fixture
def fake(tmp_path, settings):
    """Makes a source of a tap that does as it is told."""
    settings.TAPS_DIR = tmp_path / "taps"
    fake_tap.install(settings.TAPS_DIR)
    return fake_tap.facts


def pull(source, cursor=None):
    return list(SINGER.pull(source, ReadRange("public-orders", cursor, since=NOON)))


def ids(page):
    return [event.content["record"]["id"] for event in page.events]


def test_a_tap_goes_on_from_its_last_state(fake):
    source = fake("record(before.get('place', 0)); state(5)")
    assert [(ids(page), page.cursor) for page in pull(source)] == [([0], {"v": 1, "state": {"place": 5}})]
    assert ids(pull(source, {"v": 1, "state": {"place": 5}})[0]) == [5]


def test_its_files_are_private_and_gone_afterwards_and_nothing_of_ours_is_in_its_environment(fake, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    monkeypatch.setenv("KLATSCH_SECRET_KEY", "secret")
    source = fake(
        "home = os.path.dirname(given['--config'])\n"
        "record(1, home=home, modes=[os.stat(p).st_mode for p in [home, *[v for v in given.values()]]],"
        " names=sorted(os.environ), config=config, catalog=json.load(open(given['--catalog'])))"
    )
    said = pull(source)[0].events[0].content["record"]
    assert [stat.S_IMODE(mode) for mode in said["modes"]] == [0o700, 0o600, 0o600]
    assert not os.path.exists(said["home"])
    assert not [name for name in said["names"] if name.startswith(("DATABASE", "KLATSCH", "DJANGO", "CELERY"))]
    assert (said["config"]["password"], said["config"]["start_date"]) == (PASSWORD, "2026-03-02T12:00:00Z")
    assert said["catalog"]["streams"][0]["metadata"][0]["metadata"]["selected"] is True


def test_a_line_that_is_too_long_is_set_aside_and_the_others_go_on(fake):
    source = fake("record(1); record(2, note='x' * 1_200_000); record(3); state(3)")
    events = [event for page in pull(source) for event in page.events]
    assert [event.content.get("record", {}).get("id") for event in events] == [1, None, 3]
    assert "bytes is more than a record may have" in events[1].refused
    assert len(events[1].content["beginning"]) == lines.BEGINNING
    assert [page.cursor for page in pull(source)] == [{"v": 1, "state": {"place": 3}}]


@pytest.mark.parametrize("size", [lines.LONGEST, lines.LONGEST + 1], ids=["just", "over"])
def test_the_longest_line_is_the_longest(size):
    begun = lines.Begun(lines.LONGEST)
    for _ in range(size // 4096):
        begun.add(b"x" * 4096)
    begun.add(b"x" * (size % 4096))
    ended = begun.end()
    assert (len(ended) if isinstance(ended, bytes) else ended) == (
        size if size == lines.LONGEST else TooLong(b"x" * lines.BEGINNING, size)
    )
    begun.add(b"next")
    assert begun.end() == b"next"


def alive(marker):
    return [one.pid for one in psutil.process_iter(["cmdline"]) if marker in " ".join(one.info["cmdline"] or [])]


def test_a_line_without_an_end_is_given_up_and_the_tap_is_gone(fake, monkeypatch):
    monkeypatch.setattr(lines, "ENDLESS", 4 * lines.LONGEST)
    source = fake("while True: sys.stdout.write('x' * 65536)")
    with pytest.raises(Unavailable, match="line without an end"):
        pull(source)
    assert not alive("bin/tap-fake")


def test_a_few_lines_of_chatter_are_borne_and_a_flood_is_not(fake):
    source = fake("print('Starting sync'); print('{broken'); print('[1]'); record(1)")
    assert ids(pull(source)[0]) == [1]
    with pytest.raises(Unavailable, match="no Singer messages"):
        pull(fake("for _ in range(1000): print('chatter')"))


BROKEN = {
    "empty": "{}",
    "null": "null",
    "no-record": '{"type": "RECORD"}',
    "list": '{"type": "RECORD", "record": [1]}',
    "number": '{"type": 7}',
    "no-state": '{"type": "STATE", "value": null}',
    "bytes": "\\x00\\xff",
    "nan": "NaN",
}


@pytest.mark.parametrize("odd", BROKEN.values(), ids=BROKEN)
def test_broken_messages_do_not_stop_a_tap(fake, odd):
    source = fake(f"sys.stdout.buffer.write(b'{odd}' + bytes([10])); sys.stdout.flush(); record(1); state(1)")
    assert [ids(page) for page in pull(source)] == [[1]]


def test_what_a_tap_said_before_it_crashed_is_kept_and_its_last_words_are_told(fake):
    source = fake("record(1); state(1); record(2); raise KeyError('no such table')")
    pages = SINGER.pull(source, ReadRange("public-orders"))
    first, second = next(pages), next(pages)
    with pytest.raises(Unavailable, match="KeyError: 'no such table'"):
        next(pages)
    assert [(ids(page), page.cursor) for page in (first, second)] == [
        ([1], {"v": 1, "state": {"place": 1}}),
        ([2], None),
    ]


def test_a_silent_tap_gives_signs_of_life_and_dies_with_all_it_started_when_it_is_abandoned(fake, monkeypatch):
    monkeypatch.setattr(lines, "SILENCE", 0.1)
    source = fake("record(1); subprocess.Popen(['sleep', '86399']); time.sleep(86399)")
    pages = SINGER.pull(source, ReadRange("public-orders"))
    assert [len(next(pages).events) for _ in range(3)] == [0, 0, 0]  # no state yet: the record waits for its page
    assert alive("sleep 86399")
    pages.close()
    assert not alive("sleep 86399")
    assert not alive("bin/tap-fake")


def test_a_tap_that_ignores_being_told_to_end_is_ended(fake, monkeypatch):
    monkeypatch.setattr(lines, "SILENCE", 0.1)
    monkeypatch.setattr(taps, "GRACE", 0.3)
    source = fake("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); record(1); time.sleep(86398)")
    pages = SINGER.pull(source, ReadRange("public-orders"))
    next(pages)
    began = time.monotonic()
    pages.close()
    assert time.monotonic() - began < 5
    assert not alive("bin/tap-fake")


def test_a_tap_may_not_run_for_ever(fake, monkeypatch):
    monkeypatch.setattr(pulling, "READING", 0.5)
    with pytest.raises(Unavailable, match="takes too long"):
        pull(fake("time.sleep(86397)"))
    assert not alive("bin/tap-fake")


def test_a_flood_on_the_other_channel_does_not_stop_a_tap(fake):
    source = fake("sys.stderr.write(('log ' * 1000 + chr(10)) * 500); record(1)")
    assert ids(pull(source)[0]) == [1]


@pytest.mark.parametrize(
    "said",
    [
        PASSWORD,
        "p%40ss%2Fw0rd%20of-the-tap",
        "p%40ss%2Fw0rd+of-the-tap",
        f"postgresql://shop:{PASSWORD.replace(' ', '')}@db",
        f"{{'password': {PASSWORD!r}}}",
    ],
    ids=["plain", "quoted", "plus", "address", "repr"],
)
def test_a_secret_on_stderr_is_not_told(fake, said, caplog):
    source = fake(f"sys.stderr.write({'ValueError: login with ' + said!r} + chr(10)); sys.exit(3)")
    with pytest.raises(Unavailable) as told:
        pull(source)
    assert "login with" in str(told.value)
    assert "w0rd" not in str(told.value) + caplog.text


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([b"INFO starting", b"CRITICAL (psycopg2.Error) no route", b"INFO bye"], "(psycopg2.Error) no route"),
        ([b"Traceback:", b'  File "x.py"', b"psycopg2.Error: FATAL: gone", b""], "psycopg2.Error: FATAL: gone"),
        ([b"time=2026-11-23 10:00:00 name=tap level=CRITICAL message=Bad credentials"], "Bad credentials"),
        ([b"just this"], "just this"),
        ([], ""),
        ([b"ERROR card 4111 1111 1111 1111 \x00\xff"], "card ************1111 �"),
    ],
    ids=["level", "traceback", "fields", "line", "nothing", "card"],
)  # fmt: skip
def test_the_last_words_are_the_complaint(lines, told):
    assert last_words(lines, {}, {}) == told


@pytest.mark.parametrize(
    "name",
    ["tap-other", "../tap-fake", "tap-fake/bin/tap-fake", "/bin/sh", "", None, 7, ["tap-fake"]],
    ids=["other", "above", "path", "shell", "empty", "none", "number", "list"],
)
def test_only_installed_taps_run(fake, name):
    source = fake("")
    settings = {**source.settings, "tap": name}
    with pytest.raises(Denied, match="no tap"):
        SINGER.check(SourceFacts(1, "shop-db", "singer", settings=settings))


def test_trying_it_out_tells_the_tables_and_what_is_wrong(fake):
    assert SINGER.check(fake("")) == "1 table found; read: public-orders (whole every time)."
    source = fake("")
    wrong = SourceFacts(1, "s", "singer", settings={**source.settings, "tables": {"public-ordres": ""}})
    with pytest.raises(Denied, match=r"no table public-ordres\. There are: public-orders"):
        SINGER.check(wrong)
    with pytest.raises(Unavailable, match="no catalog"):
        SINGER.check(fake("", discover="print('nonsense')"))
    with pytest.raises(Unavailable, match="RuntimeError: password ••• is wrong"):
        SINGER.check(fake("", discover="raise RuntimeError('password ' + config['password'] + ' is wrong')"))


def test_a_table_that_is_gone_is_a_refusal(fake):
    with pytest.raises(Denied, match="no table gone any more"):
        list(SINGER.pull(fake(""), ReadRange("gone")))


@pytest.mark.django_db
def test_a_tap_that_crashes_keeps_its_state_and_shows_its_words(fake):
    facts = fake("record(1); state(1); record(2); raise KeyError(config['password'])")
    source = create_source(actor=None, slug="db", name="DB", kind="singer", **facts.settings)
    assert PASSWORD not in source.vault + str(source.settings)
    sync(source.streams.get().pk)
    stream = source.streams.get(stream="public-orders")
    run = sync(stream.pk)
    stream.refresh_from_db()
    assert (run.state, run.fresh, run.error) == (SyncRun.State.FAILED, 2, "KeyError: '•••'")
    assert stream.cursor == {"v": 1, "state": {"place": 1}}
    assert Envelope.objects.count() == 2
    assert opened(source).settings["secrets"] == json.dumps({"password": PASSWORD})


def test_what_a_killed_process_left_behind_is_removed(fake, tmp_path, monkeypatch):
    monkeypatch.setattr(taps.tempfile, "gettempdir", lambda: str(tmp_path))
    left = tmp_path / f"{taps.FOLDER}999999999-abc"
    left.mkdir()
    (left / "config.json").write_text("{}")
    pull(fake("record(1)"))
    assert not left.exists()


def test_taps_are_listed_and_removed_and_odd_packages_refused(fake):
    out = StringIO()
    call_command("install_tap", stdout=out)
    assert out.getvalue() == "tap-fake\n"
    for package in ("-r/etc/passwd", "git+https://x.example/tap", "./tap", "tap fake", "tap;rm", "--pre"):
        with pytest.raises(CommandError, match="not the name of a package"):
            call_command("install_tap", "--", package)
    with pytest.raises(CommandError, match="no tap"):
        call_command("install_tap", remove="../tap-fake")
    call_command("install_tap", remove="tap-fake")
    assert taps.installed() == []
