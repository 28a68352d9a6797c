"""The tests of Tandem; a folder per room, like the rooms themselves."""
