from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "apps.channels"

    def ready(self) -> None:
        from apps.channels import permissions

        permissions.register()
