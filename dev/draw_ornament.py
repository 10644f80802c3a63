"""Draw the licence's ornament: rosette, canal ripples, woven frame, lattice corner; run by hand, results are committed.

    python dev/draw_ornament.py

One closed curve, repeated by rotation, is the whole idea. It marks *licence* and nothing else: the card, the displayed
face, a trace on the counter. Geometric and ours; no emblem.
"""

# ruff: noqa: INP001 a tool run by hand, not a package
from collections.abc import Callable
from math import cos, hypot, pi, sin
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "src/zhizhao/web/static/img"
SEAM = 1e-6
Curve = Callable[[float], tuple[float, float]]
RINGS = ((182, 0.245, 24, 7), (140, 0.34, 16, 7), (94, 0.48, 12, 6), (47, 0.69, 8, 5))
"""Outer radius, depth of the waves as a share of it, waves round the circle, copies turned between two waves."""


def number(value: float) -> str:
    """Return a number with one decimal, as short as SVG allows."""
    text = f"{value:.1f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def bezier(curve: Curve, start: float, end: float, pieces: int) -> str:
    """Return a smooth path through a curve, one cubic piece a step; slopes by central difference."""
    step = (end - start) / pieces
    tiny = step / 1000
    path = "M" + " ".join(number(part) for part in curve(start))
    for piece in range(pieces):
        here, there = start + piece * step, start + (piece + 1) * step
        (x0, y0), (x1, y1) = curve(here), curve(there)
        (dx0, dy0), (dx1, dy1) = (
            tuple((after - before) / (2 * tiny) for before, after in zip(curve(t - tiny), curve(t + tiny), strict=True))
            for t in (here, there)
        )
        points = (x0 + dx0 * step / 3, y0 + dy0 * step / 3, x1 - dx1 * step / 3, y1 - dy1 * step / 3, x1, y1)
        path += "C" + " ".join(number(part) for part in points)
    return path


def ring(radius: float, depth: float, waves: int) -> Curve:
    """Return a closed curve of waves whose crests are sharper than their troughs."""

    def curve(t: float) -> tuple[float, float]:
        lift = (1 + cos(waves * t)) / 2
        r = radius * (1 - depth * (1 - lift**1.15))
        turn = t + 0.42 * sin(waves * t) / waves
        return r * cos(turn), r * sin(turn)

    return curve


def rosette(prefix: str, *, scale: float = 1.0, width: float = 0.7) -> str:
    """Return the four rings as SVG, centred on 0 0, 184 × scale in radius."""
    parts = [f'<g fill="none" stroke-width="{width}">']
    for place, (radius, depth, waves, copies) in enumerate(RINGS):
        name = f"{prefix}{place}"
        path = bezier(ring(radius * scale, depth, waves), 0, 2 * pi, waves * 4)
        parts.append(f'<path id="{name}" d="{path}Z"/>')
        turn = 360 / waves / copies
        parts += [f'<use href="#{name}" transform="rotate({number(turn * copy)})"/>' for copy in range(1, copies)]
        parts.append(f'<circle r="{number((radius + 2) * scale)}"/>')
    return "".join([*parts, "</g>"])


def ripples(name: str) -> str:
    """Return the canal: one line of two waves, moved along itself."""
    line = bezier(lambda x: (x, 13 * sin(x / 44.6) + 4.6 * sin(x / 140 + 1.3)), -140, 420, 32)
    copies = "".join(f'<use href="#{name}" x="{number(9.9 * n)}" y="{number(3.2 * n)}"/>' for n in range(1, 13))
    return f'<g fill="none" stroke-width=".6"><path id="{name}" d="{line}"/>{copies}</g>'


