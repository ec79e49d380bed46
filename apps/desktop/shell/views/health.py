"""What a load balancer asks."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse


def alive(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "alive"})


def ready(request: HttpRequest) -> JsonResponse:
    """200 once the database answers and has every migration; 503 with the reason until then."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except (DatabaseError, OSError):
        return JsonResponse({"status": "unavailable", "reason": "the database does not answer"}, status=503)
    if waiting:
        return JsonResponse({"status": "unavailable", "reason": f"{len(waiting)} migrations to apply"}, status=503)
    return JsonResponse({"status": "ready"})
