"""Every address Klatsch answers, grouped by who calls it."""

from django.urls import include, path

from apps.accounts.site import site
from apps.desktop.shell.views import health

handler500 = "apps.accounts.views.failed"

urlpatterns = [
    # machines that watch over us
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    # people
    path("", include("apps.desktop.urls")),
    path("accounts/", include("apps.accounts.urls")),
    path("admin/", site.urls),
    # customers themselves
    path("", include("apps.contact.urls")),
    # systems
    path("", include("apps.channels.urls")),
    path("api/v1/", include("config.api")),
]
