from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "apps.insights"

    def ready(self) -> None:
        from apps.insights import permissions

        permissions.register()
