"""How large a file may be before it is read (SECURITY.md §3.11); against bombs, and so that memory stays bounded."""

MEGABYTE = 1 << 20

LARGEST_UNPACKED = 512 * MEGABYTE
"""At the command line: 100,000 rows of 17 columns are 200 MB when every character is written as a reference."""
PAGE_UNPACKED = 200 * MEGABYTE
"""Through a page, where strangers' files come in."""
LARGEST_RATIO = 100
"""Unpacked bytes per packed byte; looked at beyond `RATIO_FROM`, since short repetitive parts pack better."""
RATIO_FROM = MEGABYTE
MOST_PARTS = 2000
MOST_ROWS = 250_000
"""Of a spreadsheet, whose cells are all in memory at once; CSV streams and has no limit."""
PAGE_ROWS = 200_000
"""Through a page, of whatever kind the file is."""
WIDEST_COLUMN = "CZ"
"""104 columns."""
MOST_CELLS_WITHOUT_VALUE = 200_000
LONGEST_CELL = 100_000
"""Characters of one CSV field or one element of a message."""
MOST_ELEMENTS = 2000
"""Elements of one `firm`."""
DEEPEST = 8
"""Elements inside each other."""
