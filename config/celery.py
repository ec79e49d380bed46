"""The Celery application: an alarm clock for work that waits in the database."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("klatsch")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
