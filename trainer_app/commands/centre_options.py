"""Options that say where a centre keeps its data; shared by the commands that open one."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from trainer_app.words import _

if TYPE_CHECKING:
    from trainer_app.server.config import ServerConfig


def add_centre_options(parser: argparse.ArgumentParser) -> None:
    """--data and --database."""
    parser.add_argument(
        "--data", metavar="FOLDER", type=Path, help=_("folder data pusat (bawaan: folder data + pusat)")
    )
    add_database_option(parser)


def add_database_option(parser: argparse.ArgumentParser) -> None:
    """--database."""
    parser.add_argument(
        "--database",
        metavar="URL",
        help=_("alamat postgresql://…; tanpa ini: berkas SQLite terenkripsi di folder data"),
    )


def centre_config(args: argparse.Namespace) -> ServerConfig:
    """The configuration these options and the environment describe; the folder is made when it is missing."""
    from trainer_app.server.config import DATABASE_VARIABLE, ServerConfig
    from trainer_app.settings import data_folder

    folder = args.data.absolute() if args.data else data_folder() / "pusat"
    database = args.database or os.environ.get(DATABASE_VARIABLE, "")
    more = {key: getattr(args, key) for key in ("host", "port", "workers", "sample") if hasattr(args, key)}
    return ServerConfig(folder=folder, database=database, **more)
