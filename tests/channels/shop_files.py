"""Files such as shops give out, made up: lines of invoices, and the tables of a marketplace."""

import hashlib
import random
from decimal import ROUND_HALF_UP, Decimal

THINGS = ("White lantern", "Set of 6 cups", "Red retrospot bag", "Jam jar", "Postage", "Wooden heart")


def some_id(*parts):
    """32 hexadecimal digits, none of which together look like a card."""
    digits = hashlib.md5(":".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()
    return "".join(letter if place % 4 else "abcdef"[int(letter, 16) % 6] for place, letter in enumerate(digits))


def invoice_lines(invoices, seed=7):
    """Up to forty lines an invoice; one in six of a guest, one in twelve taken back, a few lines twice or elsewhere."""
    chance = random.Random(seed)
    rows = []
    for number in range(invoices):
        taken_back = number % 12 == 5
        customer = "" if number % 6 == 4 else f"{12000 + chance.randrange(60)}"
        head = {"InvoiceNo": f"{'C' if taken_back else ''}{536000 + number}"}
        tail = {"CustomerID": customer, "Country": "United Kingdom"}
        for line in range(chance.choice([1, 2, 3, 5, 8, 40])):
            price = f"{chance.randrange(1, 900)}.{chance.randrange(100):02d}" + "5" * (line % 2)  # parts of a cent
            bought = {"StockCode": f"{20000 + line}", "Description": chance.choice(THINGS),
                      "Quantity": chance.randrange(1, 40) * (-1 if taken_back else 1),
                      "InvoiceDate": f"2024-{number % 12 + 1:02d}-{number % 28 + 1:02d} 10:{number % 60:02d}",
                      "UnitPrice": price}  # fmt: skip
            rows += [{**head, **bought, **tail}] * chance.choice([1, 1, 1, 2])
    rows.insert(len(rows) // 2, rows.pop(1))  # a line of the first invoice lies elsewhere
    return rows


def totals(rows):
    """What each invoice of somebody comes to."""
    found = {}
    for row in rows:
        if row["CustomerID"]:
            cost = row["Quantity"] * Decimal(row["UnitPrice"])
            found[row["InvoiceNo"]] = found.get(row["InvoiceNo"], Decimal(0)) + cost
    return {number: total.quantize(Decimal("0.01"), ROUND_HALF_UP) for number, total in found.items()}


def marketplace(orders, seed=3):
    """Five tables: an order has a customer's number of its own, and only the customers' table says whose it is."""
    chance = random.Random(seed)
    found = {"customers": [], "orders": [], "payments": [], "items": [], "reviews": []}
    for number in range(orders):
        order, customer, day = some_id("order", number), some_id("customer", number), f"2024-03-{number % 28 + 1:02d}"
        found["customers"].append(
            {"customer_id": customer, "customer_unique_id": some_id("person", number % max(1, orders * 9 // 10)),
             "customer_zip_code_prefix": f"{1000 + number}", "customer_city": "recife", "customer_state": "PE"}
        )  # fmt: skip
        found["orders"].append(
            {"order_id": order, "customer_id": customer, "order_status": chance.choice(["delivered", "shipped"]),
             "order_purchase_timestamp": f"{day} 10:{number % 60:02d}:00", "order_approved_at": f"{day} 11:00:00",
             "order_delivered_customer_date": "" if number % 9 == 0 else f"{day} 20:00:00",
             "order_estimated_delivery_date": "2024-04-30 00:00:00"}
        )  # fmt: skip
        for line in range(1 + number % 2):
            found["payments"].append(
                {"order_id": order, "payment_sequential": line + 1, "payment_type": "credit_card",
                 "payment_installments": 1 + number % 3,
                 "payment_value": f"{chance.randrange(5, 300)}.{number % 100:02d}"}
            )  # fmt: skip
        for line in range(1 + number % 3):
            found["items"].append(
                {"order_id": order, "order_item_id": line + 1, "product_id": some_id("product", number, line),
                 "seller_id": some_id("seller", number % 5), "shipping_limit_date": "2024-04-04 22:47:21",
                 "price": f"{chance.randrange(5, 200)}.{number % 100:02d}", "freight_value": "7.10"}
            )  # fmt: skip
        found["reviews"].append(
            {"review_id": some_id("review", number), "order_id": order, "review_score": 1 + number % 5,
             "review_comment_title": "", "review_comment_message": f"It came after {number} days",
             "review_creation_date": f"{day} 00:00:00", "review_answer_timestamp": f"{day} 21:37:22"}
        )  # fmt: skip
    return found
