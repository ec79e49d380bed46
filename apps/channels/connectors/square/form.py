"""What a Square source is asked when it is made."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SquareForm(forms.Form):
    notification_url = forms.URLField(
        label=_("Notification URL"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_(
            "Square signs the address it calls. Fill this in only if a proxy makes that address another one than the "
            "one shown here: exactly as it stands at Square."
        ),
    )
    locations = forms.CharField(
        label=_("Names of the locations"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line, such as “L88917AVBK2S5 = Leeds”. Without a name a location is shown by its id."),
    )
