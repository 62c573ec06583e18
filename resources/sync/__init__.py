"""The dictionary with which small segments are compressed, and the script that trained it."""
