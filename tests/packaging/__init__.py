"""The installers and the first run of a bare clone, tried for real: minutes long, asked for by ``packaging``.

Quick tests of the tools themselves carry no marker and run with all others.
"""
