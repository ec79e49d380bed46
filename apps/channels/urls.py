from django.urls import re_path

from apps.channels import views
from apps.channels.connectors.segment.wire import CALLS

urlpatterns = [
    # Segment's HTTP API, both with and without a slash: a redirect would lose what was posted
    re_path(rf"^v1/(?P<call>{'|'.join(CALLS)})/?$", views.collect, name="collect"),
    # every other source that calls us; what follows its address is its vendor's own
    re_path(r"^in/(?P<slug>[-\w]+)(?:/(?P<call>.*))?$", views.push, name="push"),
]
