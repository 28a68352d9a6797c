"""Tests of the quarterly review."""
