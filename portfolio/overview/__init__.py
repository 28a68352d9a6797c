"""The whole in one picture: home, the trail, the shell around every page."""
