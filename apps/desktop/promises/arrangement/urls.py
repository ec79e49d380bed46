from django.urls import path

from apps.desktop.promises.arrangement import views

urlpatterns = [
    path("desk/promises/arrange/", views.arrange, name="arrange"),
    path("desk/promises/reschedule/", views.reschedule, name="reschedule"),
    path("desk/promises/reassign/", views.reassign, name="reassign"),
    path("desk/promises/take/", views.take, name="take"),
    path("desk/promises/hand-over/", views.hand_over, name="hand_over"),
    path("desk/promises/undo/", views.undo_arranged, name="undo_arranged"),
    path("desk/promises/told/<uuid:public_id>/", views.acknowledge, name="acknowledge"),
]
