"""Small plots as SVG, drawn here so that a report page needs nothing from elsewhere."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

Point = tuple[float, float]
WIDTH, HEIGHT = 520, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 18, 46
INK, PALE, STRONG, WARN = "currentColor", "#8896a466", "#2a86a8", "#c0392b"


def _frame(title: str, x_label: str, y_label: str, body: str) -> str:
    across, up = (LEFT + WIDTH - RIGHT) / 2, (TOP + HEIGHT - BOTTOM) / 2
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}" class="plot">'
        f'<text x="{LEFT}" y="12" class="t">{escape(title)}</text>{body}'
        f'<text x="{across}" y="{HEIGHT - 6}" text-anchor="middle">{escape(x_label)}</text>'
        f'<text transform="translate(12 {up}) rotate(-90)" text-anchor="middle">{escape(y_label)}</text></svg>'
    )


def _short(value: float) -> str:
    if value == 0:
        return "0"
    if abs(value) >= 10000:
        return f"{value / 1000:g}k"
    return f"{value:.3g}"


def _steps(low: float, high: float) -> list[float]:
    """Round values between two bounds, four to eight of them."""
    span = high - low or 1.0
    step = 10 ** math.floor(math.log10(span / 4))
    for factor in (1, 2, 5, 10):
        if span / (step * factor) <= 7:
            step *= factor
            break
    first = math.ceil(low / step - 1e-9)
    return [i * step for i in range(first, math.floor(high / step + 1e-9) + 1)]


def _axes(
    x: Callable[[float], float],
    y: Callable[[float], float],
    xs: Sequence[float],
    ys: Sequence[float],
    x_text: Callable[[float], str] = _short,
    y_text: Callable[[float], str] = _short,
) -> str:
    out = []
    for value in xs:
        out.append(
            f'<line x1="{x(value):.1f}" x2="{x(value):.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" stroke="{PALE}"/>'
            f'<text x="{x(value):.1f}" y="{HEIGHT - BOTTOM + 15}" text-anchor="middle">{escape(x_text(value))}</text>'
        )
    for value in ys:
        out.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}" stroke="{PALE}"/>'
            f'<text x="{LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{escape(y_text(value))}</text>'
        )
    return "".join(out)


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    span = (high - low) or 1.0
    return lambda value: start + (value - low) / span * (end - start)


def line_plot(title: str, x_label: str, y_label: str, points: Sequence[Point], marks: Sequence[float] = ()) -> str:
    """A curve. `marks` are heights to draw a line at."""
    if not points:
        return ""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    low, high = min(*ys, *marks, ys[0]), max(*ys, *marks, ys[0])
    pad = (high - low) * 0.05 or 0.01
    x = _scale(min(xs), max(xs), LEFT, WIDTH - RIGHT)
    y = _scale(low - pad, high + pad, HEIGHT - BOTTOM, TOP)
    path = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in _thinned(points))
    lines = "".join(
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(m):.1f}" y2="{y(m):.1f}" stroke="{WARN}" stroke-dasharray="4 3"/>'
        for m in marks
    )
    axes = _axes(x, y, _steps(min(xs), max(xs)), _steps(low - pad, high + pad), y_text=lambda v: f"{v:.5g}")
    curve = f'<polyline points="{path}" fill="none" stroke="{STRONG}" stroke-width="2"/>'
    return _frame(title, x_label, y_label, axes + lines + curve)


def _thinned(points: Sequence[Point], most: int = 600) -> Sequence[Point]:
    step = max(1, len(points) // most)
    return [*points[::step], points[-1]]


def reliability_plot(title: str, points: Sequence[tuple[float, float, float]]) -> str:
    """Share right against mean confidence; the dot's area goes with the logarithm of the readings behind it."""
    x, y = _scale(0, 1, LEFT, WIDTH - RIGHT), _scale(0, 1, HEIGHT - BOTTOM, TOP)
    ticks = [0, 0.2, 0.4, 0.6, 0.8, 1.0]
    dots = "".join(
        f'<circle cx="{x(conf):.1f}" cy="{y(right):.1f}" r="{2 + math.log10(n + 1):.1f}" fill="{STRONG}" fill-opacity="0.7">'
        f"<title>{conf:.3f}: {right:.4f} of {n:g}</title></circle>"
        for conf, right, n in points
    )
    diagonal = f'<line x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(1)}" stroke="{INK}" stroke-dasharray="3 3"/>'
    return _frame(title, "confidence", "share right", _axes(x, y, ticks, ticks) + diagonal + dots)


def bar_plot(title: str, x_label: str, bars: Sequence[tuple[str, float, float, float]]) -> str:
    """Horizontal bars: name, value, low and high end of the interval. As tall as it needs to be."""
    if not bars:
        return ""
    most = max(high for *_, high in bars) or 1.0
    left, row = 190, 18
    height = TOP + row * len(bars) + 34
    x = _scale(0, most, left, WIDTH - RIGHT - 20)
    out = []
    for value in _steps(0, most):
        out.append(
            f'<line x1="{x(value):.1f}" x2="{x(value):.1f}" y1="{TOP}" y2="{height - 30}" stroke="{PALE}"/>'
            f'<text x="{x(value):.1f}" y="{height - 18}" text-anchor="middle">{_short(value)}</text>'
        )
    for i, (name, value, low, high) in enumerate(bars):
        top = TOP + row * i
        middle = top + row / 2
        out.append(
            f'<text x="{left - 6}" y="{middle + 4:.1f}" text-anchor="end">{escape(name)}</text>'
            f'<rect x="{left}" y="{top + 3}" width="{x(value) - left:.1f}" height="{row - 6}" fill="{STRONG}"/>'
            f'<line x1="{x(low):.1f}" x2="{x(high):.1f}" y1="{middle}" y2="{middle}" stroke="{INK}"/>'
        )
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}" class="plot">'
        f'<text x="10" y="12" class="t">{escape(title)}</text>{"".join(out)}'
        f'<text x="{(left + WIDTH) / 2}" y="{height - 4}" text-anchor="middle">{escape(x_label)}</text></svg>'
    )


def lines_plot(title: str, x_label: str, y_label: str, series: Sequence[tuple[str, Sequence[Point]]]) -> str:
    """Several short curves with their names at the right end."""
    points = [p for _, line in series for p in line]
    if not points:
        return ""
    x = _scale(0, max(p[0] for p in points) * 1.35, LEFT, WIDTH - RIGHT)
    low, high = min(p[1] for p in points), max(p[1] for p in points)
    y = _scale(low, high if high > low else low + 1e-6, HEIGHT - BOTTOM, TOP)
    out = [_axes(x, y, _steps(0, max(p[0] for p in points)), _steps(low, high if high > low else low + 1e-6))]
    for i, (name, line) in enumerate(series):
        colour = f"hsl({i * 360 // max(1, len(series))} 60% 38%)"
        path = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in line)
        end = line[-1]
        out.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.6"/>'
            f'<text x="{x(end[0]) + 4:.1f}" y="{y(end[1]) + 3:.1f}" fill="{colour}" class="s">{escape(name)}</text>'
        )
    return _frame(title, x_label, y_label, "".join(out))
