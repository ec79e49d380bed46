from django.urls import path
from django.views.generic import RedirectView

from apps.desktop.views import composer, connecting, customer, home, live, mapping, preferences, source_acts, sources

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
    # where events come from
    path("desk/sources/", sources.sources, name="sources"),
    path("desk/sources/new/", connecting.kinds, name="kinds"),
    path("desk/sources/new/<slug:kind>/", connecting.connect, name="connect"),
    path("desk/sources/new/<slug:kind>/try/", connecting.try_new, name="try_new"),
    path("desk/sources/<slug:slug>/", sources.source, name="source"),
    path("desk/sources/<slug:slug>/events/", sources.events, name="events"),
    path("desk/sources/<slug:slug>/events/<int:pk>/", sources.event, name="event"),
    path("desk/sources/<slug:slug>/settings/", connecting.source_settings, name="source_settings"),
    path("desk/sources/<slug:slug>/try/", connecting.try_source, name="try_source"),
    # what its fields mean
    path("desk/sources/<slug:slug>/mapping/", mapping.mapping, name="mapping"),
    path("desk/sources/<slug:slug>/mapping/preview/", mapping.mapping_preview, name="mapping_preview"),
    path("desk/sources/<slug:slug>/mapping/sample/", mapping.mapping_sample, name="mapping_sample"),
    path("desk/sources/<slug:slug>/mapping/guess/", mapping.mapping_guess, name="mapping_guess"),
    # what is done to one of them
    path("desk/sources/<slug:slug>/sync/", source_acts.sync_now, name="sync_now"),
    path("desk/sources/<slug:slug>/pause/", source_acts.pause, name="pause_source"),
    path("desk/sources/<slug:slug>/resume/", source_acts.resume, name="resume_source"),
    path("desk/sources/<slug:slug>/switch/", source_acts.switch, name="switch_source"),
    path("desk/sources/<slug:slug>/backfill/", source_acts.backfill, name="backfill"),
    path("desk/sources/<slug:slug>/replay/", source_acts.replay, name="replay"),
    path("desk/sources/<slug:slug>/secret/", source_acts.rotate, name="rotate"),
    path("desk/sources/<slug:slug>/secret/<int:pk>/revoke/", source_acts.revoke, name="revoke"),
    path("desk/sources/<slug:slug>/remove/", source_acts.remove, name="remove_source"),
    # the doorbell (ASGI, see config/asgi.py)
    path("live/customers/<uuid:public_id>/", live.live, name="live"),
]
