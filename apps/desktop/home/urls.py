from django.urls import path

from apps.desktop.home import views

urlpatterns = [
    # the desk
    path("desk/", views.desk, name="desk"),
    path("desk/lookup/", views.lookup, name="lookup"),
    path("desk/pop", views.pop, name="pop"),
    path("desk/open-tabs/", views.open_tabs, name="open_tabs"),
    # one customer
    path("desk/customers/new/", views.create, name="create"),
]
