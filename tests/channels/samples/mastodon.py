"""A source of Mastodon's is asked, not called: what it says is in `connectors/mastodon_server.py`."""

from tests.channels.samples import Made

SOURCE = Made(settings={"server": "https://social.example", "access_token": "a-token"})
DRAFTS = 0
