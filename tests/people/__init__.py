"""People, their accounts and the ways in."""
