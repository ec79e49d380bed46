"""Charts as plain geometry, in user units: templates draw them as SVG with attributes alone, since the policy allows no
inline style (`desktop/macros/chart.html`, `admin/chart.html`). Numbers are text, whatever the locale."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

HEIGHT = 100
LEAST = 4  # units: one event among thousands is still seen
SPARK = (96, 24, 2)  # width, height and margin of a sparkline


@dataclass(frozen=True, slots=True)
class Rectangle:
    """`tone` is the class that colours it."""

    tone: str
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class Column:
    """What stands at one place of a chart; `title` says it in words."""

    rectangles: tuple[Rectangle, ...]
    title: str


@dataclass(frozen=True, slots=True)
class BarChart:
    """`columns` are those that have something to draw. `label` says in words what is drawn; `marks` are words for below
    it; `most` is what the highest column stands for."""

    width: str
    height: str
    columns: tuple[Column, ...]
    label: str
    marks: tuple[str, ...]
    most: int


@dataclass(frozen=True, slots=True)
class Sparkline:
    """`line` and `area` are points for `polyline` and `polygon`; `end_x`, `end_y` the last of them."""

    line: str
    area: str
    end_x: str
    end_y: str
    label: str
    width: str = str(SPARK[0])
    height: str = str(SPARK[1])


class Portion(NamedTuple):
    """A horizontal bar: where it begins and how long it is."""

    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Layout:
    """`step` from one column to the next, `bar` how wide one is, `height` of the whole drawing; `least` is the height
    of the smallest part that is drawn at all."""

    step: int = 10
    bar: int = 8
    height: int = HEIGHT
    least: int = LEAST

    def rising(self, value: int, most: int) -> int:
        """How high a value stands."""
        return min(self.height, max(self.least, round(self.height * value / most))) if value else 0


@dataclass(frozen=True, slots=True)
class Datum:
    """The figures of one column, each with its tone, and what they say in words."""

    values: tuple[tuple[str, int], ...]
    title: str = ""


def stacked(data: Sequence[Datum], label: str, marks: Sequence[str], layout: Layout) -> BarChart:
    """The figures of a column stand on each other, the first at the bottom."""
    most = max((sum(value for _tone, value in datum.values) for datum in data), default=0)
    columns = (_stack(place, datum, most or 1, layout) for place, datum in enumerate(data))
    return _chart(columns, len(data), label, marks, most, layout)


def grouped(data: Sequence[Datum], label: str, marks: Sequence[str], layout: Layout, least_most: int = 1) -> BarChart:
    """The figures of a column stand beside each other, from 0 to the largest of all, or `least_most`."""
    most = max((value for datum in data for _tone, value in datum.values), default=0)
    columns = (_group(place, datum, max(most, least_most), layout) for place, datum in enumerate(data))
    return _chart(columns, len(data), label, marks, most, layout)


def sparkline(values: Sequence[int], label: str) -> Sparkline:
    """At least two values, the eldest first; from nothing at the bottom to the most at the top."""
    width, height, margin = SPARK
    most, last = max(values) or 1, max(len(values) - 1, 1)
    points = [
        (
            f"{margin + (width - 2 * margin) * place / last:.1f}",
            f"{height - margin - (height - 2 * margin) * value / most:.1f}",
        )
        for place, value in enumerate(values)
    ]
    line = " ".join(f"{x},{y}" for x, y in points)
    area = f"{points[0][0]},{height} {line} {points[-1][0]},{height}"
    return Sparkline(line, area, *points[-1], label)


def portion(value: float, most: float, *, least: float = 0.0, centred: bool = False) -> Portion:
    """A horizontal bar, of 100: as long as its value is beside the most there is, and no shorter than `least`."""
    width = max(least, 100 * value / most) if value and most else 0.0
    return Portion(f"{(100 - width) / 2:.1f}" if centred else "0", f"{width:.1f}")


def diverging(value: float, most: float, half: int) -> Portion:
    """A bar that goes from the middle (`half`) to the right or, below nothing, to the left."""
    length = round(min(1.0, abs(value) / most) * half)
    return Portion(str(half if value >= 0 else half - length), str(length))


def _chart(
    columns: Iterable[Column | None], places: int, label: str, marks: Sequence[str], most: int, layout: Layout
) -> BarChart:
    drawn = tuple(column for column in columns if column)
    return BarChart(str(places * layout.step), str(layout.height), drawn, label, tuple(marks), most)


def _stack(place: int, datum: Datum, most: int, layout: Layout) -> Column | None:
    """Where the smallest parts make a column too high, its largest gives way."""
    heights = [layout.rising(value, most) for _tone, value in datum.values]
    heights[heights.index(max(heights))] -= max(0, sum(heights) - layout.height)
    x, tops = _left(place, layout.bar, layout), [layout.height - top for top in accumulate(heights)]
    parts = zip(datum.values, tops, heights, strict=True)
    return _column(datum, (_rectangle(tone, x, y, layout.bar, height) for (tone, _value), y, height in parts))


def _group(place: int, datum: Datum, most: int, layout: Layout) -> Column | None:
    left = _left(place, layout.bar * len(datum.values), layout)
    heights = [layout.rising(value, most) for _tone, value in datum.values]
    parts = enumerate(zip(datum.values, heights, strict=True))
    return _column(
        datum,
        (
            _rectangle(tone, left + number * layout.bar, layout.height - height, layout.bar, height)
            for number, ((tone, _value), height) in parts
        ),
    )


def _column(datum: Datum, rectangles: Iterable[Rectangle]) -> Column | None:
    return Column(tuple(rectangles), datum.title) if any(value for _tone, value in datum.values) else None


def _rectangle(tone: str, x: int, y: int, width: int, height: int) -> Rectangle:
    return Rectangle(tone, str(x), str(y), str(width), str(height))


def _left(place: int, width: int, layout: Layout) -> int:
    """Columns stand in the middle of their places."""
    return place * layout.step + (layout.step - width) // 2
