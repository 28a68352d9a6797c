"""Money: envelopes, the ledger, grants and their tranches, whoever asks for them."""
