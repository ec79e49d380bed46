"""Another system that calls the API."""

from dataclasses import dataclass
from typing import Any

from django.test import Client

from apps.accounts.models import ApiToken


@dataclass
class System:
    client: Client
    token: ApiToken
    secret: str = "open sesame"

    def get(self, path: str, **params: Any) -> Any:
        return self.client.get(f"/api/v1/{path}", params, headers=self.headers())

    def log(self, key: str | None = "k1", **body: Any) -> Any:
        headers = self.headers() | ({"Idempotency-Key": key} if key else {})
        body = {"channel": "voice", "title": "Asked for the balance"} | body
        return self.client.post("/api/v1/interactions", body, content_type="application/json", headers=headers)

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}
