"""Spreadsheets as rows of plain values: xlsx and csv, read within bounds and written so that no cell becomes
a formula. Streams in both directions. Nothing here knows what rows are about: that belongs in `actions/` and
`reports/`.
"""
