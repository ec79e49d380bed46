"""What the alarm clock asks of the desk."""

from celery import shared_task

from apps.desktop.listening import digest_mail


@shared_task(name="apps.desktop.tasks.send_digests")
def send_digests() -> None:
    """On Monday morning, and a few times after, for what did not go. Who has had it gets no second one."""
    digest_mail.send_digests()
