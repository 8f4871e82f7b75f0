"""Charts as plain numbers for an SVG that the server draws: no script, no style, and the same figures as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shared.services.progress import SHOWN, Bar, Progress
from shared.text import Text

WIDTH, LABEL, NUMBER, ROW, THICK = 760, 190, 70, 26, 16
LONGEST_LABEL = 14
DAY_WIDTH, DAY_HEIGHT, DAY_FOOT = 44, 120, 34


@dataclass(frozen=True)
class Piece:
    """A rectangle with the sentence that it stands for."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    text: str


@dataclass(frozen=True)
class Line:
    """One bar: its label, where it is written, the pieces, and the number at its end."""

    bar: Bar
    label: str
    y: float
    end: float
    pieces: Sequence[Piece]


@dataclass(frozen=True)
class Stacked:
    """Bars beside each other, each as long as its places has applications."""

    progress: Progress
    lines: Sequence[Line]
    legend: Sequence[tuple[str, Text]]
    width: int
    height: int


def stacked(progress: Progress) -> Stacked:
    """The chart of `progress`; its bars share one scale, the one for all the rest may not be longer than the chart."""
    bars = [*progress.bars, *([progress.rest] if progress.rest else [])]
    longest = max((bar.total for bar in progress.bars), default=0) or 1
    lines = [_line(bar, number, longest) for number, bar in enumerate(bars)]
    legend = [(stage.value, stage.label) for stage in SHOWN]
    return Stacked(progress, lines, legend, WIDTH, ROW * len(bars) + 4)


def _line(bar: Bar, number: int, longest: int) -> Line:
    scale = (WIDTH - LABEL - NUMBER) / max(longest, bar.total)
    top, x, pieces = number * ROW + (ROW - THICK) / 2, float(LABEL), []
    for stage in SHOWN:
        count = bar.counts.get(stage, 0)
        if count:
            width = count * scale
            pieces.append(Piece(round(x, 1), top, round(width, 1), THICK, stage.value, f"{stage.label} {count:,}"))
            x += width
    label = str(bar.label)
    short = label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"
    return Line(bar, short, top + THICK - 3, round(x + 6, 1), pieces)


@dataclass(frozen=True)
class Days:
    """Upright bars, one for each day."""

    pieces: Sequence[tuple[Piece, date, int]]
    width: int
    height: int
    foot: int

    @property
    def total(self) -> int:
        return sum(count for _piece, _day, count in self.pieces)


def days(found: Sequence[tuple[date, int]]) -> Days:
    """How many on each day."""
    most = max((count for _day, count in found), default=0) or 1
    room = DAY_HEIGHT - 20
    pieces = []
    for number, (day, count) in enumerate(found):
        height = round(room * count / most, 1)
        piece = Piece(number * DAY_WIDTH + 6, DAY_HEIGHT - height, DAY_WIDTH - 12, height, "day", f"{day} {count:,}")
        pieces.append((piece, day, count))
    return Days(pieces, DAY_WIDTH * len(found), DAY_HEIGHT + DAY_FOOT, DAY_HEIGHT)
