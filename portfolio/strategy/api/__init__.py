"""The direction through the API: the same reads and commands as the pages, as JSON."""
