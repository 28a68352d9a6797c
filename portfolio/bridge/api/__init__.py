"""Learnings with their fate, promotions and challenges as JSON."""
