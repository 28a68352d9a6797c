"""A real browser walks through the app, as several people at once."""
