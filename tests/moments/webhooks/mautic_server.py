"""A stand-in for Mautic's REST API on loopback, as strict as its documentation: what is not documented is refused.

No real Mautic runs here. Documented are: basic authentication and OAuth 2 client credentials ("Authentication"),
`POST /api/contacts/new` (201 for a new contact; one whose e-mail address is known is updated, 200), `POST
/api/segments/ID/contact/ID/add` and the same of campaigns (200, `{"success": 1}`; 404 for one there is not).
"""

import base64
import json
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

USER, PASSWORD = "klatsch", "api password"
CLIENT, CLIENT_SECRET = "client-of-klatsch", "secret of the client"
FIELDS = {"email", "firstname", "lastname", "klatsch_key"}  # aliases of contact fields, and what is a parameter besides
PARAMETERS = FIELDS | {"tags", "ipAddress", "owner", "overwriteWithBlank"}


class MauticServer:
    """`contacts` are what it knows, by id; `segments` and `campaigns` who is in them. `calls` are (method, path,
    status). `answers` are used up one a call, instead of what it would answer. `tokens` open it."""

    def __init__(self):
        self.contacts, self.calls, self.answers, self.tokens = {}, [], [], set()
        self.segments, self.campaigns = {3: set()}, {5: set()}
        self.lasts = 3600
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Served", (Handler,), {"mautic": self}))
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def paths(self):
        return [f"{method} {path}" for method, path, _status in self.calls]

    def lets_in(self, authorization):
        scheme, _space, given = (authorization or "").partition(" ")
        if scheme == "Basic":
            return base64.b64decode(given).decode() == f"{USER}:{PASSWORD}"
        return scheme == "Bearer" and given in self.tokens

    def token(self, form):
        wanted = {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": CLIENT_SECRET}
        if form != wanted:
            return 400, {"errors": [{"message": "invalid_client"}]}
        made = uuid.uuid4().hex
        self.tokens.add(made)
        return 200, {"access_token": made, "expires_in": self.lasts, "token_type": "bearer", "scope": ""}

    def make(self, said):
        if not isinstance(said, dict) or set(said) - PARAMETERS or str(said.get("email", "")).count("@") != 1:
            return 400, {"errors": [{"message": "validation", "code": 400}]}
        known = next((pk for pk, one in self.contacts.items() if one["email"] == said["email"]), None)
        pk = known or 40 + len(self.contacts)
        kept = self.contacts.setdefault(pk, {"email": said["email"], "tags": set()})
        kept["tags"] |= set(said.get("tags", []))
        kept |= {name: said[name] for name in FIELDS & set(said)}
        core = {name: {"alias": name, "value": kept.get(name)} for name in sorted(FIELDS)}
        contact = {"id": pk, "points": 0, "fields": {"core": core}, "tags": [{"tag": tag} for tag in kept["tags"]]}
        return (200 if known else 201), {"contact": contact}

    def add(self, kind, group, contact):
        groups = {"segments": self.segments, "campaigns": self.campaigns}[kind]
        if group not in groups or contact not in self.contacts:
            return 404, {"errors": [{"message": "Item was not found.", "code": 404}]}
        groups[group].add(contact)
        return 200, {"success": 1}


class Handler(BaseHTTPRequestHandler):
    mautic = None

    def do_GET(self):
        self._serve()

    def do_POST(self):
        self._serve()

    def _serve(self):
        mautic, url = self.mautic, urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if mautic.answers:
            status, said = mautic.answers.pop(0)
        elif url.path != "/oauth/v2/token" and not mautic.lets_in(self.headers.get("Authorization")):
            status, said = 401, {"errors": [{"message": "access_denied", "code": 401}]}
        else:
            status, said = self._answer(url, body)
        mautic.calls.append((self.command, url.path, status))
        content = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _answer(self, url, body):
        parts = url.path.strip("/").split("/")
        if (self.command, url.path) == ("POST", "/oauth/v2/token"):
            return self.mautic.token({name: values[0] for name, values in parse_qs(body.decode()).items()})
        if (self.command, url.path) == ("POST", "/api/contacts/new") and self._is_json():
            return self.mautic.make(json.loads(body))
        if (self.command, url.path) == ("GET", "/api/contacts"):
            return 200, {"total": len(self.mautic.contacts), "contacts": {}}
        adds = len(parts) == 6 and (parts[0], parts[3], parts[5]) == ("api", "contact", "add")
        if self.command == "POST" and adds and parts[1] in {"segments", "campaigns"}:
            return self.mautic.add(parts[1], int(parts[2]), int(parts[4]))
        return 404, {"errors": [{"message": "There is no such endpoint."}]}

    def _is_json(self):
        return self.headers["Content-Type"] == "application/json"

    def log_message(self, *_arguments):
        """Quiet."""
