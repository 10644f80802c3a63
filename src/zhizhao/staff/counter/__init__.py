"""The counter's own book: how a clerk's desk is set, and what it scanned today (窗口台账)."""
