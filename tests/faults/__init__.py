"""Real faults on the real program: processes that are killed, disks that are full or forget, databases that
stop, clocks that jump, two writers on one file. Each world has a laptop and a centre as processes of their
own; after each fault nothing may be missing that somebody was told is saved or received.

The faults come from a small library that is put under the C library of the processes (`disk.c`, compiled
when the tests run). What breaks in a simulated world belongs to `tests/simulation`, poor links to
`tests/sync`.
"""
