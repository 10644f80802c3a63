"""Our icons: 24 grid, 1.75 stroke, round ends, drawn for this project; `{{ icon('check') }}` in templates."""

# ruff: noqa: E501 a drawing is one string; broken over lines it cannot be compared with its source
from typing import Final

from markupsafe import Markup

CIRCLE: Final = '<circle cx="12" cy="12" r="9"/>'
PATHS: Final = {
    "archive": '<path d="M3.5 4.5h17v4h-17zM5 8.5v11h14v-11M10 12.5h4"/>',
    "back": '<path d="M15 5l-7 7 7 7"/>',
    "bell": '<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5a2.2 2.2 0 0 0 4 0"/>',
    "book": '<path d="M12 6.5C10 5 7 4.5 3.5 4.8v13.4C7 18 10 18.5 12 20c2-1.5 5-2 8.5-1.8V4.8C17 4.5 14 5 12 6.5zM12 6.5V20"/>',
    "building": '<path d="M4 20.5h16M5 17.5h14M4.5 9.5h15L12 4zM7.5 9.5v8M12 9.5v8M16.5 9.5v8"/>',
    "camera": '<path d="M4 8h3.5L9 5.5h6L16.5 8H20v11H4z"/><circle cx="12" cy="13" r="3.5"/>',
    "card": '<rect x="3" y="5" width="18" height="14" rx="2.5"/><path d="M3 10h18M7 15h4"/>',
    "chart": '<path d="M4 20.5h16M6.5 17v-5M12 17V6M17.5 17V9.5"/>',
    "check": '<path d="M5 12.5l4.5 4.5L19 7.5"/>',
    "clipboard": '<rect x="5" y="4.5" width="14" height="16" rx="2"/><path d="M9 6.5v-3h6v3zM8.5 13l2.3 2.3 4.7-5"/>',
    "clock": CIRCLE + '<path d="M12 7v5.3l3.5 2"/>',
    "close": '<path d="M6.5 6.5l11 11M17.5 6.5l-11 11"/>',
    "code": '<path d="M8 7l-5 5 5 5M16 7l5 5-5 5M13.5 5l-3 14"/>',
    "copy": '<rect x="8.5" y="8.5" width="11.5" height="12" rx="2"/><path d="M15.5 8.5V5.5a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h2.5"/>',
    "cross": CIRCLE + '<path d="M9 9l6 6M15 9l-6 6"/>',
    "dash": '<path d="M6 12h12"/>',
    "download": '<path d="M12 4v11M7 10.5l5 5 5-5M4.5 20h15"/>',
    "eye": '<path d="M2.5 12C4.5 8 8 6 12 6s7.5 2 9.5 6c-2 4-5.5 6-9.5 6s-7.5-2-9.5-6z"/><circle cx="12" cy="12" r="2.8"/>',
    "file": '<rect x="5" y="3.5" width="14" height="17" rx="2"/><path d="M8.5 8.5h7M8.5 12h7M8.5 15.5h4"/>',
    "flag": '<path d="M6 21V4M6 5c4-2 7 2 12 0v9c-5 2-8-2-12 0"/>',
    "gun": '<path d="M4 5h12.5a3.5 3.5 0 0 1 0 7H12l-1.5 8H6l1.5-8H6a2 2 0 0 1-2-2zM12 12v2.5h-1"/><path d="M19 3.5l1.5-1M20.5 8.5H22M19 13.5l1.5 1"/>',
    "help": CIRCLE + '<path d="M9.5 9.6a2.5 2.5 0 1 1 3.7 2.2c-.8.4-1.2 1-1.2 1.7v.4M12 16.8v.01"/>',
    "info": CIRCLE + '<path d="M12 11v5.5M12 7.8v.01"/>',
    "key": '<circle cx="8" cy="14.5" r="4.5"/><path d="M11.3 11.3 20 2.8M16.5 6.2l3 3M14 8.7l2 2"/>',
    "keyboard": '<rect x="2.5" y="6" width="19" height="12.5" rx="2"/><path d="M6.5 10v.01M10 10v.01M13.5 10v.01M17 10v.01M7.5 14.5h9"/>',
    "lock": '<rect x="5" y="10.5" width="14" height="10" rx="2"/><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5"/>',
    "minus": CIRCLE + '<path d="M8 12h8"/>',
    "monitor": '<rect x="3" y="4" width="18" height="12.5" rx="2"/><path d="M9 20.5h6M12 16.5v4"/>',
    "next": '<path d="M9.5 5.5 16 12l-6.5 6.5"/>',
    "off": CIRCLE + '<path d="M6 6l12 12"/>',
    "out": '<path d="M10 4.5H5.5A1.5 1.5 0 0 0 4 6v12a1.5 1.5 0 0 0 1.5 1.5H10M9 12h11.5M16.5 8l4 4-4 4"/>',
    "passed": CIRCLE + '<path d="M8 12.3l2.8 2.8L16 9.7"/>',
    "pause": CIRCLE + '<path d="M10 9v6M14 9v6"/>',
    "pen": '<path d="M4 20.5h16M6 16.5l.8-3.7 8.8-8.8a1.7 1.7 0 0 1 2.4 0l1 1a1.7 1.7 0 0 1 0 2.4l-8.9 8.8zM13.9 5.7l3.4 3.4"/>',
    "people": '<circle cx="9.5" cy="8" r="3.6"/><path d="M3 20c.6-3.8 3.2-5.7 6.5-5.7 1.7 0 3.1.5 4.2 1.3M15 18.3l2.1 2.1 4.2-4.6"/>',
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.8-4 3.8-6 7.5-6s6.7 2 7.5 6"/>',
    "phone": '<rect x="6.5" y="2.5" width="11" height="19" rx="2.5"/><path d="M9.5 7.5v5M12 7.5v5M14.5 7.5v5M10.5 18h3"/>',
    "plus": '<path d="M12 5.5v13M5.5 12h13"/>',
    "printer": '<path d="M7 8.5v-5h10v5M7 17H5.5A1.5 1.5 0 0 1 4 15.5V10a1.5 1.5 0 0 1 1.5-1.5h13A1.5 1.5 0 0 1 20 10v5.5a1.5 1.5 0 0 1-1.5 1.5H17M7 14h10v6.5H7z"/>',
    "kiosk": '<rect x="5" y="2.5" width="14" height="11" rx="2"/><path d="M8 13.5V21h8v-7.5M10.5 17h3"/>',
    "renew": '<path d="M20 11.5A8 8 0 0 0 5.8 7M5.5 3.5V7H9M4 12.5A8 8 0 0 0 18.2 17M18.5 20.5V17H15"/>',
    "scan": '<path d="M4 8V5.5A1.5 1.5 0 0 1 5.5 4H8M16 4h2.5A1.5 1.5 0 0 1 20 5.5V8M20 16v2.5a1.5 1.5 0 0 1-1.5 1.5H16M8 20H5.5A1.5 1.5 0 0 1 4 18.5V16M3 12h18"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="M15.5 15.5 21 21"/>',
    "shield": '<path d="M12 3l8 2.8v5.7c0 4.6-3.2 8-8 9.7-4.8-1.7-8-5.1-8-9.7V5.8zM8.5 12l2.5 2.5 4.5-5"/>',
    "shop": '<path d="M4 9.5 5.5 4h13L20 9.5a2.65 2.65 0 0 1-5.3 0 2.7 2.7 0 0 1-5.4 0 2.65 2.65 0 0 1-5.3 0zM5.5 12.3V20h13v-7.7M10 20v-4.2h4V20"/>',
    "slip": '<path d="M6 3h12v18l-2-1.5-2 1.5-2-1.5-2 1.5-2-1.5L6 21zM9 8h6M9 12h6"/>',
    "snow": '<path d="M12 3v18M4.2 7.5l15.6 9M19.8 7.5l-15.6 9M9.5 4.5 12 6.5l2.5-2M9.5 19.5l2.5-2 2.5 2"/>',
    "sun": '<circle cx="12" cy="12" r="4"/><path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4"/>',
    "swap": '<path d="M4 9h14l-3.5-3.5M20 15H6l3.5 3.5"/>',
    "telephone": '<path d="M5 4h4l1.5 4.5L8 10.2a12 12 0 0 0 5.8 5.8l1.7-2.5L20 15v4a1.5 1.5 0 0 1-1.6 1.5A15 15 0 0 1 3.5 5.6 1.5 1.5 0 0 1 5 4z"/>',
    "torch": '<path d="M8 3h8v4l-2 3v10.5h-4V10L8 7zM8 7h8M12 12.5v2"/>',
    "trash": '<path d="M4.5 7h15M9.5 7V4h5v3M6.5 7l.8 13h9.4l.8-13M10 11v5.5M14 11v5.5"/>',
    "unknown": '<circle cx="12" cy="12" r="9" stroke-dasharray="3.2 2.5"/><path d="M9.5 9.6a2.5 2.5 0 1 1 3.7 2.2c-.8.4-1.2 1-1.2 1.7v.4M12 16.8v.01"/>',
    "upload": '<path d="M12 16V5M7 9.5l5-5 5 5M4.5 20h15"/>',
    "warn": '<path d="M12 3.8 21.2 19.8H2.8zM12 10v4.3M12 17v.01"/>',
}
"""Name → drawing inside a 24 × 24 box."""
MARK: Final = Markup(
    '<svg class="zz-mark" viewBox="0 0 48 48" aria-hidden="true" focusable="false">'
    '<rect width="48" height="48" rx="11" fill="currentColor"/><g class="zz-mark__ink"><path d="M10.5 9.5h10v17h-10z'
    "M10.5 18h10M25 9.5h13v5q0 3-3 3M31 9.5q0 5.5-6 8M26 21h11.5v5.5H26zM10.5 33.5l-2 4.5M19 34l1 4M28 34l1 4"
    'M36.5 33.5l2.5 4.5"/></g></svg>'
)
"""The neutral mark: 照 in a rounded square; no emblem."""


def icon(name: str, size: str = "") -> Markup:
    """Return one icon; `size` is `s` or `l`. Decoration only: the words beside it carry the meaning."""
    css = f"zz-i zz-i--{size}" if size else "zz-i"
    drawing = PATHS[name]
    return Markup(f'<svg class="{css}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{drawing}</svg>')  # noqa: S704 constants of this file
