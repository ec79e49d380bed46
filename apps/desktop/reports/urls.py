from django.urls import path

from apps.desktop.reports import views

urlpatterns = [
    # what became of it, in figures
    path("desk/reports/", views.reports, name="reports"),
    path("desk/reports/<slug:name>/", views.figure, name="figure"),
]
