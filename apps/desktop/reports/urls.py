from django.urls import path

from apps.desktop.reports import views

urlpatterns = [
    # what became of it, in figures
    path("desk/measures/", views.measures, name="measures"),
    path("desk/measures/<slug:name>/", views.measure, name="measure"),
]
