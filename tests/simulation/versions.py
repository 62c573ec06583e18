"""Words as another version of the program writes them: unknown fields and kinds, and wrong values."""

from __future__ import annotations

import msgpack

from tests.simulation.steps import Step
from tests.simulation.world import NAMES, PEOPLE, STAFF, Laptop, World, area_of
from trainer_app.records.fields import Value, fields_by_name
from trainer_app.records.kinds import Person
from trainer_app.records.merge import RowState, apply_values
from trainer_app.records.operation import Operation
from trainer_app.storage.database import Connection
from trainer_app.storage.replicas import OWN
from trainer_app.storage.rows import load_states, write_states
from trainer_app.storage.saving import start_feed
from trainer_app.storage.tables import insert_into

#: A field and a kind that this version of the program does not know.
LATER_FIELD, LATER_KIND = 901, 90
FLAG_FIELD = fields_by_name(Person)["has_whatsapp"].number


def _raw(world: World, laptop: Laptop, area: int, kind: int, row: bytes, values: dict[int, Value]) -> None:
    """An operation as another version of the program writes it: past this version's checks."""
    from trainer_app.records.fields import KINDS

    store = laptop.store
    poison = kind == Person.kind and FLAG_FIELD in values
    cls = KINDS.get(kind)

    def work(c: Connection) -> Operation:
        start_feed(c, area, OWN)
        seq = 1 + int(c.value("SELECT last_seq FROM feed WHERE area = ? AND replica = ?", area, OWN))
        state = load_states(c, cls, area, [row], store.replicas).get(row, RowState()) if cls else RowState()
        base = max((state.stamps[n][0] for n in values if n in state.stamps), default=0)
        one = Operation(kind, row, area, store.replica, seq, store.clock.tick(base), STAFF, base, values)
        c.run(
            insert_into("operation"),
            *(area, OWN, seq, one.hlc, kind, row, STAFF, base, msgpack.packb(values)),
        )
        c.run("UPDATE feed SET last_seq = ? WHERE area = ? AND replica = ?", seq, area, OWN)
        if cls:
            known = row in load_states(c, cls, area, [row], store.replicas)
            apply_values(state, values, (one.hlc, store.replica, seq))
            write_states(c, cls, area, {row: state}, store.replicas)
            c.many(insert_into("touch", "ON CONFLICT DO NOTHING"), [(area, row, OWN, seq)] if known else [])
        return one

    one = store.db.transact(work)
    world.saved(store, [one], {}, poison=poison)


def newer(world: World, laptop: Laptop, step: Step) -> None:
    """A newer version of the program writes a field or a kind that this one does not know."""
    area = area_of(laptop, step)
    if step.number % 2:
        values: dict[int, Value] = {1: NAMES[step.number % 5], LATER_FIELD: f"baru {step.number}"}
        _raw(world, laptop, area, Person.kind, PEOPLE[area][step.row], values)
    else:
        _raw(world, laptop, area, LATER_KIND, world.new_id(), {1: "baru", 7: step.number})


def poison(world: World, laptop: Laptop, step: Step) -> None:
    """A faulty version answers a question of yes and no with a number."""
    area = area_of(laptop, step)
    _raw(world, laptop, area, Person.kind, PEOPLE[area][step.row], {FLAG_FIELD: 7 + step.number})
