"""Reviews through the API: the agenda, running a review, and its frozen record, as JSON."""
