"""The forms of signing in, as password managers and tablets understand them, and the forms about people."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget

from apps.accounts.locales import regions, time_zones
from apps.accounts.models import ApiToken, Role, User

DEMO_LOGINS = {
    "agent": Role.AGENT,
    "store": Role.STORE,
    "marketer": Role.MARKETER,
    "supervisor": Role.SUPERVISOR,
}


class SignInForm(LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label, password.label, password.help_text = _("User name"), _("Password"), ""
        login.widget.attrs = {
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
            "autofocus": not self.is_bound,
            "maxlength": "150",
        }
        password.widget.attrs = {"autocomplete": "current-password", "autofocus": self.is_bound}

    def demo_logins(self) -> list[tuple[str, str]]:
        """Names and roles to try, in the demo only."""
        return [(name, str(role.label)) for name, role in DEMO_LOGINS.items()] if settings.DEMO else []


class NewPasswordForm(ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label, autocomplete in (
            ("oldpassword", _("Password until now"), "current-password"),
            ("password1", _("New password"), "new-password"),
            ("password2", _("New password again"), "new-password"),
        ):
            self.fields[name].label = label
            self.fields[name].widget.attrs = {"autocomplete": autocomplete}
        self.fields["oldpassword"].help_text = ""


def name_account_fields(fields: dict[str, Any]) -> None:
    """Label and explain the fields of an account for supervisors, instead of the framework's own words."""
    words = {
        "username": (_("User name"), _("What they sign in with: letters, digits and @ . + - _")),
        "email": (_("E-mail"), ""),
        "is_active": (_("May sign in"), _("Switch off for who has left: what they did stays in the story.")),
    }
    for name in words.keys() & fields.keys():
        fields[name].label, fields[name].help_text = words[name]


class PersonAddForm(UserCreationForm):  # type: ignore[misc]
    """A new person with a first password, which they change at the desk."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("usable_password", None)  # there is no other way in than a password
        name_account_fields(self.fields)


class PersonForm(UserChangeForm):  # type: ignore[misc]
    """What may change about a person. `actor` is set by the admin."""

    actor: User
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("", _("As the browser")), *settings.LANGUAGES],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_account_fields(self.fields)

    def clean_is_active(self) -> bool:
        active: bool = self.cleaned_data["is_active"]
        if not active and self.instance.is_active:
            if self.instance.pk == self.actor.pk:
                raise ValidationError(_("You cannot close your own account."))
            self._check_owner_remains()
        return active

    def clean_role(self) -> str:
        role: str = self.cleaned_data["role"]
        if self.instance.role == Role.OWNER != role:
            self._check_owner_remains()
        return role

    def _check_owner_remains(self) -> None:
        if self.instance.role == Role.OWNER and not User.objects.other_owners(self.instance).exists():
            raise ValidationError(_("This is the only system owner. Make somebody else one first."))


class PersonPasswordForm(AdminPasswordChangeForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("usable_password", None)


class PlaceForm(forms.ModelForm[Any]):
    """For whatever lies in a country and a time zone: only those that exist."""

    region = forms.ChoiceField(
        label=_("Phone region"),
        choices=regions,
        widget=UnfoldAdminSelectWidget,
        help_text=_("Country of phone numbers without a code."),
        initial="GB",
    )
    timezone = forms.ChoiceField(
        label=_("Time zone"),
        choices=time_zones,
        widget=UnfoldAdminSelectWidget,
        initial="UTC",
    )


class TeamForm(PlaceForm):
    """A team, with the days and hours on which it keeps what it promises."""

    business_days = forms.TypedMultipleChoiceField(
        label=_("Business days"),
        choices=[*enumerate(WEEKDAYS.values(), 1)],
        coerce=int,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("Promises are due on these. None: every day."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        opens, closes = data.get("opens"), data.get("closes")
        if (opens is None) != (closes is None) or (opens and closes and opens >= closes):
            self.add_error("closes", _("Opening hours need a beginning and a later end."))
        return data


class TokenForm(forms.ModelForm[ApiToken]):
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=ApiToken.Scope.choices,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    class Meta:
        model = ApiToken
        fields = ("name", "scopes", "acts_as")
