"""`zhizhao bench`: measure the hot paths honestly, as ratios to the cryptographic floor of the same run.

Rules: PERFORMANCE.md §6. CPU comes from the operating system, for the server and for every database process; the floor
U is taken before and after each case with the other core busy, through the same wrapper that the server uses.
"""
