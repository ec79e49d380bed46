from django.urls import re_path

from apps.channels import views
from apps.channels.connectors.segment.wire import CALLS

urlpatterns = [
    # Segment's HTTP API, both with and without a slash: a redirect would lose what was posted
    re_path(rf"^v1/(?P<call>{'|'.join(CALLS)})/?$", views.collect, name="collect"),
]
