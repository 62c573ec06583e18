"""Everything the program ships that is not code, read as the package ``trainer_app.resources``.

Pictures, fonts, style tokens, words, places, curriculum, help and documents each have a folder. Read them
with ``importlib.resources.files("trainer_app.resources")``. ``packaging/`` holds the tools that build
installers; it is not shipped. Code of the program belongs in ``trainer_app/``.
"""
