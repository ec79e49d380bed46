"""Where the files of a source lie, as a person says it."""

from time import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.channels.contract import Denied, SecretField, SourceFacts
from apps.channels.toolkit.files.places import DropFolder, FilePlace
from apps.foundation.extras import ExtraMissing, load

QUIET = 30  # seconds nobody may have written to a file


class FilePlaceForm(forms.Form):
    """Where files are looked for. Settings forms of file connectors extend it."""

    folder = forms.CharField(
        label=_("Folder"),
        required=False,
        max_length=500,
        help_text=_("A folder on the server, below one of KLATSCH_DROP_ROOTS. Leave it empty if files are posted."),
    )
    bucket = forms.CharField(
        label=_("S3 bucket"), required=False, max_length=200, help_text=_("Instead of a folder: the name of a bucket.")
    )
    bucket_path = forms.CharField(
        label=_("Path in the bucket"),
        required=False,
        max_length=500,
        help_text=_("Such as exports/bank/: only what lies below it is read."),
    )
    endpoint = forms.CharField(
        label=_("S3 address"),
        required=False,
        max_length=300,
        help_text=_("Of a provider other than Amazon, such as https://s3.example.com."),
    )
    bucket_region = forms.CharField(
        label=_("S3 region"), required=False, max_length=40, help_text=_("Such as eu-central-1.")
    )
    access_key = forms.CharField(label=_("S3 access key"), required=False, max_length=200)
    secret_key = SecretField(label=_("S3 secret key"), required=False)
    pattern = forms.CharField(
        label=_("File names"),
        required=False,
        max_length=200,
        help_text=_("Such as *.csv: other files are left alone. Leave it empty to read all."),
    )
    quiet = forms.IntegerField(
        label=_("Quiet time"),
        required=False,
        min_value=0,
        max_value=86_400,
        initial=QUIET,
        help_text=_("Seconds nobody may have written to a file before it is read; it might be half written."),
    )
    growing = forms.BooleanField(
        label=_("Files grow"),
        required=False,
        help_text=_("They are logs: read them while they are written to, up to the end of their last whole line."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("folder") and cleaned.get("bucket"):
            raise forms.ValidationError(_("Choose either a folder or a bucket."))
        return cleaned


def place_of(source: SourceFacts) -> FilePlace | None:
    """Where a source's files lie, None where they are posted. Raises Denied for settings that cannot work."""
    chosen = source.settings
    pattern = str(chosen.get("pattern") or "")
    if chosen.get("folder"):
        quiet = chosen.get("quiet")
        return DropFolder(
            str(chosen["folder"]),
            pattern=pattern,
            quiet=QUIET if quiet is None else float(quiet),
            growing=bool(chosen.get("growing")),
            now=time(),
        )
    if not chosen.get("bucket"):
        return None
    try:
        buckets = load("apps.channels.toolkit.files.buckets", extra="s3")
    except ExtraMissing as error:
        raise Denied(str(error)) from error
    place: FilePlace = buckets.Bucket(source, pattern=pattern)
    return place
