"""What the company of the demo sells, and the pages of its shop."""

from random import Random
from typing import NamedTuple


class Product(NamedTuple):
    name: str
    price: int
    category: str
    part: str  # what breaks or goes missing

    @property
    def url(self) -> str:
        return f"https://shop.lindwell.example/{self.category}/{self.name.lower().replace(' ', '-').replace(',', '')}"


def _shelf(category: str, *lines: tuple[str, int, str]) -> tuple[Product, ...]:
    return tuple(Product(name, price, category, part) for name, price, part in lines)


PRODUCTS = (
    *_shelf(
        "coffee",
        ("Aurelia bean-to-cup machine", 649, "the brew group"),
        ("Moka Classica, 6 cups", 39, "the gasket"),
        ("Pico burr grinder", 149, "the hopper lid"),
        ("Goose pour-over kettle", 119, "the handle"),
        ("Crema milk frother", 69, "the whisk"),
        ("Sidamo beans, 1 kg", 24, "the valve of the bag"),
        ("Kaffeeklatsch cup set, 6 pieces", 54, "one cup"),
    ),
    *_shelf(
        "kitchen",
        ("Norrland cast-iron casserole, 28 cm", 129, "the enamel inside"),
        ("Kanto rice cooker", 119, "the inner pot"),
        ("Santoku knife, 18 cm", 89, "the tip"),
        ("Presto stand mixer", 429, "the dough hook"),
        ("Lumen induction hob", 549, "the left zone"),
        ("Tagine Safi, 32 cm", 59, "the lid"),
        ("Vera stoneware plates, set of 8", 96, "two plates"),
        ("Linea kitchen scale", 34, "the display"),
    ),
    *_shelf(
        "living",
        ("Tavola oak dining table", 890, "one leg bracket"),
        ("Halvar three-seat sofa", 1290, "the left armrest"),
        ("Opal table lamp", 59, "the shade"),
        ("Brisa tower fan", 79, "the remote control"),
        ("Sorrel wool rug, 200 x 300", 349, "a seam"),
        ("Arco floor lamp", 189, "the dimmer"),
        ("Birch bookcase, five shelves", 219, "a bag of screws"),
        ("Nest reading chair", 389, "the swivel base"),
    ),
    *_shelf(
        "bedroom",
        ("Fjord down duvet, 240 x 220", 189, "the stitching"),
        ("Lino bed linen set, king size", 129, "a pillowcase"),
        ("Somna memory-foam mattress, 160", 699, "the cover zip"),
        ("Mira bedside table", 99, "the drawer runner"),
        ("Dawn wake-up light", 79, "the power supply"),
    ),
    *_shelf(
        "household",
        ("Halden cordless vacuum V9", 329, "the battery"),
        ("Vapora steam iron", 89, "the sole plate"),
        ("Puro air purifier", 249, "the filter"),
        ("Lumo smart bulbs, pack of 3", 49, "one bulb"),
        ("Castor washing machine, 8 kg", 599, "the door seal"),
        ("Tidy storage boxes, set of 4", 29, "a lid"),
        ("Aqua dehumidifier", 179, "the water tank"),
    ),
    *_shelf(
        "garden",
        ("Solis garden lounge set", 749, "a cushion"),
        ("Ember kettle barbecue", 239, "the thermometer"),
        ("Verbena planter, large", 45, "the drainage plug"),
        ("Lantern string lights, 10 m", 32, "half of the bulbs"),
    ),
)
COURIERS = ("DPX", "Blue Parcel", "Colivite", "NordPost", "Hermia", "Rapide 24")
LANDING = (
    ("Home", "https://shop.lindwell.example/"),
    ("Winter sale", "https://shop.lindwell.example/sale/winter"),
    ("New in", "https://shop.lindwell.example/new"),
    ("Coffee corner", "https://shop.lindwell.example/coffee"),
    ("Gift ideas under 50", "https://shop.lindwell.example/gifts/under-50"),
    ("Garden days", "https://shop.lindwell.example/garden"),
    ("Your orders", "https://shop.lindwell.example/account/orders"),
    ("Delivery and returns", "https://shop.lindwell.example/help/delivery"),
    ("Find a store", "https://shop.lindwell.example/stores"),
    ("Loyalty club", "https://shop.lindwell.example/club"),
)
FUNNEL = (
    ("Basket", "https://shop.lindwell.example/basket"),
    ("Checkout: delivery", "https://shop.lindwell.example/checkout/delivery"),
    ("Checkout: payment", "https://shop.lindwell.example/checkout/payment"),
)
_POPULAR = tuple(sorted(PRODUCTS, key=lambda product: product.price))
_WEIGHTS = tuple(max(2, 700 // (product.price + 20)) for product in _POPULAR)


def some_products(rng: Random, at_most: int = 3) -> list[Product]:
    """One to a few different products, cheap ones more often than sofas."""
    chosen = rng.choices(_POPULAR, _WEIGHTS, k=rng.choices(range(1, at_most + 1), range(at_most, 0, -1))[0])
    return list(dict.fromkeys(chosen))
