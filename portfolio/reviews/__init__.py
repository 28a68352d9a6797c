"""The quarterly review: what is looked at, what was agreed, and the one record that is left of it."""
