"""The half of a mapping that says what happened: each field of a touch out of a row. Pure functions."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from apps.channels.contract import Unintelligible
from apps.channels.toolkit.mapping.expressions import Row, Text, Value, as_text
from apps.foundation.text import values
from apps.foundation.text.numbers import currency, decimal, minor, unit_of
from apps.foundation.text.unread import unread
from apps.interactions.models import Channel, Direction, Sentiment

CHANNELS, DIRECTIONS = tuple(Channel.values), tuple(Direction.values)
# The best score: the worst that is not bad, the worst that is good.
SCALES = {10.0: (7.0, 9.0), 7.0: (4.0, 6.0), 5.0: (3.0, 4.0)}

FieldReader = Callable[[Row], Any]


def fields_of(places: Mapping[str, Value], texts: Mapping[str, Text], mark: str) -> tuple[tuple[str, FieldReader], ...]:
    """What is read out of every row, by the field of `InteractionDraft`; what is not mapped is not there."""
    found: dict[str, FieldReader] = {}
    for name, said in texts.items():
        read = _text_of(name, said.say)
        found[name] = read if said.values else _always(read({}))
    for name, reading in {"reference": _reference, "verbatim": _verbatim, "link": _link}.items():
        if name in places:
            found[name] = reading(places[name].read)
    found |= _money_of(places, mark)
    if "score" in places:
        found["sentiment"] = _sentiment(places["score"].read, places["scale"].read if "scale" in places else None)
    return tuple(found.items())


def _text_of(name: str, say: Callable[[Row], str]) -> FieldReader:
    if name in {"channel", "direction"}:
        return _one_of(name, say)
    if name == "kind":
        return _kind(say)
    return _on_one_line(say) if name in {"title", "touchpoint"} else say


def _always(said: Any) -> FieldReader:
    return lambda _row: said


def _money_of(places: Mapping[str, Value], mark: str) -> dict[str, FieldReader]:
    unit = places["currency"].read if "currency" in places else None
    if "amount" in places:
        amount = places["amount"].read
        return {"amount": _amount(amount, mark), "currency": _unit(amount, unit)}
    found = {"currency": _currency(unit)} if unit else {}
    return found | {"amount": _cents(places["cents"].read, unit)} if "cents" in places else found


def _one_of(name: str, say: Callable[[Row], str]) -> FieldReader:
    """A channel or a direction. Raises Unintelligible for a word that is none."""
    allowed, otherwise = (CHANNELS, Channel.NOTE.value) if name == "channel" else (DIRECTIONS, Direction.INBOUND.value)

    def read(row: Row) -> str:
        word = say(row).strip().lower()
        if word and word not in allowed:
            raise Unintelligible(_("“%(word)s” is none of: %(all)s.") % {"word": word[:40], "all": ", ".join(allowed)})
        return word or otherwise

    return read


def _on_one_line(say: Callable[[Row], str]) -> FieldReader:
    return lambda row: " ".join(say(row).split())[:200]


def _kind(say: Callable[[Row], str]) -> FieldReader:
    return lambda row: say(row).strip().lower().replace(" ", "_")[:30] or "event"


def _currency(read: FieldReader) -> FieldReader:
    return lambda row: currency(read(row))


def _unit(amount: FieldReader, read: FieldReader | None) -> FieldReader:
    """What stands beside the amount itself says more than a column for all."""

    def unit(row: Row) -> str:
        usual = currency(read(row)) if read else ""
        return unit_of(amount(row), otherwise=usual) or usual

    return unit


def _reference(read: FieldReader) -> FieldReader:
    return lambda row: as_text(read(row))[:80]


def _verbatim(read: FieldReader) -> FieldReader:
    def prose(row: Row) -> str:
        found = read(row)
        return values.prose(found, 10_000) if isinstance(found, str) else as_text(found)

    return prose


def _link(read: FieldReader) -> FieldReader:
    return lambda row: values.web_address(read(row))


def _amount(read: FieldReader, mark: str) -> FieldReader:
    return lambda row: decimal(read(row), mark)


def _cents(read: FieldReader, unit: FieldReader | None) -> FieldReader:
    def amount(row: Row) -> Any:
        written = read(row)
        whole = decimal(written)
        if whole is None or whole != int(whole):
            unread("amount", written)
            return None
        return minor(int(whole), currency(unit(row)) if unit else "")

    return amount


def _sentiment(read: FieldReader, scale: FieldReader | None) -> FieldReader:
    return lambda row: sentiment(read(row), scale(row) if scale else None)


def sentiment(score: Any, scale: Any) -> str:
    """How an answer sounds by its score, on a scale that ends at `scale` (10 where it does not say)."""
    number, best = decimal(score), decimal(scale)
    if number is None:
        return ""
    top = float(best) if best else 10.0
    neutral, positive = SCALES.get(top, (top * 0.6, top * 0.8))
    good, fair = float(number) >= positive, float(number) >= neutral
    return (Sentiment.POSITIVE if good else Sentiment.NEUTRAL if fair else Sentiment.NEGATIVE).value
