"""What people read: numbers for the screens, the dashboard, files and the command line, in one layer.

A report takes a store and what the reader may see (`report.Filters`), and gives plain values in named
columns; `catalogue.REPORTS` lists them all, `writing` makes words, CSV and JSON of them; how they look
belongs to the page. `overview` and `today` feed pages of more than one table. What makes a number honest
lives here: what counts as a share, which cells are hidden, up to when data is complete. SQL is in `storage`.
"""
