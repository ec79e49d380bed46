"""Every address of the desk, one line a screen."""

from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="desk"), name="root"),
    path("", include("apps.desktop.home.urls")),
    path("", include("apps.desktop.customer.urls")),
    path("", include("apps.desktop.corrections.urls")),
    path("", include("apps.desktop.promises.urls")),
    path("", include("apps.desktop.promises.arrangement.urls")),
    path("", include("apps.desktop.duplicates.urls")),
    path("", include("apps.desktop.moments.urls")),
    path("", include("apps.desktop.reports.urls")),
    path("", include("apps.desktop.listening.urls")),
    path("", include("apps.desktop.sources.urls")),
    path("", include("apps.desktop.shell.urls")),
]
