"""The hierarchy: operating system one. Plan-driven change, each with an owner, a date and a measured effect."""
