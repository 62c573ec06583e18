"""Reading and writing tables: real files, made by hand, by this program and by others."""
