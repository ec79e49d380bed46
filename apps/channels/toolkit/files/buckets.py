"""Files in an S3 bucket, Amazon's or any that speaks its language ("Amazon S3 API Reference": ListObjectsV2,
GetObject). Keys of the machine we run on are never used, and no private address is talked to."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep
from typing import IO, Any
from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from apps.channels.contract import Denied, SourceFacts, Throttled
from apps.channels.toolkit.files.places import Extract, FoundFile, Gone, ReadFault, is_wanted, label_of
from apps.channels.toolkit.http.pace import request_wait
from apps.foundation.network.addresses import reachable

LONGEST_NAP = 5.0  # seconds we wait for our own pace; beyond, others have their turn
MISSING = {"NoSuchKey", "404", "NotFound"}
SLOW = {"SlowDown", "Throttling", "ThrottlingException", "RequestLimitExceeded", "ServiceUnavailable", "503", "429"}
CALM = Config(
    connect_timeout=5,
    read_timeout=20,
    retries={"mode": "standard", "total_max_attempts": 2},
    signature_version="s3v4",
    ignore_configured_endpoint_urls=True,
    s3={"addressing_style": "auto"},
)


class _Connection(AWSHTTPConnection):  # type: ignore[misc]
    def _new_conn(self) -> Any:
        self._dns_host = reachable(self.host, self.port)
        return super()._new_conn()


class _SecureConnection(AWSHTTPSConnection):  # type: ignore[misc]
    def _new_conn(self) -> Any:
        self._dns_host = reachable(self.host, self.port)
        return super()._new_conn()


class _Pool(AWSHTTPConnectionPool):  # type: ignore[misc]
    ConnectionCls = _Connection


class _SecurePool(AWSHTTPSConnectionPool):  # type: ignore[misc]
    ConnectionCls = _SecureConnection


class Bucket:
    """A bucket, or what lies below a prefix of it, however deep. An object appears whole or not at all."""

    def __init__(self, source: SourceFacts, *, pattern: str) -> None:
        self.source, self.pattern = source, pattern
        self.bucket = str(source.settings["bucket"])
        self.prefix = str(source.settings.get("bucket_path") or "").lstrip("/")
        self.client = _client(source)

    def words(self) -> str:
        return f"{self.bucket}/{self.prefix}"

    def files(self) -> Iterator[FoundFile]:
        more: dict[str, str] = {}
        while True:
            answer = self._ask("list_objects_v2", Prefix=self.prefix, MaxKeys=1000, **more)
            for row in answer.get("Contents", ()):
                shown = row["Key"][len(self.prefix) :].lstrip("/")
                if is_wanted(shown, self.pattern):
                    mark = row["ETag"].strip('"')
                    yield FoundFile(row["Key"], label_of(shown), row["Size"], row["LastModified"].timestamp(), mark)
            if not answer.get("IsTruncated"):
                return
            more = {"ContinuationToken": answer["NextContinuationToken"]}

    @contextmanager
    def open(self, found: FoundFile) -> Iterator[IO[bytes]]:
        body = self._ask("get_object", Key=found.name, IfMatch=f'"{found.mark}"')["Body"]
        try:
            yield io.BufferedReader(Extract(body, found.size))
        finally:
            body.close()

    def edge(self, found: FoundFile, known: str = "") -> str:
        return ""  # nobody can append to an object

    def _ask(self, call: str, **parameters: Any) -> Any:
        wait = request_wait(self.source.pk, self.source.pace) if self.source.pk else 0
        if wait > LONGEST_NAP:
            raise Throttled(wait, "Our own pace for this source is used up.")
        sleep(wait)
        try:
            return getattr(self.client, call)(Bucket=self.bucket, **parameters)
        except ClientError as error:
            raise _understood(error) from None
        except BotoCoreError as error:
            raise ReadFault(str(error)[:300]) from None


def _understood(error: ClientError) -> Exception:
    """What an answer other than yes means to us."""
    said, status = error.response.get("Error", {}), error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    code, words = str(said.get("Code", "")), str(said.get("Message", ""))[:300]
    if code in MISSING or code == "PreconditionFailed" or status == 412:
        return Gone()
    if code in SLOW or status in {429, 503}:
        return Throttled(0, words)
    if status >= 500:
        return ReadFault(f"{code}: {words}")
    return Denied(f"{code}: {words}")


def _client(source: SourceFacts) -> Any:
    """Raises Denied unless the settings name both keys and an endpoint we may talk to."""
    said = source.settings
    endpoint, access, secret = (str(said.get(name) or "") for name in ("endpoint", "access_key", "secret_key"))
    if not (access and secret):
        raise Denied("An S3 bucket needs an access key and a secret key.")
    if endpoint:
        _check(endpoint)
    client = boto3.Session(
        aws_access_key_id=access,
        aws_secret_access_key=secret,
        region_name=str(said.get("bucket_region") or "") or "us-east-1",
    ).client("s3", endpoint_url=endpoint or None, config=CALM)
    # Whatever a name resolves to when the connection is made is looked at once more: it may have changed since.
    client._endpoint.http_session._manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
    return client


def _check(endpoint: str) -> None:
    try:
        parts = urlsplit(endpoint)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        parts, port = urlsplit(""), 0
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Denied(f"“{endpoint}” is not an address of the form https://s3.example.com.")
    reachable(parts.hostname, port)
