"""Segments as bytes: what is sealed opens again, and what was tampered with is refused with its reason."""
