"""Real SQLCipher files and a real PostgreSQL: saving, applying, keys, backup, search."""
