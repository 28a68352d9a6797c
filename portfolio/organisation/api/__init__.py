"""Units, house rules and measures through the API: the same reads and commands as the pages, as JSON."""
