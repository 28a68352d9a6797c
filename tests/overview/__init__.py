"""Tests of home, search and the shell."""
