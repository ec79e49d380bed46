from django.urls import path

from apps.desktop.shell.views import live, preferences

urlpatterns = [
    path("desk/preferences/", preferences.preferences, name="preferences"),
    # the doorbell (ASGI, see config/asgi.py)
    path("live/customers/<uuid:public_id>/", live.live, name="live"),
]
