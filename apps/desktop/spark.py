"""A sparkline: how often something was heard, drawn with attributes alone, since the policy allows no inline style."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, MARGIN = 96, 24, 2


@dataclass(frozen=True, slots=True)
class Spark:
    """`line` and `area` are points for `polyline` and `polygon`; `end` the last point. Numbers as text, whatever the
    locale. `label` says in words what is drawn."""

    line: str
    area: str
    end_x: str
    end_y: str
    label: str
    width: str = str(WIDTH)
    height: str = str(HEIGHT)


def spark(values: Sequence[int], label: str) -> Spark:
    """At least two values, the eldest first; from nothing at the bottom to the most at the top."""
    most, last = max(values) or 1, max(len(values) - 1, 1)
    room_x, room_y = WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN
    points = [
        (f"{MARGIN + room_x * place / last:.1f}", f"{HEIGHT - MARGIN - room_y * value / most:.1f}")
        for place, value in enumerate(values)
    ]
    line = " ".join(f"{x},{y}" for x, y in points)
    area = f"{points[0][0]},{HEIGHT} {line} {points[-1][0]},{HEIGHT}"
    return Spark(line, area, *points[-1], label)
