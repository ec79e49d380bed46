from django.urls import path

from apps.contact import views

urlpatterns = [
    # the customer's own page
    path("preferences/<str:token>/", views.contact_choices, name="contact_choices"),
]
