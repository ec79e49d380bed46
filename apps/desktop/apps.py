from django.apps import AppConfig

from apps.foundation import live

PRESENCE = "klatsch_presence"  # PostgreSQL's notification channel, of `desktop.customer.presence`


class DesktopConfig(AppConfig):
    name = "apps.desktop"

    def ready(self) -> None:
        from apps.desktop.customer.presence import present_with
        from apps.moments import present

        present.register(present_with)
        live.register(PRESENCE, "presence")
