"""Tests of the centre: its own storage, its process over HTTP on both engines, its pages in a browser."""
