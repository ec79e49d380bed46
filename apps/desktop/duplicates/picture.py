"""Which sources know a customer by which identifiers, as a picture: boxes on two sides, lines between them.

SVG drawn with attributes and classes, since the policy allows no inline style. Numbers are text, whatever the locale.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

MOST = 14  # boxes on a side
ROW, BOX = 50, 40
WIDTH, LEFT, RIGHT = 860, 270, 320
PAD, ICON = 12, 30  # text begins so far from the edge of its box, and behind an icon
CUT = 30  # characters that fit
ISOLATE, END = "\u2068", "\u2069"  # a <bdi>, which SVG does not have


@dataclass(frozen=True, slots=True)
class Box:
    """`x`, `y` are its corner, `text_x` where its words begin. Each is isolated, whichever way it runs."""

    x: str
    y: str
    width: str
    text_x: str
    top: str
    below: str
    icon: str
    icon_x: str
    icon_y: str
    title: str
    words: str
    classes: str


@dataclass(frozen=True, slots=True)
class Curve:
    path: str
    classes: str


@dataclass(frozen=True, slots=True)
class EvidencePicture:
    """`label` says in words what is drawn; `hidden` how many boxes had no room."""

    frame: str
    height: str
    box: str
    direction: str
    left: list[Box]
    right: list[Box]
    lines: list[Curve]
    label: str
    hidden: int


def picture(
    *,
    left: Sequence[tuple[int, str, str]],
    right: Sequence[tuple[int, str, str, str]],
    lines: Iterable[tuple[int, int, str, str]],
    mirrored: bool,
) -> EvidencePicture:
    """`left`: id, title and words. `right`: id, icon, title and words. `lines`: the two ids and classes, what says most
    of an identifier first: its box looks like that."""
    joined = list(lines)
    shown_left, shown_right = left[:MOST], _untangled(left[:MOST], right, joined)[:MOST]
    height = max(len(shown_left), len(shown_right), 1) * ROW
    lefts = {one[0]: _row(place, len(shown_left), height) for place, one in enumerate(shown_left)}
    rights = {one[0]: _row(place, len(shown_right), height) for place, one in enumerate(shown_right)}
    marks: dict[int, str] = {}
    for _profile, identifier, elsewhere, state in joined:
        marks.setdefault(identifier, f"{elsewhere} {state}".strip())
    return EvidencePicture(
        frame=str(WIDTH + 2),
        height=str(height),
        box=str(BOX),
        direction="rtl" if mirrored else "ltr",
        left=[_box(0, lefts[pk], LEFT, mirrored, "", title, words, "") for pk, title, words in shown_left],
        right=[
            _box(WIDTH - RIGHT, rights[pk], RIGHT, mirrored, icon, title, words, marks.get(pk, ""))
            for pk, icon, title, words in shown_right
        ],
        lines=[
            Curve(_path(lefts[one], rights[other], mirrored), f"{elsewhere} {state}".strip())
            for one, other, elsewhere, state in joined
            if one in lefts and other in rights
        ],
        label=_label(len(left), len(right)),
        hidden=len(left) - len(shown_left) + len(right) - len(shown_right),
    )


def _untangled(
    left: Sequence[tuple[int, str, str]],
    right: Sequence[tuple[int, str, str, str]],
    lines: Sequence[tuple[int, int, str, str]],
) -> list[tuple[int, str, str, str]]:
    """The right side in the order of what it hangs on, so that few lines cross."""
    place = {one[0]: number for number, one in enumerate(left)}
    hangs = {one[0]: [place[a] for a, b, *_words in lines if b == one[0] and a in place] for one in right}
    return sorted(right, key=lambda one: sum(hangs[one[0]]) / len(hangs[one[0]]) if hangs[one[0]] else len(left))


def _row(place: int, count: int, height: int) -> int:
    """The upper edge of a box, the whole side standing in the middle."""
    return (height - count * ROW) // 2 + place * ROW + (ROW - BOX) // 2


def _box(x: int, y: int, width: int, mirrored: bool, icon: str, title: str, words: str, classes: str) -> Box:
    inner = PAD + (ICON if icon else 0)
    corner = WIDTH - x - width if mirrored else x
    return Box(
        x=str(corner),
        y=str(y),
        width=str(width),
        text_x=str(corner + (width - inner if mirrored else inner)),
        top=str(y + 16),
        below=str(y + 32),
        icon=icon,
        icon_x=str(corner + (width - PAD - 18 if mirrored else PAD)),
        icon_y=str(y + 11),
        title=_cut(title, width),
        words=_cut(words, width),
        classes=classes,
    )


def _cut(text: str, width: int) -> str:
    most = CUT + (width - LEFT) // 10
    shown = text if len(text) <= most else f"{text[: most - 1]}…"
    return f"{ISOLATE}{shown}{END}"


def _path(left: int, right: int, mirrored: bool) -> str:
    start, end = LEFT, WIDTH - RIGHT
    if mirrored:
        start, end = WIDTH - start, WIDTH - end
    middle, y, to = (start + end) // 2, left + BOX // 2, right + BOX // 2
    return f"M{start} {y}C{middle} {y} {middle} {to} {end} {to}"


def _label(profiles: int, identifiers: int) -> str:
    known = ngettext("Known by %(count)d identifier", "Known by %(count)d identifiers", identifiers)
    profiles_words = ngettext("to %(count)d source profile", "to %(count)d source profiles", profiles)
    return gettext("%(known)s %(told)s. The table below says which.") % {
        "known": known % {"count": identifiers},
        "told": profiles_words % {"count": profiles},
    }
