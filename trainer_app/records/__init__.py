"""The nouns: pure values, without input or output.

Each kind of record declares its fields once (`fields.asks`); form, check, table column, segment and
translation catalogue all read that declaration. The rules that must be the same on laptop, hub and centre
live here too: identifiers, the hybrid logical clock, the merge, the bytes of a segment. Nothing in this
folder opens a file, a socket or a database (packaged reference data is read through `importlib.resources`).
"""
