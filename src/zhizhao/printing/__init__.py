"""Prints of the licence with purpose and serial (电子营业执照打印). Built by its own work order."""
