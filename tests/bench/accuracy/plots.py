"""Small plots as SVG, drawn by hand: no library, the same bytes for the same figures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

COLOURS = (
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#cc79a7",
    "#e69f00",
    "#56b4e9",
    "#555555",
    "#999933",
    "#000000",
)
"""Told apart by the colour-blind too (Okabe and Ito), ours first."""
LEFT, RIGHT, TOP, ROW, FOOT, WIDTH = 170, 20, 34, 24, 42, 740


@dataclass(frozen=True, slots=True)
class Dot:
    """A figure, and its least and most."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a dot plot: its name and a dot for each series that has one."""

    name: str
    dots: dict[str, Dot]


def dot_plot(title: str, axis: str, rows: Sequence[Row], low: float, high: float) -> str:
    """Rows of dots on a logarithmic axis from `low` to `high`; what is outside is on the rim."""
    series = list(dict.fromkeys(name for row in rows for name in row.dots))
    colour = {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(series)}
    legend_rows = math.ceil(len(series) / 4)
    height = TOP + ROW * len(rows) + FOOT + 18 * legend_rows + 6

    def x(value: float) -> float:
        share = math.log(min(max(value, low), high) / low) / math.log(high / low)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    parts = [*_frame(title, WIDTH, height)]
    bottom = TOP + ROW * len(rows)
    for tick in _ticks(low, high):
        parts.append(_line(x(tick), TOP, x(tick), bottom, "#ddd"))
        parts.append(_text(x(tick), bottom + 14, f"{tick:g}", "middle"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, bottom + 29, axis, "middle"))
    for i, row in enumerate(rows):
        y = TOP + ROW * (i + 0.5)
        parts.append(_text(LEFT - 8, y + 4, row.name, "end"))
        parts.append(_line(LEFT, y, WIDTH - RIGHT, y, "#eee"))
        for name in reversed(row.dots):
            dot = row.dots[name]
            if dot.low is not None and dot.high is not None:
                parts.append(_line(x(dot.low), y, x(dot.high), y, colour[name], 1.5))
            size = 6 if name == series[0] else 4
            parts.append(_circle(x(dot.value), y, size, colour[name], f"{name}: {dot.value:.3g}"))
    for i, name in enumerate(series):
        at, y = LEFT - 130 + (i % 4) * 170, bottom + FOOT + 18 * (i // 4) + 8
        parts += [_circle(at, y - 4, 4, colour[name], name), _text(at + 9, y, name, "start")]
    return _closed(parts)


@dataclass(frozen=True, slots=True)
class Point:
    """A bin of a reliability diagram: mean said, share true, its share of the weight."""

    said: float
    true: float
    weight: float


def reliability_plot(title: str, panels: Sequence[tuple[str, Sequence[Point]]]) -> str:
    """Said against true, side by side; the larger the dot, the more time is in it."""
    side, gap = 260, 60
    width = gap + len(panels) * (side + gap)
    parts = [*_frame(title, width, side + 90)]
    for i, (name, points) in enumerate(panels):
        left, top = gap + i * (side + gap), 48
        parts += _square(left, top, side, name)
        for point in points:
            size = 2.5 + 7 * max(0.0, 1 + math.log10(max(point.weight, 1e-5)) / 5)
            x, y = left + side * point.said, top + side * (1 - point.true)
            hint = f"said {point.said:.3f}, true {point.true:.3f}"
            parts.append(_circle(x, y, size, COLOURS[0], hint))
    return _closed(parts)


def _square(left: float, top: float, side: float, name: str) -> Iterator[str]:
    yield _text(left + side / 2, top - 8, name, "middle")
    for tenth in (0, 0.2, 0.4, 0.6, 0.8, 1):
        x, y = left + side * tenth, top + side * (1 - tenth)
        yield _line(x, top, x, top + side, "#ddd")
        yield _line(left, y, left + side, y, "#ddd")
        yield _text(x, top + side + 14, f"{tenth:g}", "middle")
        yield _text(left - 6, y + 4, f"{tenth:g}", "end")
    yield _line(left, top + side, left + side, top, "#888")
    yield _text(left + side / 2, top + side + 30, "said", "middle")
    yield _text(left - 32, top + side / 2, "true", "middle")


def _ticks(low: float, high: float) -> list[float]:
    steps = [digit * 10.0**power for power in range(-6, 7) for digit in (1, 2, 5)]
    return [step for step in steps if low * 0.999 <= step <= high * 1.001]


def _frame(title: str, width: float, height: float) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" font-family="sans-serif" font-size="11" '
        f'role="img" aria-label="{escape(title)}">'
    )
    yield f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>'
    yield f'<text x="10" y="18" font-size="13" font-weight="bold">{escape(title)}</text>'


def _closed(parts: list[str]) -> str:
    return "\n".join([*parts, "</svg>", ""])


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, wide: float = 1.0) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{colour}" stroke-width="{wide:g}"/>'
    )


def _circle(x: float, y: float, size: float, colour: str, hint: str) -> str:
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" fill="{colour}" fill-opacity="0.85">'
        f"<title>{escape(hint)}</title></circle>"
    )
