"""The mailbox connector and the sync engine against a real mail server (Dovecot, `tests.machine.mail_server`)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from apps.channels import actions
from apps.channels import facts as facts_module
from apps.channels.connectors.imap import pull
from apps.channels.connectors.imap.session import FolderSession
from apps.channels.contract import Denied, ReadRange
from apps.channels.ingest import receive
from apps.channels.models import Envelope, Source, SyncRun, SyncState
from apps.channels.registry import CONNECTORS
from apps.channels.sync import run as run_module
from apps.channels.toolkit.mail.message import LARGEST
from apps.customers.models import Customer
from apps.interactions.models import Interaction
from tests.channels.connectors.mails import mail

pytest_plugins = ["tests.machine.mail_server"]

IMAP = CONNECTORS["imap"]
NOW = datetime.now(UTC).replace(microsecond=0)
MANY = 4000


@pytest.fixture
def source(db, dovecot) -> Source:
    """The mailbox, connected yesterday."""
    made = actions.create_source(actor=None, slug="mail", name="Help", kind="imap", **dovecot.settings)
    made.created_at = NOW - timedelta(days=1)
    made.pace = 1000
    made.save()
    return made


@pytest.fixture
def read(source, process_all):
    """Read every folder to its end, take in what was new, and say how many events that was."""

    def run(box=30.0) -> int:
        before = Envelope.objects.count()
        for pk in (state.pk for state in SyncState.objects.filter(source=source, stream="")):
            run_module.sync(pk)
        for state in SyncState.objects.filter(source=source).exclude(stream="").order_by("stream"):
            for _round in range(500):
                done = run_module.sync(state.pk, box=box)
                assert done is not None, "the stream is held by somebody"
                assert done.state != SyncRun.State.FAILED, done.error
                state.refresh_from_db()
                if done.state == SyncRun.State.DONE and state.backfill_since is None:
                    break
        process_all()
        return Envelope.objects.count() - before

    return run


def question(number: int = 1, **headers: str) -> bytes:
    given = {"date": "", "message_id": f"<q{number}@customer.example>", "subject": f"Question {number}", **headers}
    return mail(f"What is {number}?", **given).as_bytes()


def titles() -> list[str]:
    return sorted(Interaction.objects.values_list("title", flat=True))


# connecting
def test_check_counts_what_it_finds(dovecot, source):
    dovecot.deliver(question(1), number=3)
    dovecot.deliver(question(2), "Sent")
    dovecot.deliver(question(3), "Elsewhere")
    assert str(IMAP.check(facts_module.opened(source))) == "4 e-mails in 2 folders."


def test_a_wrong_password_is_told_in_the_servers_words(source):
    with pytest.raises(Denied, match="Authentication failed"):
        IMAP.check(facts_module.opened(source, {"password": "wrong"}))


def test_a_refused_password_stops_the_stream_until_somebody_acts(source):
    actions.change_source(actor=None, source=source, settings={"password": "wrong"})
    state = SyncState.objects.get(source=source, stream="")
    run = run_module.sync(state.pk)
    state.refresh_from_db()
    assert run is not None
    assert (run.state, state.denied) == (SyncRun.State.FAILED, True)
    assert "Authentication failed" in state.error


def test_addresses_inside_our_network_are_refused_unless_allowed(source, settings):
    settings.PRIVATE_PEERS = []
    with pytest.raises(Denied, match="KLATSCH_PRIVATE_PEERS"):
        IMAP.check(facts_module.opened(source))


def test_a_folder_that_is_not_there_is_named_with_those_that_are(dovecot, source):
    dovecot.deliver(question(), "Returns")
    with pytest.raises(Denied, match=r"no folder “Refunds”.*Returns"):
        IMAP.check(facts_module.opened(source, {"folders": "INBOX, Refunds"}))


def test_all_folders_are_all_but_drafts_and_rubbish(dovecot, source):
    for folder in ("Sent", "Returns", "Returns/2026", "Größe & mehr", "Drafts", "Junk", "Trash"):
        dovecot.deliver(question(), folder if folder.isascii() else "Gr&APYA3w-e &- mehr")
    found = IMAP.streams(facts_module.opened(source, {"folders": "all"}))
    assert sorted(found) == ["Größe & mehr", "INBOX", "Returns", "Returns/2026", "Sent"]
    everything = IMAP.check(facts_module.opened(source, {"folders": "Größe & mehr"}))
    assert str(everything) == "1 e-mail in 1 folder."


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_is_held_against_the_name(dovecot, source, security, monkeypatch):
    port = dovecot.server.secure_port if security == "tls" else dovecot.server.port
    facts = facts_module.opened(source, {"security": security, "port": port})
    with pytest.raises(Denied, match="certificate"):
        IMAP.check(facts)
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.server.certificate))
    assert "in 1 folder" in str(IMAP.check(facts))
    with pytest.raises(Denied, match="does not speak TLS"):
        IMAP.check(facts_module.opened(source, {"security": "tls", "port": dovecot.server.port}))


# reading what is new
def test_a_mail_is_read_once_and_not_again(dovecot, read):
    dovecot.deliver(question(1))
    assert read() == 1
    assert read() == 0  # `UID n:*` gives the last mail where there is nothing new
    dovecot.deliver(question(2))
    assert read() == 1
    assert titles() == ["Question 1", "Question 2"]
    assert Envelope.objects.count() == 2


def test_nothing_is_asked_of_a_folder_that_did_not_change(dovecot, source, read, monkeypatch):
    dovecot.deliver(question(1))
    read()
    state = SyncState.objects.get(source=source, stream="INBOX")
    assert state.cursor["modseq"] > 0  # told only to those who enabled CONDSTORE
    monkeypatch.setattr(FolderSession, "search", None)
    assert list(IMAP.pull(facts_module.opened(source), ReadRange("INBOX", state.cursor, since=source.created_at))) == []


def test_a_changed_flag_is_no_news(dovecot, read):
    dovecot.deliver(question(1))
    read()
    with dovecot.client() as client:
        client.select_folder("INBOX")
        client.add_flags(client.search(), [b"\\Seen", b"\\Flagged"])
    assert read() == 0


def test_mails_from_before_the_source_was_connected_wait_for_a_backfill(dovecot, source, read):
    dovecot.deliver(question(1), at=NOW - timedelta(days=9))
    dovecot.deliver(question(2), at=NOW - timedelta(days=5))
    dovecot.deliver(question(3))
    assert read() == 1
    actions.backfill(actor=None, source=source, since=NOW - timedelta(days=7))
    assert read() == 1
    assert titles() == ["Question 2", "Question 3"]


def test_a_moved_mail_is_the_same_mail(dovecot, source, read):
    actions.change_source(actor=None, source=source, settings={"folders": "all"})
    dovecot.deliver(question(1))
    assert read() == 1
    dovecot.move("Done")
    SyncState.objects.filter(source=source, stream="").update(next_at=timezone.now())
    assert read() == 0
    assert SyncState.objects.filter(source=source, stream="Done").exists()
    assert (titles(), Envelope.objects.count()) == (["Question 1"], 1)


def test_an_expunged_mail_stays_part_of_the_story(dovecot, read):
    dovecot.deliver(question(1))
    read()
    dovecot.expunge()
    dovecot.deliver(question(2))
    assert read() == 1
    assert titles() == ["Question 1", "Question 2"]


def test_a_folder_made_anew_is_read_again_without_doubles(dovecot, source, read):
    actions.change_source(actor=None, source=source, settings={"folders": "INBOX, Returns"})
    unnamed = mail("No id", message_id="", date="", subject="Unnamed").as_bytes()
    for raw in (question(1), question(2), unnamed):
        dovecot.deliver(raw, "Returns")
    assert read() == 3
    before = SyncState.objects.get(source=source, stream="Returns").cursor
    dovecot.recreate("Returns")
    for raw in (unnamed, question(3), question(2)):
        dovecot.deliver(raw, "Returns")
    assert read() == 1
    after = SyncState.objects.get(source=source, stream="Returns").cursor
    assert before["uidvalidity"] != after["uidvalidity"]
    assert titles() == ["Question 1", "Question 2", "Question 3", "Unnamed"]
    assert not Envelope.objects.conflicting().exists()


def test_a_folder_that_is_gone_is_an_error_only_where_it_was_named(dovecot, source):
    dovecot.deliver(question(1), "Returns")
    with dovecot.client() as client:
        client.delete_folder("Returns")
    read_range = ReadRange("Returns", None, since=source.created_at)
    assert list(IMAP.pull(facts_module.opened(source, {"folders": "all"}), read_range)) == []
    with pytest.raises(Denied, match="Returns"):
        list(IMAP.pull(facts_module.opened(source, {"folders": "Returns"}), read_range))


def test_a_reply_hangs_under_the_question_in_one_persons_story(dovecot, read):
    dovecot.deliver(question(1))
    answer = {"from": "help@shop.example", "to": "anna@customer.example", "in_reply_to": "<q1@customer.example>"}
    dovecot.deliver(question(2, **answer), "Sent")
    dovecot.deliver(question(3, references="<q1@customer.example> <q2@customer.example>"))
    assert read() == 3
    threads = set(Interaction.objects.values_list("thread", flat=True))
    assert len(threads) == 1
    assert Customer.objects.count() == 1
    assert sorted(Interaction.objects.values_list("direction", flat=True)) == ["inbound", "inbound", "outbound"]


def test_mails_nobody_has_a_part_in_never_reach_the_quarantine(dovecot, read):
    dovecot.deliver(question(1, **{"from": "ben@shop.example"}))
    dovecot.deliver(question(2, **{"from": "news@vendor.example", "list_unsubscribe": "<https://vendor.example>"}))
    dovecot.deliver(question(3))
    assert read() == 1
    assert (Envelope.objects.count(), Envelope.objects.quarantined().count()) == (1, 0)


def test_drafts_are_nobodys_business_yet(dovecot, read):
    with dovecot.client() as client:
        client.append("INBOX", question(1), flags=[b"\\Draft"])
        client.append("INBOX", question(2))
    assert read() == 1
    assert titles() == ["Question 2"]


# crashes and large folders
def test_after_a_crash_between_two_pages_nothing_is_missing(dovecot, source, read, monkeypatch):
    monkeypatch.setattr(pull, "PAGE", 4)
    for number in range(10):
        dovecot.deliver(question(number))
    facts = facts_module.opened(source)
    pages = IMAP.pull(facts, ReadRange("INBOX", None, since=source.created_at))
    first = next(pages)
    pages.close()  # type: ignore[attr-defined]
    receive.receive(facts, first.events)
    SyncState.objects.create(source=source, stream="INBOX", cursor=dict(first.cursor or {}))
    assert len(first.events) == 4
    assert read() == 6
    assert titles() == [f"Question {number}" for number in range(10)]


def test_a_mail_that_shows_late_is_not_missed(dovecot, source, read):
    for number in range(3):
        dovecot.deliver(question(number))
    read()
    state = SyncState.objects.get(source=source, stream="INBOX")
    late = {**state.cursor, "recent": state.cursor["recent"][:1] + state.cursor["recent"][2:], "modseq": 0}
    pages = list(IMAP.pull(facts_module.opened(source), ReadRange("INBOX", late, since=source.created_at)))
    assert [event.key for page in pages for event in page.events] == ["q1@customer.example"]


def test_more_new_mails_than_a_search_may_find_come_one_reading_after_another(dovecot, source, read, monkeypatch):
    read()
    monkeypatch.setattr(pull, "WINDOW", 60)
    for number in range(130):
        dovecot.deliver(question(number))
    counts = [read() for _round in range(14)]
    assert sum(counts) == 130
    assert max(counts) <= 60


def test_a_folder_of_thousands_is_read_back_in_bounded_pages(dovecot, source, read):
    """Newest first, a hundred mails at most at once, with its progress to be seen."""
    month = NOW - timedelta(days=20)
    for number in range(MANY):
        dovecot.deliver(question(number), at=month + timedelta(minutes=number))
    assert read() == 0
    actions.backfill(actor=None, source=source, since=NOW - timedelta(days=30))
    facts = facts_module.opened(source)
    first = next(IMAP.pull(facts, ReadRange("INBOX", None, since=NOW - timedelta(days=30), until=NOW)))
    assert first.events[0].content["subject"] == f"Question {MANY - 1}"
    assert (len(first.events), first.done, first.total) == (100, 100, MANY)
    assert read(box=0.5) == MANY
    state = SyncState.objects.get(source=source, stream="INBOX")
    assert (state.backfill_done, state.backfill_total, state.backfill_events) == (MANY, MANY, MANY)
    runs = SyncRun.objects.filter(source=source, kind=SyncRun.Kind.BACKFILL, stream="INBOX")
    assert sum(run.pages for run in runs) == MANY / 100
    assert Interaction.objects.count() == MANY


def test_a_mail_of_sixty_megabytes_is_never_loaded(dovecot, source, read, monkeypatch):
    message = mail("See the film.", date="", subject="Large")
    raw = message.as_bytes().replace(b"Content-Type: text/plain", b"X-Was: text/plain", 1)
    head, _gap, _body = raw.partition(b"\n\n")
    film = b"QUJD\r\n" * (60 * 1024 * 1024 // 6)
    parts = (
        b'\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee the film.'
        b'\r\n--b\r\nContent-Type: video/mp4; name="film.mp4"\r\nContent-Transfer-Encoding: base64\r\n\r\n%b'
        b"\r\n--b--\r\n"
    )
    late = (
        b'\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        b'--b\r\nContent-Type: video/mp4; name="film.mp4"\r\nContent-Transfer-Encoding: base64\r\n\r\n%b\r\n'
        b'--b\r\nContent-Type: text/html; charset="iso-8859-1"\r\n\r\n<p>Sp\xe4ter <b>Text</b></p>\r\n--b--\r\n'
    )
    dovecot.deliver(head + parts % film)
    dovecot.deliver(head.replace(b"<q1@", b"<q2@") + late % film)
    longest = []
    copies = FolderSession.copies
    monkeypatch.setattr(
        FolderSession, "copies", lambda *a, **k: [longest.append(len(one.raw)) or one for one in copies(*a, **k)]
    )
    assert read() == 2
    assert max(longest) <= LARGEST
    first, second = Interaction.objects.order_by("external_id")
    assert (first.verbatim, second.verbatim) == ("See the film.", "Später Text")
    assert "film.mp4 (46080 KB)" in first.body
    assert "only its text was fetched" in second.body


def test_a_mail_that_breaks_the_conversation_is_set_aside_and_blocks_nobody(dovecot, read, monkeypatch):
    """As one with a structure the library cannot take."""
    copies = FolderSession.copies

    def breaking(session, wanted, **options):
        found = copies(session, wanted, **options)
        if any(b"Question 5" in one.raw for one in found):
            session.client.shutdown()
            raise pull.imaplib.IMAP4.error("got more than 1000000 bytes")
        return found

    monkeypatch.setattr(FolderSession, "copies", breaking)
    for number in range(8):
        dovecot.deliver(question(number))
    assert read() == 8
    assert titles() == [f"Question {number}" for number in range(8) if number != 5]
    aside = Envelope.objects.quarantined().get()
    assert "got more than 1000000 bytes" in aside.error


def test_a_server_that_goes_away_is_a_passing_fault(dovecot, source, read, monkeypatch):
    dovecot.deliver(question(1))
    read()
    dovecot.deliver(question(2))
    state = SyncState.objects.get(source=source, stream="INBOX")
    with monkeypatch.context() as patch:
        broken = lambda session, _uids: session.client.shutdown() or session.client.noop()  # noqa: E731
        patch.setattr(FolderSession, "listed", broken)
        run = run_module.sync(state.pk)
    state.refresh_from_db()
    assert (run.state, state.denied) == (SyncRun.State.FAILED, False)
    assert read() == 1


def test_a_comparison_finds_what_was_missed(dovecot, source, read):
    for number in range(3):
        dovecot.deliver(question(number))
    read()
    Interaction.objects.filter(title="Question 1").delete()
    Envelope.objects.filter(dedupe_key="q1@customer.example").delete()
    state = SyncState.objects.get(source=source, stream="INBOX")
    run_module.sync(state.pk, SyncRun.Kind.RECONCILIATION)
    state.refresh_from_db()
    assert state.missed == 1
