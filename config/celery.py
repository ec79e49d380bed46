"""The Celery application: an alarm clock for work that waits in the database."""

from celery import Celery

app = Celery("klatsch")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
