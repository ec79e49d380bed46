"""What Snowplow trackers send. Shapes of the tracker protocol as `snowplow-tracker` 1.1 (PyPI) sends them, the newer
e-commerce entities and the pixel by their documents."""

import base64
from urllib.parse import urlencode

import orjson

from tests.channels.samples import Call, Made

KEY = "sp-sample-key"
SOURCE = Made(settings={"app_ids": "shop-web, shop-app", "currency": "EUR"}, secret=KEY)
DRAFTS = 12  # 10, and visits to the site and the app
DUID = "d0000000-aaaa-4000-8000-00000000000d"
SNOWPLOW = "iglu:com.snowplowanalytics.snowplow"
ECOMMERCE = f"{SNOWPLOW}.ecommerce"


def event(number, kind, minute=0, /, **more):
    """`dtm` is the 5th of January 2026, 9 o'clock and some minutes."""
    return {
        "e": kind, "eid": f"e0000000-aaaa-4000-8000-0000000000{number:02d}", "aid": "shop-web", "p": "web",
        "tv": "py-1.1.0", "ttm": str(1767603600000 + minute * 60_000), "duid": DUID, **more,
    }  # fmt: skip


def described(schema, data, vendor=SNOWPLOW):
    inner = {"schema": f"{vendor}/{schema}/jsonschema/1-0-0", "data": data}
    return {"schema": f"{SNOWPLOW}/unstruct_event/jsonschema/1-0-0", "data": inner}


def acting(kind):
    return described("snowplow_ecommerce_action", {"type": kind}, ECOMMERCE)


def contexts(*entities):
    listed = [{"schema": f"{ECOMMERCE}/{name}/jsonschema/1-0-0", "data": data} for name, data in entities]
    return {"schema": f"{SNOWPLOW}/contexts/jsonschema/1-0-1", "data": listed}


def wrapped(value):
    return base64.urlsafe_b64encode(orjson.dumps(value)).decode().rstrip("=")


CUPS = {"id": "sku-1", "name": "Espresso cups", "price": 9.9, "currency": "EUR", "quantity": 2, "category": "cups"}
PAGE = {"url": "https://shop.example/cups?session=secret", "page": "Cups"}
WEB = [
    event(1, "pv", **PAGE),
    event(2, "pp", 1, **PAGE),
    event(3, "se", 2, se_ca="Video", se_ac="play", se_la="How to brew", se_va="30"),
    event(4, "ue", 3, ue_px=wrapped(described("link_click", {"targetUrl": "https://shop.example/tea"}))),
    event(5, "ue", 4, uid="u1", ue_px=wrapped(described("add_to_cart", {
        "sku": "sku-1", "name": "Espresso cups", "unitPrice": 9.9, "quantity": 2, "currency": "EUR"
    }))),
    event(6, "ue", 5, ue_pr=orjson.dumps(described("site_search", {"terms": ["blue", "cups"]})).decode()),
    event(7, "pv", aid="another-site", **PAGE),
]  # fmt: skip
SHOP = [
    event(8, "ue", 10, uid="u1", ue_px=wrapped(acting("transaction")),
          cx=wrapped(contexts(
              ("transaction", {"transaction_id": "1043", "revenue": 19.8, "currency": "EUR", "payment_method": "card"}),
              ("product", CUPS), ("user", {"id": "u1", "is_guest": False, "email": "anna@shop.example"}),
          ))),
    event(9, "ue", 6, ue_pr=orjson.dumps(acting("product_view")).decode(),
          co=orjson.dumps(contexts(("product", CUPS))).decode()),
    event(10, "tr", 20, uid="u1", tr_id="1044", tr_tt="30.5", tr_cu="GBP"),
    event(11, "ti", 20, uid="u1", ti_id="1044", ti_sk="sku-2", ti_nm="Teapot", ti_pr="15.25", ti_qu="2", ti_cu="GBP"),
    event(12, "ue", 30, uid="u1", ue_px=wrapped(described("plan_changed", {"name": "Gold"}, "iglu:example.shop"))),
    event(13, "ue", 31, ue_px=wrapped(described("submit_form", {"formId": "contact", "elements": []}))),
]  # fmt: skip
SCREEN = event(14, "ue", 40, p="mob", aid="shop-app", ue_px=wrapped(described("screen_view", {"name": "Basket"})))
PIXEL = event(15, "se", 50, se_ca="Newsletter", se_ac="subscribed")


def payload(events):
    return orjson.dumps({"schema": f"{SNOWPLOW}/payload_data/jsonschema/1-0-4", "data": events})


def calls(address: str) -> list[Call]:
    tp2 = f"{KEY}/com.snowplowanalytics.snowplow/tp2"
    return [
        Call(payload(WEB), path=tp2, content_type="application/json; charset=utf-8"),
        Call(payload(SHOP), path=tp2),
        Call(payload([SCREEN]), path=tp2),
        Call(b"", path=f"{KEY}/i?{urlencode(PIXEL)}", method="GET"),
    ]
