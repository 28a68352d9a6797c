"""What crosses the border: files that come in, and what they become."""
