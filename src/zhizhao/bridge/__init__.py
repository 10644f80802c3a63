"""The way to a platform above ours (上级平台对接). Built by its own work order."""
