"""What the composer offers for the end of a conversation."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.foundation.cache import CachedRows


class Disposition(CachedRows):
    """A wrap-up code: how a conversation ended, in the company's own words."""

    cached_as = "dispositions"

    code = models.SlugField(_("code"), max_length=40, unique=True)
    label = models.CharField(_("label"), max_length=80)
    channels = models.JSONField(
        _("channels"), default=list, blank=True, help_text=_("Where it is offered; empty: everywhere.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("wrap-up code")
        verbose_name_plural = _("wrap-up codes")

    def __str__(self) -> str:
        return self.label


class NoteTemplate(CachedRows):
    """Words people write often, a tap away in the composer."""

    cached_as = "note_templates"

    title = models.CharField(_("title"), max_length=40)
    text = models.TextField(_("text"))
    channels = models.JSONField(
        _("channels"), default=list, blank=True, help_text=_("Where it is offered; empty: everywhere.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("note template")
        verbose_name_plural = _("note templates")

    def __str__(self) -> str:
        return self.title
