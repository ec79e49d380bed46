"""What each role may do in the supervisors' room, all rooms together."""

import pytest
from django.apps import apps

from apps.accounts.models import Role
from apps.accounts.permissions import granted_to, granted_to_anybody

VIEW = "view"
CHANGE = "view change"
MANAGE = "view add change"
WHOLLY = "view add change delete"
EVERYTHING = {
    "accounts.apitoken": MANAGE,
    "accounts.auditentry": VIEW,
    "accounts.team": WHOLLY,
    "accounts.user": MANAGE,
    "channels.envelope": CHANGE,
    "channels.source": MANAGE,
    "channels.writekey": VIEW,
    "contact.consent": VIEW,
    "contact.contactpolicy": MANAGE,
    "contact.delivery": VIEW,
    "contact.suppression": MANAGE,
    "customers.attributedefinition": WHOLLY,
    "customers.customer": VIEW,
    "customers.identifier": MANAGE,
    "customers.identityrule": CHANGE,
    "customers.matchcandidate": VIEW,
    "customers.matchmodel": VIEW,
    "customers.mergerecord": VIEW,
    "customers.verdict": VIEW,
    "insights.theme": MANAGE,
    "insights.themesuggestion": VIEW,
    "interactions.correction": "move retract",
    "interactions.disposition": MANAGE,
    "interactions.followup": VIEW,
    "interactions.interaction": VIEW,
    "interactions.notetemplate": WHOLLY,
    "moments.moment": VIEW,
    "moments.momentkind": WHOLLY,
    "moments.momentrule": MANAGE,
    "moments.webhookendpoint": MANAGE,
    "moments.webhookmessage": CHANGE,
}


def named(table):
    return {
        f"{app}.{verb}_{model}"
        for label, verbs in table.items()
        for app, model in [label.split(".")]
        for verb in verbs.split()
    }


@pytest.mark.parametrize(
    ("role", "table"),
    [
        (Role.AGENT, {}),
        (Role.STORE, {}),
        (Role.MARKETER, {}),
        (Role.SUPERVISOR, {**EVERYTHING, "accounts.apitoken": "", "moments.webhookendpoint": VIEW}),
        (Role.OWNER, EVERYTHING),
    ],
)
def test_each_role_may_do_exactly_this(role, table):
    assert granted_to(role) == named(table)


def test_the_owner_may_do_whatever_anybody_may():
    assert granted_to(Role.OWNER) == granted_to_anybody()


def test_every_permission_is_one_of_a_model_there_is():
    labels = {model._meta.label_lower for model in apps.get_models()}
    assert set(EVERYTHING) <= labels
