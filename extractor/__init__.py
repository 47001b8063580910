"""Reads Chinese annual reports on government information disclosure into checked, traceable fields."""

__version__ = "0.1.0"
