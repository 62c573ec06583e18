"""`trainer-app rebuild`: make all rows anew from the log and tell every difference."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from trainer_app.commands.centre_options import add_database_option, centre_config
from trainer_app.commands.laptop import add_laptop_options, open_laptop
from trainer_app.words import N_, _

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

HELP = N_("Susun ulang semua catatan dari riwayatnya dan laporkan selisihnya.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which data, and whether only to look."""
    add_laptop_options(parser)
    parser.add_argument("--centre", action="store_true", help=_("data pusat, bukan laptop"))
    add_database_option(parser)
    parser.add_argument("--check", action="store_true", help=_("periksa saja, jangan ubah apa pun"))


def run(args: argparse.Namespace) -> int:
    """0 when rows and log agree, or agree again; 1 when ``--check`` found differences."""
    from trainer_app.storage.rebuild import differences, rebuild

    with _opened(args) as store:
        found = differences(store) if args.check else rebuild(store, repair=True)
        if found and not args.check:
            _derive(store, centre=bool(args.centre or args.database))
    for difference in found:
        print(f"{difference.table} {difference.row.hex()}: {difference.what}")
    print(_("{n} selisih").format(n=len(found)))
    if found and not args.check:
        print(_("Semua catatan sudah sama lagi dengan riwayatnya."))
    return int(bool(found and args.check))


@contextmanager
def _opened(args: argparse.Namespace) -> Iterator[Store]:
    if args.centre or args.database:
        from trainer_app.server.centre import open_centre

        centre = open_centre(centre_config(args), create=False)
        try:
            yield centre.store
        finally:
            centre.close()
        return
    store = open_laptop(args)
    try:
        yield store
    finally:
        store.close()


def _derive(store: Store, *, centre: bool) -> None:
    """What is made from the rows follows them: the search index, and the figures of a centre."""
    from trainer_app.storage import rollup, search
    from trainer_app.storage.examining import look_through

    if store.db.dialect == "sqlite":
        store.db.transact(search.reindex)
        look_through(store)
    if centre:
        with store.db.reading() as c:
            areas = rollup.areas_with_data(c)
        for area in areas:
            store.db.transact(lambda c, area=area: rollup.recompute(c, area))  # type: ignore[misc]  # bound at once
