"""People: who they are, what they may, how they sign in, what they say to each other."""
