from django.apps import AppConfig


class MomentsConfig(AppConfig):
    name = "apps.moments"

    def ready(self) -> None:
        from apps.moments import permissions

        permissions.register()
