"""The pure rules: checks, clock, merge, places, matching."""
