"""The quarter's money."""
