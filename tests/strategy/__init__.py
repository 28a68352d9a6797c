"""Tests of the direction."""
