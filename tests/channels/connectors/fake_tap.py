"""A tap that does as it is told: its config's `do` is a program that has `record`, `state` and `before`, the state."""

import json
import sys

from apps.channels.connectors.singer import pull
from apps.channels.contract import SourceFacts

PASSWORD = "p@ss/w0rd of-the-tap"
CATALOG = {
    "streams": [
        {
            "tap_stream_id": "public-orders",
            "stream": "orders",
            "table_name": "orders",
            "key_properties": ["id"],
            "schema": {"properties": {"id": {"type": "integer"}, "email": {"type": ["null", "string"]}}},
            "metadata": [{"breadcrumb": [], "metadata": {"selected": False}}],
        }
    ]
}
FAKE = f"""#!{sys.executable} -S
import json, os, subprocess, sys, time
def say(**message): print(json.dumps(message), flush=True)
def record(number, **more):
    kept = {{"id": number, "email": "anna@shop.example", **more}}
    say(type="RECORD", stream="public-orders", record=kept)
def state(place): say(type="STATE", value={{"place": place}})
given = dict(zip(sys.argv[1::2], sys.argv[2::2]))
config = json.load(open(given["--config"]))
if "--discover" in sys.argv:
    exec(config.get("discover", "print(json.dumps(" + repr({CATALOG!r}) + "))"))
    sys.exit(0)
before = json.load(open(given["--state"])) if "--state" in given else {{}}
columns = {{"properties": {{"id": {{}}, "email": {{}}}}}}
say(type="SCHEMA", stream="public-orders", schema=columns, key_properties=["id"])
exec(config["do"])
"""


def facts(do, **config):
    """A source of the tap that runs the program `do`."""
    secrets = json.dumps({"password": PASSWORD})
    told = {"tap": "tap-fake", "config": {"do": do, **config}, "secrets": secrets}
    return SourceFacts(1, "shop-db", "singer", settings=told)


def install(home):
    """Put the tap into a folder of taps."""
    program = home / "tap-fake" / "bin" / "tap-fake"
    program.parent.mkdir(parents=True)
    program.write_text(FAKE)
    program.chmod(0o755)
    pull._catalogs.clear()
