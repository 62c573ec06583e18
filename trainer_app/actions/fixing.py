"""Putting right what the centre kept apart: the rest of that edit is said again at once, the one answer that
could not be read is asked for.
"""

from __future__ import annotations

from trainer_app.records.fields import Value, fields_by_number
from trainer_app.records.ids import RecordId
from trainer_app.records.operation import Edit, Operation
from trainer_app.records.problem import InputProblem
from trainer_app.storage.applying import column_fits
from trainer_app.storage.feeds import operation_at
from trainer_app.storage.receipts import Rejection
from trainer_app.storage.rows import load_states
from trainer_app.storage.store import Store

#: Why an operation is kept apart, where a person can put it right: a value that is not what its field is.
FIXABLE = "value"


def say_again(store: Store, rejection: Rejection, by: RecordId) -> list[Operation]:
    """Save all good answers of an edit that the centre kept apart, as a new edit: where nobody has answered
    them since. What was wrong stays asked for until its field is saved.
    """
    if rejection.reason != FIXABLE:
        return []
    with store.db.reading() as c:
        operation = operation_at(store, c, rejection.area, store.replica, rejection.seq)
        states = load_states(c, rejection.cls, rejection.area, [rejection.row], store.replicas)
    if operation is None:
        return []
    held = states.get(rejection.row)
    known = fields_by_number(rejection.cls)
    values: dict[str, Value] = {}
    for number, value in operation.values.items():
        field = known.get(number)
        if field is None or field.name == rejection.field or not column_fits(field, [value]):
            continue
        if held is not None and held.stamps.get(number, (0, b"", 0))[0] > operation.hlc:
            continue
        try:
            values[field.name] = field.check(value)
        except InputProblem:
            continue  # a second answer that is not right is asked for by the form
    return store.save([Edit(rejection.cls, rejection.row, rejection.area, values)], by) if values else []
