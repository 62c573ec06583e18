"""One file per command of ``trainer-app``: it reads the arguments, calls the folder that does the work, and
prints.

A command file holds ``HELP`` (one line, marked with ``N_``), ``add_arguments(parser)`` and ``run(args) ->
int`` (the exit code). Heavy imports belong inside ``run``, so that ``--help`` stays quick. What is done
belongs in ``actions``, ``sync``, ``server`` or ``desktop``, never here. The list of commands is in
``trainer_app.__main__``.
"""
