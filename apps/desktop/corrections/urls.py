from django.urls import path

from apps.desktop.corrections import views

urlpatterns = [
    # an entry that was logged wrongly
    path("desk/entries/<int:pk>/correction/", views.correction, name="correction"),
    path("desk/entries/<int:pk>/correction/find/", views.correction_find, name="correction_find"),
    path("desk/entries/<int:pk>/move/", views.move, name="move"),
    path("desk/entries/<int:pk>/retract/", views.retract, name="retract"),
    path("desk/corrections/<int:pk>/take-back/", views.take_back, name="take_back"),
]
