"""What SQLite is told about the shape of the data, so that it finds rows by their index.

Without statistics it takes one area for as telling as one person, and reads a whole area where an index leads
to one row (measured: 200,000 people, the enterprise of one of them: 200 ms instead of 0.1 ms). The figures
are assumed, not counted: the same plan on every laptop and every day, and nothing to keep up to date.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from trainer_app.storage.database import Connection

#: Rows of one area, and rows that share one value of an indexed field.
IN_AREA, PER_VALUE, IN_PARTIAL = 200_000, 5, 100


def assume_shape(c: Connection, tables: list[sa.Table]) -> None:
    """Write the figures for these tables, whose key begins with the area; this connection heeds them."""
    c.run("ANALYZE meta")  # makes the table of figures; it holds nothing for an empty table
    for table in tables:
        figures = [(table.name, table.name, f"{IN_AREA} {IN_AREA} 1")]
        for index in table.indexes:
            partial = index.dialect_options["sqlite"]["where"] is not None
            rows = IN_PARTIAL if partial else IN_AREA
            figures.append((table.name, str(index.name), f"{rows} {rows} {1 if partial else PER_VALUE}"))
        c.run("DELETE FROM sqlite_stat1 WHERE tbl = ?", table.name)
        c.many("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", figures)
    c.run("ANALYZE sqlite_schema")  # reads them; a connection opened later does so by itself
