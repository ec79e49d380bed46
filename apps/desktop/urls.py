from django.urls import path

from apps.desktop.views import health

urlpatterns = [path("desk/", health.alive, name="desk"), path("desk/customers/<uuid:public_id>/", health.alive, name="customer")]
