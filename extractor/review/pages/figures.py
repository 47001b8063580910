"""Figures of the lead's page as SVG, drawn from plain numbers: no script, classes for the style sheet, text escaped."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 640, 180, 44, 24, 10


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of finding: its name and its count on each day."""

    name: str
    counts: Sequence[int]


def bars(days: Sequence[str], series: Sequence[Series], title: str) -> Markup:
    """Counts by day, the series stacked; each told apart by shade and, in its tooltip, by name."""
    totals = [sum(one.counts[at] for one in series) for at in range(len(days))]
    top = max(totals, default=0) or 1
    step = (_WIDTH - _LEFT) / max(len(days), 1)
    scale = (_HEIGHT - _BOTTOM - _TOP) / top
    parts = [_axis(top)]
    for at, day in enumerate(days):
        y = float(_HEIGHT - _BOTTOM)
        for number, one in enumerate(series):
            height = one.counts[at] * scale
            y -= height
            if height:
                told = f"<title>{escape(day)} {escape(one.name)} {one.counts[at]}</title>"
                parts.append(
                    f'<rect class="s{number % 8}" x="{_LEFT + at * step + 1:.1f}" y="{y:.1f}" width="{step - 2:.1f}" '
                    f'height="{height:.1f}">{told}</rect>'
                )
        if at % max(1, len(days) // 6) == 0:
            parts.append(f'<text x="{_LEFT + at * step:.1f}" y="{_HEIGHT - 8}">{escape(day[5:])}</text>')
    return _svg(title, "".join(parts))


def curve(points: Sequence[tuple[float, float]], title: str, worded: Callable[[float], str]) -> Markup:
    """A line through (effort, share of the gain), both from 0; the share goes to 1. `worded`: an effort in words."""
    most = max((x for x, _ in points), default=0) or 1
    places = [
        (_LEFT + x / most * (_WIDTH - _LEFT - 10), _HEIGHT - _BOTTOM - y * (_HEIGHT - _BOTTOM - _TOP)) for x, y in points
    ]
    path = " ".join(f"{'L' if number else 'M'}{x:.1f} {y:.1f}" for number, (x, y) in enumerate(places))
    labels = f'<text x="{_LEFT}" y="{_HEIGHT - 8}">0</text>'
    labels += f'<text x="{_WIDTH - 10}" y="{_HEIGHT - 8}" text-anchor="end">{escape(worded(most))}</text>'
    return _svg(title, f'{_axis(100, "%")}<path class="line" d="{path}"/>{labels}')


def _axis(top: int, unit: str = "") -> str:
    parts = []
    for share in (0.0, 0.5, 1.0):
        y = _HEIGHT - _BOTTOM - share * (_HEIGHT - _BOTTOM - _TOP)
        parts.append(f'<path class="axis" d="M{_LEFT} {y:.1f}H{_WIDTH}"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{top * share:g}{unit}</text>')
    return "".join(parts)


def _svg(title: str, body: str) -> Markup:
    head = f'<svg class="chart" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(title)}">'
    return Markup(f"{head}{body}</svg>")  # every text in it is escaped above


def by_kind(days: Sequence[str], codes: Mapping[str, Mapping[str, int]]) -> dict[str, list[int]]:
    """Counts by day and code as counts by code, one for each of the days; the most frequent code first."""
    sums: dict[str, int] = {}
    for counts in codes.values():
        for code, count in counts.items():
            sums[code] = sums.get(code, 0) + count
    order = sorted(sums, key=lambda code: (-sums[code], code))
    return {code: [codes.get(day, {}).get(code, 0) for day in days] for code in order}
