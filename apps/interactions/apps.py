from django.apps import AppConfig

from apps.foundation import live
from apps.interactions.live import LIVE


class InteractionsConfig(AppConfig):
    name = "apps.interactions"

    def ready(self) -> None:
        from apps.interactions import permissions

        permissions.register()
        live.register(LIVE, "story", after_gap=True)
