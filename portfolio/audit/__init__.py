"""The trail: every change and every refusal, in the order in which they happened, chained by hashes."""
