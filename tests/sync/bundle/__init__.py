"""Sticks: real files, real centres, and everything that can happen to either."""
