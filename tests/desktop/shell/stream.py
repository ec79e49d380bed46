"""Running what is asynchronous in a thread of its own, since the main one may hold a browser's event loop."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import sync_to_async
from django.db import connection, connections

PATIENCE = 10  # seconds
LISTENING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE application_name = 'klatsch test' AND datname = current_database() AND query LIKE 'LISTEN%' AND state = 'idle'
"""


def told(story):
    """What the coroutine function returns; it has `PATIENCE` seconds."""

    async def whole():
        try:
            return await asyncio.wait_for(story(), PATIENCE)
        finally:
            await sync_to_async(connections.close_all)()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, whole()).result()


async def asked(sql, *params):
    """The first value of a query, on a connection that is given back."""

    def ask():
        with connection.cursor() as cursor:
            cursor.execute(sql, params or None)
            return cursor.fetchone()[0]

    return await sync_to_async(ask)()


async def somebody_listens():
    while not await asked(LISTENING):
        await asyncio.sleep(0.01)
