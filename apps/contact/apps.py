from django.apps import AppConfig


class ContactConfig(AppConfig):
    name = "apps.contact"

    def ready(self) -> None:
        from apps.contact import permissions
        from apps.contact.consents import write_consents
        from apps.interactions import recorders

        permissions.register()
        recorders.register(write_consents)
