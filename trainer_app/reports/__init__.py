"""What people read: numbers for the laptop's report page, the dashboard, exports and the command line, in one
layer.

A report takes a store (or its database) and what the reader may see, and gives plain values; how they look
belongs to the page. The rules that make a number honest live here: what counts as a share, which cells are
hidden, up to when data is complete.
"""
