from django.urls import path

from apps.desktop.duplicates.views import identity, matches, merge

urlpatterns = [
    # is it the same person
    path("desk/customers/<uuid:public_id>/identity/", identity.identity, name="identity"),
    path("desk/customers/<uuid:public_id>/merge/", merge.merge, name="merge"),
    path("desk/customers/<uuid:public_id>/merge/find/", merge.merge_find, name="merge_find"),
    path("desk/merges/<int:pk>/unmerge/", merge.unmerge, name="unmerge"),
    path("desk/merges/<int:pk>/undo/", merge.undo_merge, name="undo_merge"),
    path("desk/matches/", matches.matches, name="matches"),
    path("desk/matches/quality/", matches.match_quality, name="match_quality"),
    path("desk/matches/accept/", matches.accept_matches, name="accept_matches"),
    path("desk/matches/<int:pk>/", matches.match, name="match"),
    path("desk/matches/<int:pk>/decide/", matches.decide, name="decide"),
    path("desk/matches/<int:pk>/undo/", matches.undo_match, name="undo_match"),
    path("desk/matches/<int:pk>/open/", matches.open_match, name="open_match"),
]
