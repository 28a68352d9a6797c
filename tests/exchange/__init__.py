"""Tests of what crosses the border: imports and exports."""
