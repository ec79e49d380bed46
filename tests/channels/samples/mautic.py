"""What Mautic's webhooks send: shapes after its documentation and its listeners, with people of our own making.

A contact has its fields in groups, or, in an e-mail that is sent, flat beside its id.
"""

import base64
import hashlib
import hmac

import orjson

from tests.channels.samples import Call, Made

SOURCE = Made(settings={"key_field": "klatsch_key", "for_moments": "12, 15"}, secret="mautic-secret-of-the-webhook")
DRAFTS = 6
KEY = "moment:5f0c7a52-0d0e-4f3c-9d55-1f2a3b4c5d6e:email"


def field(alias, value, group="core", kind="text"):
    return {"id": len(alias), "group": group, "label": alias.title(), "alias": alias, "type": kind, "value": value}


CONTACT = {
    "isPublished": True, "dateAdded": "2026-04-01T08:00:00+00:00", "dateModified": "2026-04-01T09:00:00+00:00",
    "createdBy": 1, "createdByUser": "API", "id": 47, "points": 5, "color": None,
    "fields": {
        "core": {
            "firstname": field("firstname", "Anna"), "lastname": field("lastname", "Weber"),
            "email": field("email", "anna@shop.example", kind="email"), "mobile": field("mobile", "020 7946 0018"),
            "phone": field("phone", None), "city": field("city", "Leeds"), "country": field("country", "Britain"),
            "preferred_locale": field("preferred_locale", "en_GB"), "klatsch_key": field("klatsch_key", KEY),
        },
        "social": {"twitter": field("twitter", None, "social")}, "personal": [], "professional": [],
    },
    "lastActive": None, "owner": None, "ipAddresses": [], "tags": [{"id": 3, "tag": "klatsch-praise"}],
    "utmtags": None, "stage": None, "dateIdentified": "2026-04-01T08:00:00+00:00",
    "preferredProfileImage": "gravatar", "doNotContact": [], "frequencyRules": [],
}  # fmt: skip
FLAT = {
    "id": 47, "firstname": "Anna", "lastname": "Weber", "email": "anna@shop.example", "mobile": "020 7946 0018",
    "preferred_locale": "en_GB", "klatsch_key": KEY, "owner_id": 0,
}  # fmt: skip
VISITOR = {**CONTACT, "id": 48, "dateIdentified": None, "fields": {"core": {"email": field("email", None)}}}
MAIL = {
    "id": 12, "name": "Thank you (moments)", "subject": "Thank you, {contactfield=firstname}", "language": "en",
    "category": None, "fromAddress": None, "emailType": "template", "customHtml": "<p>Thank you</p>",
    "plainText": "Thank you", "readCount": 0, "sentCount": 1, "revision": 1, "utmTags": [], "lists": [],
}  # fmt: skip
LETTER = {**MAIL, "id": 30, "name": "Spring letter", "subject": "Spring is here", "emailType": "list"}


def sent(mail=MAIL, mail_hash="5c1f0a77e1b2c", contact=FLAT, at="2026-04-02T10:00:00+00:00", **more):
    return {
        "email": mail, "contact": contact, "contentHash": "ab12", "idHash": mail_hash,
        "subject": mail["subject"].replace("{contactfield=firstname}", "Anna"), "source": ["campaign.event", 7],
        "headers": {"List-Unsubscribe": "<https://mautic.example/email/unsubscribe/5c1f0a77e1b2c>"},
        "content": "<p>Thank you, Anna</p>", "tokens": {"{unsubscribe_url}": "https://mautic.example/u/1"},
        "timestamp": at, **more,
    }  # fmt: skip


def opened(mail=MAIL, mail_hash="5c1f0a77e1b2c", read="2026-04-02T11:30:00+00:00", count=1):
    stat = {
        "id": 900, "emailAddress": "anna@shop.example", "ipAddress": {"ipAddress": "192.0.2.7"},
        "dateSent": "2026-04-02T10:00:00+00:00", "isRead": True, "isFailed": False, "dateRead": read,
        "retryCount": 0, "source": "campaign.event", "openCount": count, "lastOpened": read, "sourceId": 7,
        "trackingHash": mail_hash, "viewedInBrowser": False, "lead": CONTACT, "email": mail,
    }  # fmt: skip
    return {"stat": stat, "timestamp": read}


def hit(number=501, source=None, contact=CONTACT, **more):
    return {
        "hit": {
            "id": number, "dateHit": "2026-04-02T11:31:00+00:00", "dateLeft": None, "page": None, "redirect": None,
            "lead": contact, "ipAddress": {"ipAddress": "192.0.2.7"}, "country": "United Kingdom", "city": "Leeds",
            "code": 200, "referer": None, "url": "https://cups.example/new?token=secret", "urlTitle": "New cups",
            "userAgent": "Mozilla/5.0", "remoteHost": "", "trackingId": "t1", "source": source,
            "sourceId": 12 if source else None, "query": {"page_url": "https://cups.example/new"}, **more,
        },
        "timestamp": "2026-04-02T11:31:01+00:00",
    }  # fmt: skip


def subscription(status="unsubscribed", channel="email", old="contactable", at="2026-04-03T09:00:00+00:00"):
    return {
        "contact": CONTACT, "channel": channel, "old_status": old, "new_status": status, "timestamp": at
    }  # fmt: skip


def contact(person=CONTACT, at="2026-04-01T09:00:00+00:00"):
    return {"contact": person, "timestamp": at}


def call(events, secret=SOURCE.secret):
    """As `WebhookBundle/Http/Client` posts them."""
    body = orjson.dumps(events)
    signature = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    return Call(body, {"Webhook-Signature": signature, "X-Origin-Base-URL": "https://mautic.example"})


def calls(_address):
    later = opened(read="2026-04-05T08:00:00+00:00", count=2)
    return [
        call({"mautic.lead_post_save_new": [contact()], "mautic.company_post_save": [{"company": {"id": 1}}]}),
        call({"mautic.email_on_send": [sent(), sent(LETTER, "77ab", at="2026-04-02T10:05:00+00:00")]}),
        call(
            {
                "mautic.email_on_open": [opened(), later],
                "mautic.page_on_hit": [hit(source="email"), hit(502), hit(503, contact=VISITOR)],
            }
        ),
        call({"mautic.lead_channel_subscription_changed": [subscription()]}),
        call({"mautic.lead_post_save_new": [contact({**CONTACT, "id": 1})], "timestamp": "2026-04-04T09:00:00+00:00"}),
    ]
