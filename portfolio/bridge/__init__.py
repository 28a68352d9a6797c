"""The bridge: the only room that knows both systems. What crosses, and in which direction."""
