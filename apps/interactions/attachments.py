"""Files that come with an interaction, kept out of the web server's reach."""

import hashlib
from pathlib import PurePath
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from apps.interactions.models import Attachment, Interaction

LARGEST = 10 * 1024 * 1024  # bytes
# What a colleague may open without asking; anything else is kept, and downloaded as a plain file.
KNOWN_TYPES = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
}


def attach(interaction: Interaction, file: UploadedFile[Any]) -> Attachment:
    """Store a file under a name of ours. The type is read from its first bytes, never taken from the sender."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    attachment = Attachment(
        interaction=interaction,
        name=PurePath((file.name or "file").replace("\\", "/")).name[:200],
        content_type=sniff(file),
        size=file.size or 0,
        sha256=digest.hexdigest(),
    )
    attachment.file.save(attachment.name, file, save=False)
    attachment.save()
    return attachment


def sniff(file: UploadedFile[Any]) -> str:
    head = file.read(16)
    file.seek(0)
    return next((kind for magic, kind in KNOWN_TYPES.items() if head.startswith(magic)), "application/octet-stream")
