"""Settings that sources of trackers share."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CurrencyForm(forms.Form):
    currency = forms.CharField(
        label=_("Currency"),
        max_length=3,
        required=False,
        help_text=_("Three letters, such as EUR: of amounts that come without one."),
    )