def svg(box: str, body: str, attributes: str = "") -> str:
    """Return a whole picture."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}"{attributes}>{body}</svg>\n'


def card() -> str:
    """Return the art of the licence card, 358 × 226: glow, ripples, rosette masked where text stands."""
    defs = (
        '<defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#cfe4ff"/>'
        '<stop offset=".55" stop-color="#ecd9a8"/><stop offset="1" stop-color="#8cc0ff"/></linearGradient>'
        '<linearGradient id="k" x1="0" x2="1"><stop offset=".42" stop-color="#fff" stop-opacity=".1"/>'
        '<stop offset=".7" stop-color="#fff" stop-opacity=".42"/><stop offset=".84" stop-color="#fff" '
        'stop-opacity=".9"/><stop offset="1" stop-color="#fff"/></linearGradient>'
        '<linearGradient id="v" x1="0" x2="0" y1="0" y2="1"><stop offset=".44" stop-opacity="0"/>'
        '<stop offset=".62" stop-opacity=".62"/><stop offset=".8" stop-opacity=".84"/></linearGradient>'
        '<mask id="m" maskUnits="userSpaceOnUse" x="0" y="0" width="358" height="226">'
        '<rect width="358" height="226" fill="url(#k)"/><rect width="358" height="226" fill="url(#v)"/></mask>'
        '<radialGradient id="h" cx=".82" cy=".1" r=".9"><stop offset="0" stop-color="#4d97ea" stop-opacity=".42"/>'
        '<stop offset="1" stop-color="#4d97ea" stop-opacity="0"/></radialGradient></defs>'
    )
    body = (
        f'{defs}<rect width="358" height="226" fill="url(#h)"/>'
        f'<g stroke="#9ec9ff" stroke-opacity=".17" transform="translate(0 150)">{ripples("w")}</g>'
        '<g mask="url(#m)"><g stroke="url(#g)" stroke-opacity=".62" transform="translate(306 98)">'
        f"{rosette('r', scale=0.74, width=0.6)}</g></g>"
    )
    return svg("0 0 358 226", body, ' preserveAspectRatio="xMaxYMid slice"')


def hero() -> str:
    """Return the large rosette behind the start page's headline, in pale blue and gold."""
    defs = (
        '<defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#cfe4ff"/>'
        '<stop offset=".55" stop-color="#ecd9a8"/><stop offset="1" stop-color="#8cc0ff"/></linearGradient></defs>'
    )
    return svg("-190 -190 380 380", f'{defs}<g stroke="url(#g)">{rosette("o", width=0.55)}</g>')


def weave(ink: str) -> str:
    """Return the six strands of the woven frame, one repeat of 24 × 14."""
    strands = "".join(
        f'<path d="{bezier(lambda x, p=phase: (x, 7 + 5 * sin(2 * pi * (x + p) / 24)), 0, 24, 8)}"/>'
        for phase in range(0, 24, 4)
    )
    return f'<g fill="none" stroke="{ink}" stroke-width=".75" stroke-opacity=".62">{strands}</g>'


def frame(ink: str, gold: str, paper: str) -> str:
    """Return a picture for `border-image`, slice 24: lattice corners, woven sides."""
    corner = (
        f'<g transform="translate(12 12)"><rect x="-10" y="-10" width="20" height="20" rx="3" fill="{paper}" '
        f'stroke="{gold}"/><path fill="none" stroke="{gold}" stroke-width=".9" '
        'd="M-6-6H6V6H-6zM-6-2H6M-6 2H6M-2-6V6M2-6V6"/></g>'
    )
    side = f'<g id="s">{weave(ink)}</g>'
    body = (
        f'<g transform="translate(24 5)">{side}</g><use href="#s" transform="translate(24 53)"/>'
        '<use href="#s" transform="matrix(0 1 1 0 5 24)"/><use href="#s" transform="matrix(0 1 1 0 53 24)"/>'
        + "".join(f'<g transform="translate({x} {y})">{corner}</g>' for x in (0, 48) for y in (0, 48))
    )
    return svg("0 0 72 72", body, ' width="72" height="72"')


def check_closed() -> None:
    """Check that every ring ends where it began, or the rosette would show a seam."""
    for radius, depth, waves, _ in RINGS:
        (x0, y0), (x1, y1) = (ring(radius, depth, waves)(t) for t in (0.0, 2 * pi))
        if hypot(x1 - x0, y1 - y0) > SEAM:
            message = f"the ring of {radius} does not close"
            raise ValueError(message)


def main() -> None:
    """Write every picture."""
    check_closed()
    pictures = {
        "card.svg": card(),
        "hero.svg": hero(),
        "rosette.svg": svg("-190 -190 380 380", f'<g stroke="#000">{rosette("o")}</g>'),
        "frame.svg": frame("#0b4f9e", "#8a6a1f", "#ffffff"),
        "frame-dark.svg": frame("#8cc0ff", "#d8bd7c", "#1a212b"),
    }
    for name, text in pictures.items():
        (FOLDER / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
