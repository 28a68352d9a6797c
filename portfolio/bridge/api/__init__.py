"""Learnings with their fate, promotions, challenges and barriers as JSON."""
