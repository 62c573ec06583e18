"""Replicas that exchange with hub and centre over every carrier, and what can go wrong on the way."""
