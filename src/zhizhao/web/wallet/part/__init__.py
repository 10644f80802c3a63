"""Fragments of the phone pages that hold personal data: made on the server, fetched with the device's proof."""
