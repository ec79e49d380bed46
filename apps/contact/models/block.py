"""What other rooms know that stands between a customer and being contacted."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.customers.models import SourceProfile


class Block(models.Model):
    """Something open about one customer keeps everybody but service away from them: a complaint, or what it touches.

    Written and taken away by whoever knows of it (`blocks.replace_blocks`), in the transaction that changes it. `tag`
    is `complaint` or one of `facts.BLOCKING_TAGS`; `subject` the public id of what is open, `since` when that happened.
    It hangs on a profile, so it follows its person through merges and back.
    """

    profile = models.ForeignKey(SourceProfile, on_delete=models.PROTECT, related_name="blocks")
    tag = models.CharField(max_length=20)
    since = models.DateTimeField()
    subject = models.UUIDField()

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        constraints = [models.UniqueConstraint(fields=["subject", "tag"], name="block_said_once")]

    def __str__(self) -> str:
        return f"{self.tag} {self.subject}"
