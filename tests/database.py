"""How a test that commits leaves the database: empty, but for what migrations wrote for the running server.

Django truncates every table there is, and then has every application begin anew; that takes half a second with ours.
Rows are deleted instead, where there are any, without asking triggers (the audit trail's refuses).
"""

from typing import Any

import pytest
from django.apps import apps
from django.core.management.commands import flush
from django.db import connection

from apps.foundation.cache import CHANNEL, names

# Apps whose rows come from migrations and are remembered by the running server; everything else is a test's own.
KEPT = {"auth", "contenttypes"}


def quick_emptying(patch: pytest.MonkeyPatch) -> None:
    """Only a superuser may do that: for others all stays as Django does it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone() != (True,):
            return
    kept = {model._meta.db_table for name in KEPT for model in apps.get_app_config(name).get_models()}
    patch.setattr(connection.ops, "sql_flush", lambda _style, tables, **_options: _deletes(sorted({*tables} - kept)))
    patch.setattr(flush, "emit_post_migrate_signal", lambda *_words: None)


def _deletes(tables: list[str]) -> list[Any]:
    named = [(table, connection.ops.quote_name(table)) for table in tables]
    with connection.cursor() as cursor:
        found = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {name})" for table, name in named)
        cursor.execute(found)
        filled = {table for (table,) in cursor.fetchall()}
    deletes = [f"DELETE FROM {name}" for table, name in named if table in filled]
    forgotten = [f"SELECT pg_notify('{CHANNEL}', '{name}')" for name in names()]  # by the running server
    return ["SET LOCAL session_replication_role = replica", *deletes, *forgotten]
