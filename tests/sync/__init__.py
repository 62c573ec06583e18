"""Replicas that exchange with hub and centre, and what can go wrong on the way."""
