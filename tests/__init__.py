"""Tests mirror ``trainer_app/``; ``stories/`` tell a trainer's day, ``packaging/`` tries the installers.

Real parts only: a real encrypted file, a real server, a real window drawn off the screen. Run ``python3 -m
tests``.
"""
