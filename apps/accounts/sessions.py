"""Sessions in the database, as Django keeps them; reading one, which every request does, is planned once."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session

from apps.foundation.db.server_cursor import prepared_cursor

READ = "SELECT session_data, expire_date FROM django_session WHERE session_key = %s::varchar AND expire_date > now()"


class SessionStore(DatabaseStore):
    def _get_session_from_db(self) -> Session | None:
        with prepared_cursor() as cursor:
            cursor.execute(READ, [self.session_key])
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return None
        return Session(session_key=str(self.session_key), session_data=found[0], expire_date=found[1])
