"""Why an entry was wrong, and where it belongs."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CorrectionForm(forms.Form):
    """The reason stays beside the entry for whoever opens it later."""

    reason = forms.CharField(max_length=200, error_messages={"required": _("Say why in a few words.")})
