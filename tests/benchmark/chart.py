"""Lines over a growing size, both axes by powers of ten, as SVG."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from math import ceil, floor, log10

Points = Sequence[tuple[float, float]]
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 420, 70, 210, 40, 50
COLOURS = ("#1b6ca8", "#c8553d", "#588157", "#8d6a9f", "#b08900", "#444444", "#2a9d8f", "#9b2226")


def chart(title: str, across: str, up: str, lines: Mapping[str, Points]) -> str:
    """A line for each name, labelled at its end."""
    xs, ys = _range(x for line in lines.values() for x, _ in line), _range(y for line in lines.values() for _, y in line)
    place = lambda x, y: (_scaled(x, xs, LEFT, WIDTH - RIGHT), _scaled(y, ys, HEIGHT - BOTTOM, TOP))  # noqa: E731
    parts = [*_frame(title, across, up), *_ticks(xs, ys)]
    labels = _apart({name: place(*line[-1])[1] for name, line in lines.items()})
    for (name, line), colour in zip(lines.items(), COLOURS, strict=False):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in line))
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{WIDTH - RIGHT + 8}" y="{labels[name] + 4:.1f}" fill="{colour}">{escape(name)}</text>')
    style = 'font-family="system-ui, sans-serif" font-size="12" fill="#333"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {style}>\n' + "\n".join(parts) + "\n</svg>\n"


def _range(values: Iterator[float]) -> tuple[int, int]:
    """The powers of ten around them."""
    every = [log10(value) for value in values]
    return floor(min(every)), max(ceil(max(every)), floor(min(every)) + 1)


def _scaled(value: float, span: tuple[int, int], start: int, end: int) -> float:
    return start + (log10(value) - span[0]) / (span[1] - span[0]) * (end - start)


def _frame(title: str, across: str, up: str) -> Iterator[str]:
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
    yield f'<text x="{LEFT}" y="22" font-size="15" font-weight="600">{escape(title)}</text>'
    yield f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 10}" text-anchor="middle">{escape(across)}</text>'
    yield f'<text x="12" y="{TOP - 6}">{escape(up)}</text>'


def _ticks(xs: tuple[int, int], ys: tuple[int, int]) -> Iterator[str]:
    for power in range(xs[0], xs[1] + 1):
        x = _scaled(10**power, xs, LEFT, WIDTH - RIGHT)
        yield f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#ddd"/>'
        yield f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{10**power:,}</text>'
    for power in range(ys[0], ys[1] + 1):
        y = _scaled(10**power, ys, HEIGHT - BOTTOM, TOP)
        yield f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g}</text>'


def _apart(heights: Mapping[str, float]) -> dict[str, float]:
    """Labels that do not lie on each other."""
    found: dict[str, float] = {}
    for name, height in sorted(heights.items(), key=lambda pair: pair[1]):
        found[name] = max(height, *(other + 15 for other in found.values()), 0)
    return found
