from django.urls import path

from apps.desktop.promises import views

urlpatterns = [
    path("desk/customers/<uuid:public_id>/last-time/", views.last_time, name="last_time"),
    path("desk/promises/", views.promises, name="promises"),
    path("desk/promises/keepers/", views.keepers, name="keepers"),
    path("desk/customers/<uuid:public_id>/due-times/", views.due_times, name="due_times"),
    path("desk/promises/<int:pk>/", views.promise, name="promise"),
]
