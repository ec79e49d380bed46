import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.interactions.attachments import attach, sniff
from tests.factories.interactions import InteractionFactory

pytestmark = pytest.mark.django_db


def upload(content=b"%PDF-1.7 ...", name="bill.pdf", content_type="text/html"):
    return SimpleUploadedFile(name, content, content_type)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7 ...", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"\xff\xd8\xff\xe0...", "image/jpeg"),
        (b"GIF89a...", "image/gif"),
        (b"<html><script>", "application/octet-stream"),
        (b"<svg onload='x'>", "application/octet-stream"),
        (b" %PDF-1.7", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_the_type_is_what_the_file_begins_with_never_what_its_sender_says(content, kind):
    file = upload(content)

    assert sniff(file) == kind
    assert file.read() == content


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("bill.pdf", "bill.pdf"),
        ("Rechnung für Ängström.pdf", "Rechnung für Ängström.pdf"),
        ("x" * 300, "x" * 200),
    ],
)
def test_a_file_is_kept_under_a_name_of_ours(settings, name, shown):
    interaction = InteractionFactory()

    attachment = attach(interaction, upload(name=name))

    attachment.refresh_from_db()
    assert (attachment.interaction, attachment.size) == (interaction, 12)
    assert attachment.sha256 == hashlib.sha256(b"%PDF-1.7 ...").hexdigest()
    assert attachment.name == shown
    assert attachment.file.name.startswith("attachments/")
    assert set(attachment.file.name.removeprefix("attachments/")) <= set("0123456789abcdef/")
    kept = settings.MEDIA_ROOT / attachment.file.name
    assert kept.read_bytes() == b"%PDF-1.7 ..."
    assert oct(kept.stat().st_mode)[-3:] == "600"


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\temp\\passwd", "/etc/passwd", "a/b/passwd"])
def test_a_path_in_a_name_leads_nowhere(settings, name):
    file = upload()
    file._name = name  # what Django would have cleaned already

    attachment = attach(InteractionFactory(), file)

    assert attachment.name == "passwd"
    assert (settings.MEDIA_ROOT / attachment.file.name).is_file()


def test_two_files_of_one_name_do_not_meet():
    interaction = InteractionFactory()

    paths = {attach(interaction, upload()).file.name for _ in range(3)}

    assert len(paths) == 3
