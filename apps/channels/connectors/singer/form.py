"""What a person says about a tap: which one, how it logs in, what it reads, and what the columns mean."""

import re
from typing import Any

import orjson
import yaml
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.channels.connectors.singer.taps import installed
from apps.channels.contract import SecretField
from apps.channels.toolkit.mapping import mapping
from apps.channels.toolkit.mapping.compiler import BadMapping

LARGEST = 100_000  # characters
SECRET = re.compile(r"(?:^|_)(?:password|passwd|pwd|secret|token|api_?key|private_key)$", re.IGNORECASE)
AREA = forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "font-mono"})


class JSONSecretField(SecretField):
    """A JSON object, kept as its text: encrypted, never shown."""

    def clean(self, value: Any) -> str:
        text = str(super().clean(value) or "").strip()
        if text:
            _object(text)
        return text


class JSONText(forms.Field):
    """A JSON object."""

    widget = AREA

    def prepare_value(self, value: Any) -> Any:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() if isinstance(value, dict) else value

    def to_python(self, value: Any) -> dict[str, Any]:
        return value if isinstance(value, dict) else _object(str(value or "").strip() or "{}")


class YAMLText(forms.Field):
    """YAML with names and what is said of each. Shown as it is kept: as data."""

    widget = AREA

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return yaml.safe_dump(value, allow_unicode=True, sort_keys=False) if value else ""

    def to_python(self, value: Any) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        text = str(value or "")
        if len(text) > LARGEST:
            raise ValidationError(_("It is too long."))
        try:
            read = yaml.safe_load(text)
        except (yaml.YAMLError, RecursionError) as error:
            mark = getattr(error, "problem_mark", None)
            place = _("line %(line)d") % {"line": mark.line + 1} if mark else _("somewhere")
            raise ValidationError(_("This is not YAML: look at %(place)s.") % {"place": place}) from None
        if isinstance(read, str) or (isinstance(read, list) and all(isinstance(value, str) for value in read)):
            read = dict.fromkeys(read.split() if isinstance(read, str) else read, "")
        if read is not None and not isinstance(read, dict):
            raise ValidationError(_("Write one name a line, followed by a colon."))
        return {str(name): said for name, said in (read or {}).items()}


def _object(text: str) -> dict[str, Any]:
    try:
        read = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ValidationError(_("This is not JSON: %(where)s.") % {"where": str(error)[:100]}) from None
    if not isinstance(read, dict):
        raise ValidationError(_("This must be a JSON object: names and values in braces."))
    return read


def choices() -> list[tuple[str, str]]:
    return [(name, name) for name in installed()]


class SingerForm(forms.Form):
    tap = forms.ChoiceField(
        label=_("Tap"),
        choices=choices,
        help_text=_("Those that are installed on this server. `manage.py install_tap` installs another one."),
    )
    config = JSONText(
        label=_("Config"),
        required=False,
        help_text=_("The tap's settings as a JSON object, as its own page describes them; passwords go below."),
    )
    secrets = JSONSecretField(
        label=_("Secrets"),
        required=False,
        help_text=_('Passwords and tokens as a JSON object, such as {"password": "…"}. They are added to the config.'),
    )
    tables = YAMLText(
        label=_("Tables"),
        required=False,
        help_text=_(
            "One a line. After a colon the column that says what is new, or “all” to read the whole table every time: "
            "“public-orders: updated_at”. Left empty, every table that names a person is read."
        ),
    )
    mappings = YAMLText(
        label=_("Mappings"),
        required=False,
        help_text=_("For each table by its name: what its columns mean. A table without one is guessed at."),
    )

    def clean_config(self) -> dict[str, Any]:
        said: dict[str, Any] = self.cleaned_data["config"]
        for name in said:
            if SECRET.search(name):
                raise ValidationError(_("“%(name)s” belongs to the secrets below.") % {"name": name})
        return said

    def clean_tables(self) -> dict[str, str]:
        said: dict[str, Any] = self.cleaned_data["tables"]
        for name, key in said.items():
            if not isinstance(key, str | None):
                raise ValidationError(_("After “%(name)s:” stands one column, or nothing.") % {"name": name})
        return {name: (key or "").strip() for name, key in said.items()}

    def clean_mappings(self) -> dict[str, Any]:
        said: dict[str, Any] = self.cleaned_data["mappings"]
        for name, value in said.items():
            try:
                mapping.compile(value)
            except BadMapping as error:
                problem = str(error.problems[0]) if error.problems else str(error)
                raise ValidationError(f"{name}: {problem}") from None
        return said
