"""The way of a moment, step by step."""

from datetime import timedelta

from django.utils import timezone

from apps.moments import actions


def offer(agent, sofia, moment):
    actions.offer(actor=agent, moment=moment, team=sofia.team)


def accept(agent, sofia, moment):
    actions.accept(actor=sofia, moment=moment)


def snooze(agent, sofia, moment):
    actions.snooze(actor=sofia, moment=moment, until=timezone.now() + timedelta(hours=1))


def undo(agent, sofia, moment):
    actions.undo(actor=sofia, moment=moment)


def finish(agent, sofia, moment):
    actions.finish(actor=sofia, moment=moment, outcome="thanked", line="Glad")


STEPS = (offer, accept, snooze, undo, finish)
