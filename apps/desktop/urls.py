from django.urls import path
from django.views.generic import RedirectView

from apps.desktop.views import composer, customer, home, live, preferences

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="desk"), name="root"),
    # the desk
    path("desk/", home.desk, name="desk"),
    path("desk/lookup/", home.lookup, name="lookup"),
    path("desk/pop", home.pop, name="pop"),
    path("desk/rail/", home.rail, name="rail"),
    path("desk/preferences/", preferences.preferences, name="preferences"),
    # one customer
    path("desk/customers/new/", home.create, name="create"),
    path("desk/customers/<uuid:public_id>/", customer.customer, name="customer"),
    path("desk/customers/<uuid:public_id>/timeline/", customer.timeline, name="timeline"),
    path("desk/customers/<uuid:public_id>/news/", customer.news, name="news"),
    path("desk/customers/<uuid:public_id>/aside/", customer.aside, name="aside"),
    path("desk/customers/<uuid:public_id>/presence/", customer.presence, name="presence"),
    path("desk/customers/<uuid:public_id>/close/", customer.close, name="close"),
    path("desk/customers/<uuid:public_id>/consent/", customer.consent, name="consent"),
    path("desk/customers/<uuid:public_id>/log/", composer.log, name="log"),
    path("desk/customers/<uuid:public_id>/draft/", composer.draft, name="draft"),
    path("desk/entries/<int:pk>/pin/", customer.pin, name="pin"),
    path("desk/promises/<int:pk>/", customer.promise, name="promise"),
    path("desk/attachments/<int:pk>/", customer.attachment, name="attachment"),
    # the doorbell (ASGI, see config/asgi.py)
    path("live/customers/<uuid:public_id>/", live.live, name="live"),
]
