"""What a PDF shows: text, boxes, pictures and codes, read by poppler and zxing."""

import io
import itertools
import re
import subprocess

import zxingcpp
from PIL import Image

MARKS = "，。：；（）、“”【】《》·"
WORD = re.compile(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>')


def text_of(pdf: bytes) -> str:
    """Return the text in the order of its drawing."""
    return _poppler("pdftotext", "-raw", "-", "-", pdf=pdf).decode()


def squeeze(text: str) -> str:
    """Return the text without blanks; labels are spread and lines are broken."""
    return re.sub(r"\s", "", text)


def picture_of(pdf: bytes, dpi: int, *, page: int = 1) -> Image.Image:
    """Return one page as a picture."""
    pages = ("-f", str(page), "-l", str(page), "-singlefile")
    return Image.open(io.BytesIO(_poppler("pdftoppm", "-r", str(dpi), "-png", *pages, "-", pdf=pdf))).convert("RGB")


def codes_of(picture: Image.Image, dpi: int) -> dict[str, float]:
    """Return every code of a picture with its width in millimetres."""
    return {
        code.text: (code.position.top_right.x - code.position.top_left.x) / dpi * 25.4
        for code in zxingcpp.read_barcodes(picture)
    }


def overlaps(pdf: bytes) -> list[tuple[str, str]]:
    """Return the pairs of words whose type bodies touch; kerned marks of one line do not count."""
    pages = _poppler("pdftotext", "-bbox-layout", "-", "-", pdf=pdf).decode().split("<page ")[1:]
    return [pair for page in pages for pair in _touching(page)]


def outside(pdf: bytes, *, margin_mm: float) -> list[str]:
    """Return the words that reach into the side margins of an A4 landscape sheet."""
    left, right = (margin_mm - 0.5) / 25.4 * 72, (297 - margin_mm + 0.5) / 25.4 * 72
    words = WORD.findall(_poppler("pdftotext", "-bbox-layout", "-", "-", pdf=pdf).decode())
    return [
        word
        for x0, _, x1, _, word in words
        if float(x0) < left - _set_in(word[0]) or float(x1) > right + _set_in(word[-1])
    ]


def _set_in(character: str) -> float:
    return 6.0 if character in MARKS else 0.0  # a mark at the end of a line gives up half of its box


def _touching(page: str) -> list[tuple[str, str]]:
    boxes = []
    for x0, y0, x1, y1, word in WORD.findall(page):
        inset = (float(y1) - float(y0)) * 0.3  # the font's own box is taller than its type body
        boxes.append((float(x0), float(y0) + inset, float(x1), float(y1) - inset, word))
    return [(a[4], b[4]) for a, b in itertools.combinations(boxes, 2) if not _apart(a, b)]


def _apart(a: tuple[float, float, float, float, str], b: tuple[float, float, float, float, str]) -> bool:
    first, second = sorted((a, b))
    same_line = abs(a[1] - b[1]) < 0.1
    set_in = same_line and (first[4][-1] in MARKS or second[4][0] in MARKS)  # half of a mark's box may be given up
    slack = (a[3] - a[1]) * 2.75 if set_in else 0.3
    return first[2] <= second[0] + slack or a[3] <= b[1] or b[3] <= a[1]


def _poppler(*command: str, pdf: bytes) -> bytes:
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout
