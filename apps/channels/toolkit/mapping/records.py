"""The records of a source whose fields a person explains: where they lie in JSON, and the mapping that reads them."""

from typing import Any

from apps.channels.contract import Refused, SourceFacts
from apps.channels.toolkit.mapping import file_mappings, mapping
from apps.channels.toolkit.mapping.expressions import Value

LISTS = ("events", "items", "data", "records", "results", "rows", "messages", "orders", "value")


def listed(value: Any, items: Value | None) -> list[Any]:
    """The rows of a JSON value: those at `items`, those of a list, those of the list an answer is wrapped around."""
    if items is not None and isinstance(value, dict):
        found = items.read(value)
        return found if isinstance(found, list) else [value if found is None else found]
    if isinstance(value, list):
        return value
    if items is None and isinstance(value, dict) and "id" not in value:
        lists = [value[name] for name in LISTS if isinstance(value.get(name), list)]
        if len(lists) == 1 and all(isinstance(row, dict) for row in lists[0]):
            return list(lists[0])
    return [value]


def mapping_of(source: SourceFacts, name: str = "") -> mapping.Mapping | None:
    """That of a file, if `name` is one's. Raises Refused where there is a mapping and it cannot be followed."""
    try:
        return file_mappings.compiled_for(source, name)
    except mapping.BadMapping as error:
        raise Refused(400, "bad_mapping", str(error).partition("\n")[0]) from None
