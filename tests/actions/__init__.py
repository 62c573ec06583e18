"""Deeds, tried on real stores."""
