"""Files in an S3 bucket, against a server that speaks S3 on loopback (moto)."""

import gzip
import os
import socket
from datetime import timedelta

import boto3
import pytest
from django.utils import timezone
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from apps.channels.contract import Denied, RawEvent, ReadRange, SourceFacts, Throttled
from apps.channels.toolkit.files import buckets
from apps.channels.toolkit.files.buckets import Bucket
from apps.channels.toolkit.files.drop import Drop
from apps.channels.toolkit.files.places import Gone, ReadFault
from tests.channels.toolkit.files.layout import Lines, crashing, keys, look


@pytest.fixture(scope="module")
def s3():
    """A server, and a client that fills it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    yield boto3.client(
        "s3", endpoint_url=address, aws_access_key_id="key", aws_secret_access_key="secret", region_name="eu-central-1"
    )
    server.stop()


@pytest.fixture
def bucket(s3, settings):
    settings.PRIVATE_PEERS = ["127.0.0.0/8"]
    s3.create_bucket(Bucket="exports", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    yield s3
    for row in s3.list_objects_v2(Bucket="exports").get("Contents", ()):
        s3.delete_object(Bucket="exports", Key=row["Key"])
    s3.delete_bucket(Bucket="exports")


@pytest.fixture
def source(bucket):
    return facts(bucket)


@pytest.fixture
def drop():
    return Drop(Lines())


def facts(client, **more):
    chosen = {
        "bucket": "exports",
        "bucket_path": "tills/",
        "endpoint": client.meta.endpoint_url,
        "bucket_region": "eu-central-1",
        "access_key": "key",
        "secret_key": "secret",
        **more,
    }
    return SourceFacts(0, "tills", "lines", settings=chosen)


def put(client, key, *lines, data=None):
    body = "".join(f"{line}\n" for line in lines).encode() if data is None else data
    client.put_object(Bucket="exports", Key=key, Body=body)


def test_objects_below_the_prefix_are_read_once(drop, source, bucket):
    put(bucket, "tills/a.txt", "a1", "a2")
    put(bucket, "tills/2026/03/b.txt.gz", data=gzip.compress(b"b1\n"))
    put(bucket, "elsewhere/c.txt", "c1")
    put(bucket, "tills/", data=b"")
    told, cursor = look(drop, source)
    assert sorted(told) == ["a1", "a2", "b1"]
    assert set(cursor["files"]) == {"a.txt", "2026/03/b.txt.gz"}
    assert look(drop, source, cursor)[0] == []
    assert drop.check(source).startswith("2 files, the newest of ")


def test_a_replaced_object_is_read_anew_and_a_deleted_one_forgotten(drop, source, bucket):
    put(bucket, "tills/a.txt", "a1")
    put(bucket, "tills/b.txt", "b1")
    cursor = look(drop, source)[1]
    put(bucket, "tills/a.txt", "a1", "a2")
    bucket.delete_object(Bucket="exports", Key="tills/b.txt")
    told, cursor = look(drop, source, cursor)
    assert told == ["a1", "a2"]
    assert set(cursor["files"]) == {"a.txt"}


def test_more_objects_than_a_page_lists_are_all_found(drop, source, bucket, monkeypatch):
    for number in range(7):
        put(bucket, f"tills/{number}.txt", f"row {number}")
    asked = Bucket._ask

    def sparing(self, call, **named):
        return asked(self, call, **named | ({"MaxKeys": 2} if "MaxKeys" in named else {}))

    monkeypatch.setattr(Bucket, "_ask", sparing)
    assert len(look(drop, source)[0]) == 7


def test_nothing_is_lost_if_every_reading_ends_after_one_page(drop, source, bucket):
    put(bucket, "tills/a.txt", *(f"a {number}" for number in range(1100)))
    put(bucket, "tills/b.txt", *(f"b {number}" for number in range(600)))
    told = crashing(drop, source)
    assert len(told) == len(set(told)) == 1700


def test_an_object_that_is_replaced_while_it_is_read_is_read_as_it_was(drop, source, bucket):
    put(bucket, "tills/a.txt", *(f"a {number}" for number in range(1100)))
    pages = drop.pull(source, ReadRange("files"))
    first = next(pages)
    put(bucket, "tills/a.txt", "b1")
    assert keys([first, *pages]) == [f"a {number}" for number in range(1100)]
    assert look(drop, source, first.cursor)[0] == ["b1"]


def test_an_object_that_changed_since_it_was_found_waits_for_the_next_look(source, bucket):
    put(bucket, "tills/a.txt", "a1")
    place = Bucket(source, pattern="")
    (found,) = place.files()
    put(bucket, "tills/a.txt", "a2")
    with pytest.raises(Gone), place.open(found):
        pass
    bucket.delete_object(Bucket="exports", Key="tills/a.txt")
    with pytest.raises(Gone), place.open(found):
        pass


def test_a_large_object_is_not_held_in_memory(source, bucket):
    put(bucket, "tills/a.txt", data=os.urandom(3_000_000))
    place = Bucket(source, pattern="")
    (found,) = place.files()
    with place.open(found) as file:
        assert len(file.read(1000)) == 1000
        assert file.raw.at < 100_000, "the rest is still on its way"


def test_a_backfill_reads_what_was_changed_in_its_time(drop, source, bucket):
    put(bucket, "tills/a.txt", "a1")
    now = timezone.now()
    assert look(drop, source, None, since=now - timedelta(days=1), until=now + timedelta(minutes=1))[0] == ["a1"]
    assert look(drop, source, None, since=now - timedelta(days=2), until=now - timedelta(days=1))[0] == []


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"bucket": "nobodys"}, "NoSuchBucket"),
        ({"access_key": ""}, "needs an access key and a secret key"),
        ({"secret_key": ""}, "needs an access key and a secret key"),
        ({"endpoint": "ftp://s3.example.com"}, "not an address of the form"),
        ({"endpoint": "http://[::1"}, "not an address of the form"),
        ({"endpoint": "http://169.254.169.254"}, "inside this network"),
        ({"endpoint": "http://10.0.0.1:9000"}, "inside this network"),
        ({"endpoint": "http://0x7f000001.1.1:1"}, None),
    ],
    ids=["bucket", "no key", "no secret", "scheme", "broken", "metadata", "private", "nowhere"],
)
def test_what_cannot_work_is_refused_with_a_reason(drop, bucket, more, words):
    with pytest.raises((Denied, OSError), match=words):
        drop.check(facts(bucket, **more))


def test_a_private_address_needs_to_be_allowed(drop, bucket, source, settings):
    settings.PRIVATE_PEERS = []
    with pytest.raises(Denied, match="inside this network"):
        drop.check(source)


def test_a_name_that_changes_its_address_after_the_check_leads_nowhere_private(bucket, source, settings, monkeypatch):
    """Between our look at a name and the connection, it comes to mean another machine."""
    place = Bucket(source, pattern="")
    settings.PRIVATE_PEERS = []
    with pytest.raises(ReadFault, match="inside this network"):
        list(place.files())


def test_the_machine_we_run_on_lends_nobody_its_keys(drop, bucket, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with pytest.raises(Denied, match="needs an access key"):
        drop.check(facts(bucket, access_key="", secret_key=""))


def test_a_server_that_is_away_is_a_passing_fault(drop, bucket, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(ReadFault):
        drop.check(facts(bucket, endpoint=address))


def test_a_line_that_breaks_is_a_passing_fault_and_no_damaged_file(drop, source, bucket, monkeypatch):
    put(bucket, "tills/a.txt", *(f"a {number}" for number in range(5000)))
    pages = drop.pull(source, ReadRange("files"))
    next(pages)
    reading = buckets.Extract.readinto

    def broken(self, buffer):
        self.raw = None
        return reading(self, buffer)

    monkeypatch.setattr(buckets.Extract, "readinto", broken)
    with pytest.raises(ReadFault):
        list(pages)


@pytest.mark.django_db
def test_requests_keep_to_the_pace_of_their_source(drop, bucket, monkeypatch):
    monkeypatch.setattr(buckets, "request_wait", lambda _pk, _pace: 60.0)
    slow = SourceFacts(7, "tills", "lines", settings=facts(bucket).settings)
    with pytest.raises(Throttled) as wait:
        drop.check(slow)
    assert wait.value.seconds == 60.0


def test_a_format_that_is_read_from_its_end_is_copied_first(source, bucket):
    """Parquet has its table of contents at the end, and an object only comes forwards."""

    class Backwards(Lines):
        def read(self, file, name, source):
            file.seek(-4, os.SEEK_END)
            yield RawEvent(file.read().decode(), {})

    for name in ("a.parquet", "b.parquet.gz", "c.txt"):
        put(bucket, f"tills/{name}", data=gzip.compress(b"x" * 1000 + b"PAR1") if name.endswith(".gz") else b"xxxxPAR1")
    (page,) = Drop(Backwards()).pull(source, ReadRange("files"))
    assert sorted(event.key for event in page.events if not event.refused) == ["PAR1", "PAR1"]
    assert [event.content["file"] for event in page.events if event.refused] == ["c.txt"]
