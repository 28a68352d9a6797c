"""Initiatives as JSON."""
