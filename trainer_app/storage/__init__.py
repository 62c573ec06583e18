"""The only folder that knows SQL: one store class for laptop, hub and centre, on SQLCipher or PostgreSQL.

Here belong tables, opening and keys, saving an edit, applying segments, search, backup and the queries behind
screens and reports. What an edit means (merge, clock, checks) belongs in `records`; what travels and when
belongs in `sync`.
"""
