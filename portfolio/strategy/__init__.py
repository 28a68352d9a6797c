"""Where it goes: the big opportunity, the visions, and the phases worked backwards from them."""
