from allauth.account import views as door
from django.urls import path

# People are added by a supervisor: of allauth only what they themselves need.
urlpatterns = [
    path("login/", door.login, name="account_login"),
    path("logout/", door.logout, name="account_logout"),
    path("inactive/", door.account_inactive, name="account_inactive"),
    path("password/change/", door.password_change, name="account_change_password"),
]
