"""What every template of the desk may say without being handed it."""

from django.http import HttpRequest  # noqa: TID251 - a context processor takes one
from django.templatetags.static import static
from django.utils.safestring import mark_safe


def icons(request: HttpRequest) -> dict[str, str]:
    """The address of the icon sprite, worked out once a page instead of once an icon."""
    return {"icons": mark_safe(static("desktop/icons.svg"))}  # noqa: S308 - an address of ours
