"""The API of Klatsch, assembled from its rooms."""

from ninja import NinjaAPI

api = NinjaAPI(title="Klatsch", version="1", docs_url="/docs")

urlpatterns = [*api.urls[0]]
