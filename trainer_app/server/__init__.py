"""The centre: answers laptops and hubs, enrols laptops, and shows supervisors and partners the way to the
target.

Routes, sign-in, pages and the server process belong here. What an exchange means is in `sync.answer`, what a
number means in `reports`, and SQL in `storage`; this folder only connects them with HTTP. Nothing here is
imported by the desktop.
"""
