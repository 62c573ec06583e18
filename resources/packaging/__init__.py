"""Tools that turn a checkout into things to hand out: catalogues, the lock file, the Linux and Windows
installers.

Run from the top of the checkout as ``python3 -m resources.packaging``. Nothing here is imported by the
running program, except that a source checkout asks ``catalogues`` to compile its words.
"""
