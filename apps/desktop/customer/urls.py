from django.urls import path

from apps.desktop.customer.views import attributes, composer, permission, story

urlpatterns = [
    path("desk/customers/<uuid:public_id>/", story.customer, name="customer"),
    path("desk/customers/<uuid:public_id>/timeline/", story.timeline, name="timeline"),
    path("desk/customers/<uuid:public_id>/news/", story.news, name="news"),
    path("desk/customers/<uuid:public_id>/aside/", story.aside, name="aside"),
    path("desk/customers/<uuid:public_id>/presence/", story.presence, name="presence"),
    path("desk/customers/<uuid:public_id>/printed/", story.printed, name="printed"),
    path("desk/customers/<uuid:public_id>/close/", story.close, name="close"),
    path("desk/customers/<uuid:public_id>/consent/", story.consent, name="consent"),
    path("desk/customers/<uuid:public_id>/suppress/", permission.suppress, name="suppress"),
    path("desk/customers/<uuid:public_id>/suppress/<int:pk>/lift/", permission.lift, name="lift"),
    path(
        "desk/customers/<uuid:public_id>/contact-preferences/",
        permission.contact_preferences,
        name="contact_preferences",
    ),
    path("desk/customers/<uuid:public_id>/attributes/", attributes.attributes, name="attributes"),
    path("desk/customers/<uuid:public_id>/attributes/<path:key>/", attributes.attribute, name="attribute"),
    path("desk/customers/<uuid:public_id>/log/", composer.log, name="log"),
    path("desk/customers/<uuid:public_id>/draft/", composer.draft, name="draft"),
    path("desk/entries/<int:pk>/pin/", story.pin, name="pin"),
    path("desk/entries/<int:pk>/undo/", composer.undo_log, name="undo_log"),
    path("desk/attachments/<int:pk>/", story.attachment, name="attachment"),
]
