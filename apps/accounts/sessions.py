"""Sessions in the database, as Django keeps them; reading one, which every request does, is planned once."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session

from apps.foundation.db.server_cursor import planned_rows

READ = "SELECT session_data, expire_date FROM django_session WHERE session_key = %s::varchar AND expire_date > now()"


class SessionStore(DatabaseStore):
    def _get_session_from_db(self) -> Session | None:
        for data, expires in planned_rows(READ, self.session_key):
            return Session(session_key=str(self.session_key), session_data=data, expire_date=expires)
        self._session_key = None
        return None
