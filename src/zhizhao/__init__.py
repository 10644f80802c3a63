"""zhizhao (执照): an open platform for the electronic business licence (电子营业执照)."""

__version__ = "0.1.0"
