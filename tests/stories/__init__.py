"""Stories: a day as people live it, with real processes that are killed; at the end both sides hold the same.

A file is one story, to be read from top to bottom; the program that plays the trainer stands beside it.
"""
