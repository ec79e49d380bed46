from allauth.account import views
from django.urls import path

from apps.accounts.views import session

# People are added by a supervisor: of allauth only what they themselves need.
urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("session/", session, name="session"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("password/change/", views.password_change, name="account_change_password"),
]
