"""Static governance of services that run jobs."""

__version__ = "0.1.0"
