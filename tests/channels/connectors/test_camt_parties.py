"""Who is behind a payment of a camt file that somebody else makes."""

import pytest

from apps.customers.drafts import Handle
from tests.channels.connectors.test_camt import one
from tests.channels.samples.camt import US, details, entry

SERVICE = "LU280019400644750000"


def through(who, *, role="UltmtDbtr", payer="PayPay (Europe) S.a r.l."):
    """Paid by a payment service for somebody."""
    inner = details((payer, SERVICE), US, end="PP-1").replace("</Cdtr>", f"</Cdtr><{role}>{who}</{role}>")
    return one(entry("REF-1", inner))


@pytest.mark.parametrize(
    ("who", "name", "sure", "unsure"),
    [
        ("<Nm>Anna Weber</Nm>", "Anna Weber", (), (Handle("account", "anna weber", SERVICE),)),
        ("<Pty><Nm>Cem  Demir</Nm></Pty>", "Cem Demir", (), (Handle("account", "cem  demir", SERVICE),)),
        (
            "<Pty><Nm>Dana</Nm><Id><PrvtId><Othr><Id>BUYER-77</Id></Othr></PrvtId></Id></Pty>",
            "Dana",
            (Handle("account", "BUYER-77", SERVICE),),
            (),
        ),
        (
            "<Id><OrgId><Othr><Id>ORG-9</Id></Othr></OrgId></Id>",
            None,
            (Handle("account", "ORG-9", SERVICE),),
            (),
        ),
    ],
)
def test_what_a_payment_service_pays_is_told_of_whom_it_pays_for(who, name, sure, unsure):
    draft = through(who)
    assert (draft.claim.handles, draft.claim.unverified) == (sure, unsure)
    assert draft.claim.traits.get("name") == name
    assert draft.touch.body.endswith("Through PayPay (Europe) S.a r.l.")
    assert SERVICE not in {handle.value for handle in draft.claim.handles}, "everybody's account is nobody's"


def test_two_whom_a_service_pays_for_are_two():
    assert through("<Nm>Anna</Nm>").claim.key != through("<Nm>Bea</Nm>").claim.key


@pytest.mark.parametrize(
    "who", ["<Nm>Zoë  Müller</Nm>", "<Nm>ZOE MULLER</Nm>", "<Nm/>", "<Pty><Nm>zoe müller</Nm></Pty>"]
)
def test_who_pays_for_themselves_is_known_by_their_account(who):
    draft = through(who, payer="Zoe Müller")
    assert draft.claim.handles == (Handle("account", SERVICE),)
    assert "Through" not in draft.touch.body


def test_whoever_is_behind_us_is_nobody_else():
    assert through("<Nm>A Shop GmbH</Nm>", role="UltmtCdtr").claim.handles == (Handle("account", SERVICE),)
