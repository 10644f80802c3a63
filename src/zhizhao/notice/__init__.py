"""Messages to people (通知). Built by its own work order."""
