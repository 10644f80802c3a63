"""Doors: the only floor that knows HTTP and HTML."""
