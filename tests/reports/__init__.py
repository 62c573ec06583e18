"""Tests of `trainer_app.reports`."""
