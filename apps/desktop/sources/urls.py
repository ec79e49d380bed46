from django.urls import path

from apps.desktop.sources.views import actions, connect, mapping, sources

urlpatterns = [
    # where events come from
    path("desk/sources/", sources.sources, name="sources"),
    path("desk/sources/new/", connect.kinds, name="kinds"),
    path("desk/sources/new/<slug:kind>/", connect.connect, name="connect"),
    path("desk/sources/new/<slug:kind>/try/", connect.try_new, name="try_new"),
    path("desk/sources/<slug:slug>/", sources.source, name="source"),
    path("desk/sources/<slug:slug>/events/", sources.events, name="events"),
    path("desk/sources/<slug:slug>/events/<int:pk>/", sources.event, name="event"),
    path("desk/sources/<slug:slug>/settings/", connect.source_settings, name="source_settings"),
    path("desk/sources/<slug:slug>/try/", connect.try_source, name="try_source"),
    # what its fields mean
    path("desk/sources/<slug:slug>/mapping/", mapping.mapping, name="mapping"),
    path("desk/sources/<slug:slug>/mapping/preview/", mapping.mapping_preview, name="mapping_preview"),
    path("desk/sources/<slug:slug>/mapping/field/", mapping.mapping_field, name="mapping_field"),
    path("desk/sources/<slug:slug>/mapping/sample/", mapping.mapping_sample, name="mapping_sample"),
    path("desk/sources/<slug:slug>/mapping/guess/", mapping.mapping_guess, name="mapping_guess"),
    # what is done to one of them
    path("desk/sources/<slug:slug>/sync/", actions.sync_now, name="sync_now"),
    path("desk/sources/<slug:slug>/pause/", actions.pause, name="pause_source"),
    path("desk/sources/<slug:slug>/resume/", actions.resume, name="resume_source"),
    path("desk/sources/<slug:slug>/switch/", actions.switch, name="switch_source"),
    path("desk/sources/<slug:slug>/backfill/", actions.backfill, name="backfill"),
    path("desk/sources/<slug:slug>/replay/", actions.replay, name="replay"),
    path("desk/sources/<slug:slug>/secret/", actions.rotate, name="rotate"),
    path("desk/sources/<slug:slug>/secret/<int:pk>/revoke/", actions.revoke, name="revoke"),
    path("desk/sources/<slug:slug>/remove/", actions.remove, name="remove_source"),
]
