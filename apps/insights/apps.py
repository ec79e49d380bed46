from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "apps.insights"

    def ready(self) -> None:
        from apps.insights import permissions
        from apps.insights.feedback.actions import follow
        from apps.interactions import followers

        permissions.register()
        followers.register(follow)
