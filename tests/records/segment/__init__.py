"""The bytes of a segment: round trips, limits and attacks."""
