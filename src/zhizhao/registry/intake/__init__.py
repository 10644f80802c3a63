"""The ways a registrar's data come in: spreadsheet, CSV and the `infoXml` message (INTERFACES.md §2, DOMAIN.md §8)."""
