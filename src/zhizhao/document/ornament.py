"""Border, corner rosettes and ground of the sheet: our own curves, no model copied; the output is packaged.

Beads and sectors repeat, and every coordinate is a whole number of 10 µm: the same drawing as free curves costs
five times as much to set, because a PDF writes and packs each number of each strand.
"""

import math
from collections.abc import Callable
from typing import Final

PER_MM: Final = 100
WIDTH, HEIGHT = 297, 210
NAVY, GOLD, GROUND, PAPER = "#173a63", "#a5834a", "#e9ebea", "#fcfaf5"
EDGE: Final = 7
"""Trim to outer rule, mm."""
BAND: Final = 8.6
"""Free width of the braid, mm."""
CORNER: Final = 13.4
"""Side of a corner square, mm."""
MID: Final = EDGE + 1.1 + BAND / 2
STRIP: Final = EDGE + CORNER
"""Each strip runs from corner to corner and is at its waist there."""
BEADS_ACROSS, BEADS_DOWN = 18, 12
SECTORS: Final = 8
"""All rings of the ground repeat after an eighth of the circle."""
STEPS: Final = 4
"""Curves per period."""
TAU: Final = 2 * math.pi

Curve = Callable[[float], tuple[float, float]]


def ornament_svg() -> str:
    """Return the ornament of the sheet, 297 by 210 mm."""
    size = f'width="{WIDTH}mm" height="{HEIGHT}mm" viewBox="0 0 {_mm(WIDTH)} {_mm(HEIGHT)}"'
    parts = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
        "<defs>",
        f'<g id="sector">{_sector()}</g>',
        f'<g id="across">{_bead((WIDTH - 2 * STRIP) / BEADS_ACROSS)}</g>',
        f'<g id="down">{_bead((HEIGHT - 2 * STRIP) / BEADS_DOWN)}</g>',
        f'<g id="corner">{_corner()}</g>',
        "</defs>",
        *(_use("sector", WIDTH / 2, 117, turn=360 // SECTORS * i) for i in range(SECTORS)),
        *_inner_rules(),
        *_strips(),
        *(_use("corner", x, y) for x in (EDGE, WIDTH - STRIP) for y in (EDGE, HEIGHT - STRIP)),
        _box(EDGE, EDGE, WIDTH - 2 * EDGE, HEIGHT - 2 * EDGE, line=0.75),
        "</svg>",
    )
    return "\n".join(parts) + "\n"


def _mm(value: float) -> str:
    return str(round(value * PER_MM))


def _use(name: str, x: float, y: float, *, turn: int = 0) -> str:
    rotation = f" rotate({turn})" if turn else ""
    return f'<use href="#{name}" transform="translate({_mm(x)} {_mm(y)}){rotation}"/>'


def _box(x: float, y: float, width: float, height: float, *, line: float, ink: str = NAVY, fill: str = "none") -> str:
    shape = f"M{_mm(x)} {_mm(y)}h{_mm(width)}v{_mm(height)}h{_mm(-width)}z"
    return f'<path fill="{fill}" stroke="{ink}" stroke-width="{_mm(line)}" d="{shape}"/>'


def _line(shape: str, *, line: float, ink: str) -> str:
    style = f'fill="none" stroke="{ink}" stroke-width="{_mm(line)}" stroke-linecap="round" stroke-linejoin="round"'
    return f'<path {style} d="{shape}"/>'


def _inner_rules() -> tuple[str, ...]:
    def rule(inset: float, *, line: float, ink: str) -> str:
        return _box(inset, inset, WIDTH - 2 * inset, HEIGHT - 2 * inset, line=line, ink=ink)

    inner = EDGE + 1.1 + BAND
    return (
        rule(EDGE + 1.1, line=0.15, ink=GOLD),
        rule(inner, line=0.15, ink=GOLD),
        rule(inner + 1, line=0.4, ink=NAVY),
    )


def _strips() -> tuple[str, ...]:
    wide = (WIDTH - 2 * STRIP) / BEADS_ACROSS
    high = (HEIGHT - 2 * STRIP) / BEADS_DOWN
    return (
        *(_use("across", STRIP + wide * i, y) for y in (MID, HEIGHT - MID) for i in range(BEADS_ACROSS)),
        *(_use("down", x, STRIP + high * i, turn=90) for x in (MID, WIDTH - MID) for i in range(BEADS_DOWN)),
    )


def _trace(steps: int, end: float, *, point: Curve, tangent: Curve) -> str:
    """Return cubic Hermite curves through the points of a path that is given with its derivative."""
    third = end / steps / 3
    (x, y), (dx, dy) = point(0.0), tangent(0.0)
    shape, numbers = f"M{_mm(x)} {_mm(y)}C", []
    for step in range(1, steps + 1):
        at = end * step / steps
        (to_x, to_y), (to_dx, to_dy) = point(at), tangent(at)
        controls = (x + dx * third, y + dy * third, to_x - to_dx * third, to_y - to_dy * third, to_x, to_y)
        numbers += [_mm(value) for value in controls]
        x, y, dx, dy = to_x, to_y, to_dx, to_dy
    return shape + " ".join(numbers)


def _bead(long: float) -> str:
    """Return one bead of the braid: 8 navy strands, 6 gold ones that swell where the navy is thin."""
    gold = _braid(long, turns=1, strands=6, base=BAND * 0.27, swell=BAND * 0.12, lag=math.pi)
    navy = _braid(long, turns=2, strands=8, base=BAND * 0.29, swell=BAND * 0.165, lag=0.0)
    return _line(gold, line=0.15, ink=GOLD) + _line(navy, line=0.16, ink=NAVY)


def _braid(long: float, *, turns: int, strands: int, base: float, swell: float, lag: float) -> str:
    """Return y = E(x) sin(turns·kx + phase), E swelling once in the bead."""
    k = TAU / long

    def strand(phase: float) -> str:
        def height(x: float) -> float:
            return base - swell * math.cos(k * x + lag)

        def point(x: float) -> tuple[float, float]:
            return x, height(x) * math.sin(turns * k * x + phase)

        def tangent(x: float) -> tuple[float, float]:
            growth = swell * k * math.sin(k * x + lag) * math.sin(turns * k * x + phase)
            return 1.0, growth + height(x) * turns * k * math.cos(turns * k * x + phase)

        return _trace(turns * STEPS, long, point=point, tangent=tangent)

    return "".join(strand(TAU * i / strands) for i in range(strands))


def _sector() -> str:
    rings = ((50, 9, 24), (31, 10, 16), (12.5, 8, 8))
    return "".join(
        _line(_ring(radius, swing, waves=waves, strands=6, part=SECTORS), line=0.16, ink=GROUND)
        for radius, swing, waves in rings
    )


def _ring(radius: float, swing: float, *, waves: int, strands: int, part: int = 1) -> str:
    """Return waves round a circle, r = radius + swing·cos(waves·t + phase), over one `part` of it."""

    def strand(phase: float) -> str:
        def point(t: float) -> tuple[float, float]:
            r = radius + swing * math.cos(waves * t + phase)
            return r * math.cos(t), r * math.sin(t)

        def tangent(t: float) -> tuple[float, float]:
            r = radius + swing * math.cos(waves * t + phase)
            dr = -swing * waves * math.sin(waves * t + phase)
            return dr * math.cos(t) - r * math.sin(t), dr * math.sin(t) + r * math.cos(t)

        return _trace(waves * STEPS // part, TAU / part, point=point, tangent=tangent)

    return "".join(strand(TAU * i / strands) for i in range(strands))


def _corner() -> str:
    """Return a square that bites into the inner rule, with a rosette."""
    centre = f'transform="translate({_mm(CORNER / 2)} {_mm(CORNER / 2)})"'
    rosette = (
        _line(_ring(4.3, 0.75, waves=12, strands=4), line=0.15, ink=GOLD)
        + _line(_ring(2.9, 1.75, waves=8, strands=3), line=0.16, ink=NAVY)
        + f'<circle r="{_mm(0.55)}" fill="{NAVY}"/>'
    )
    return (
        _box(0, 0, CORNER, CORNER, line=0.4, fill=PAPER)
        + _box(1.1, 1.1, CORNER - 2.2, CORNER - 2.2, line=0.15, ink=GOLD)
        + f"<g {centre}>{rosette}</g>"
    )
