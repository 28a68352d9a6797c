"""One organisation, told from a quarter behind until today, by the same commands that people use."""
