"""The verbs of insights: infer, listen, put into themes, answer, look back on a week."""

from apps.insights.actions.answering import Silent, answer, mark_read, put_away, sit_in
from apps.insights.actions.digesting import close_week, subscribe, unsubscribe
from apps.insights.actions.hearing import hear
from apps.insights.actions.scoring import score
from apps.insights.actions.theming import (
    Unsearchable,
    add_theme,
    change_theme,
    name_suggestion,
    read_again,
    set_theme,
    wave_off,
)

__all__ = [
    "Silent",
    "Unsearchable",
    "add_theme",
    "answer",
    "change_theme",
    "close_week",
    "hear",
    "mark_read",
    "name_suggestion",
    "put_away",
    "read_again",
    "score",
    "set_theme",
    "sit_in",
    "subscribe",
    "unsubscribe",
    "wave_off",
]
