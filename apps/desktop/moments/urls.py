from django.urls import path

from apps.desktop.moments.views import actions, mark, queue, several

urlpatterns = [
    # what someone should seize
    path("desk/moments/", queue.moments, name="moments"),
    path("desk/moments/several/", several.several_moments, name="several_moments"),
    path("desk/moments/several/accept/", several.accept_several, name="accept_several"),
    path("desk/moments/several/decline/", several.decline_several, name="decline_several"),
    path("desk/moments/several/undo/", several.undo_several, name="undo_several"),
    path("desk/moments/<uuid:public_id>/", queue.moment, name="moment"),
    path("desk/moments/<uuid:public_id>/accept/", actions.accept, name="accept"),
    path("desk/moments/<uuid:public_id>/decline/", actions.decline, name="decline"),
    path("desk/moments/<uuid:public_id>/back/", actions.give_back, name="give_back"),
    path("desk/moments/<uuid:public_id>/withdraw/", actions.withdraw, name="withdraw"),
    path("desk/moments/<uuid:public_id>/snooze/", actions.snooze, name="snooze"),
    path("desk/moments/<uuid:public_id>/wake/", actions.wake, name="wake"),
    path("desk/moments/<uuid:public_id>/assign/", actions.assign, name="assign"),
    path("desk/moments/<uuid:public_id>/contact/", actions.contact, name="contact"),
    path("desk/moments/<uuid:public_id>/finish/", actions.finish, name="finish"),
    path("desk/moments/<uuid:public_id>/undo/", actions.undo_moment, name="undo_moment"),
    path("desk/moments/<uuid:public_id>/amend/", mark.amend, name="amend"),
    path("desk/customers/<uuid:public_id>/moment/", mark.mark, name="mark"),
    path("desk/customers/<uuid:public_id>/moment/preview/", mark.mark_preview, name="mark_preview"),
]
