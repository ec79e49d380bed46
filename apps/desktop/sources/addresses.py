"""Where a source reaches us, what to do at its end, and a command that sends its first event."""

from apps.channels.contract import FileConnector, PushConnector
from apps.channels.registry import CONNECTORS

POST = "curl -H 'Authorization: Bearer {secret}' -H 'Content-Type: %s' {address}%s \\\n  -d '%s'"
FILE = "curl -H 'Authorization: Bearer {secret}' --data-binary @{name} {address}{name}"
FILES = {"asterisk": "Master.csv", "camt": "statement.xml", "ofx": "statement.ofx", "poslog": "poslog.xml"}
HELLO = (
    '{{"specversion": "1.0", "id": "1", "source": "/shop", "type": "hello", "data": {{"email": "first@shop.example"}}}}'
)
EXAMPLES: dict[str, str] = {  # each is let in with the secret that is shown beside it
    "segment": (
        "curl -u '{secret}:' -H 'Content-Type: application/json' {address}track \\\n"
        '  -d \'{{"userId": "first-visitor", "event": "Hello", "properties": {{"from": "the command line"}}}}\''
    ),
    "webhook": POST % ("application/json", "", '{{"id": 1, "email": "first@shop.example", "says": "Hello"}}'),
    "posthog": POST % ("application/json", "capture/", '{{"event": "Hello", "distinct_id": "first-visitor"}}'),
    "cloudevents": POST % ("application/cloudevents+json", "", HELLO),
}


def address_of(kind: str, slug: str, base: str) -> str:
    """Where a source of this kind posts to; empty where it does not. `base` is how the outside reaches us."""
    if not isinstance(CONNECTORS.get(kind), PushConnector):
        return ""
    return f"{base.rstrip('/')}/v1/" if kind == "segment" else f"{base.rstrip('/')}/in/{slug}/"


def steps(kind: str, address: str) -> list[str]:
    """What to do at the provider's end."""
    return [str(step).replace("{address}", address) for step in CONNECTORS[kind].about.steps]


def example(kind: str, address: str, secret: str) -> str:
    """A command that sends the first event, where one can be typed."""
    words = EXAMPLES.get(kind, "")
    if not words and isinstance(CONNECTORS[kind], FileConnector):
        words = FILE
    return words.format(address=address, secret=secret, name=FILES.get(kind, "export.csv")) if address else ""
