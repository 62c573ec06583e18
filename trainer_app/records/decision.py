"""What somebody decided about a question that the data itself raised: one person or two, which of two values.

It travels like every other record, so that no laptop asks again what one has answered. A decision about a
pair has an id made of the pair: two laptops that decide the same question write the same row, and the newest
word counts.
"""

from __future__ import annotations

from trainer_app.records.fields import CHOICE, INSTANT, NUMBER, REFERENCE, TEXT, Record, asks, record
from trainer_app.records.ids import RecordId, named_id, pair_id
from trainer_app.words import N_

ABOUT_PEOPLE, ABOUT_VALUE = "orang", "isian"
SUBJECT = {ABOUT_PEOPLE: N_("Satu orang atau dua"), ABOUT_VALUE: N_("Isian yang ditulis dua laptop")}
SAME, DIFFERENT, CHOSEN = "sama", "beda", "dipilih"
ANSWER = {
    SAME: N_("Orang yang sama, digabung"),
    DIFFERENT: N_("Dua orang berbeda"),
    CHOSEN: N_("Nilai yang benar dipilih"),
}


@record(16, "decision", N_("Keputusan"), identity=("first", "second"))
class Decision(Record):
    """An answer to one question; `undone_at` takes it back, and then it is asked again.

    About people, `first` is the smaller id of the two and stands for both while the answer is `SAME`; the
    decision lies in the area of `first`. About a value, `first` is the record and `second` is made of it and
    the field (`value_subject`).
    """

    first: bytes | None = asks(1, REFERENCE, N_("Catatan pertama"), required=True)
    second: bytes | None = asks(2, REFERENCE, N_("Catatan kedua"), required=True)
    second_area: int | None = asks(3, NUMBER, N_("Wilayah catatan kedua"))
    about: str | None = asks(4, CHOICE, N_("Pertanyaan"), choices=SUBJECT, required=True)
    answer: str | None = asks(5, CHOICE, N_("Jawaban"), choices=ANSWER, required=True)
    kind_of: int | None = asks(6, NUMBER, N_("Jenis catatan"))
    field: int | None = asks(7, NUMBER, N_("Isian"))
    decided_by: bytes | None = asks(8, REFERENCE, N_("Diputuskan oleh"))
    decided_at: int | None = asks(9, INSTANT, N_("Diputuskan pada"))
    undone_by: bytes | None = asks(10, REFERENCE, N_("Diurungkan oleh"))
    undone_at: int | None = asks(11, INSTANT, N_("Diurungkan pada"))
    #: JSON: [[kind, id, area, field, value before, value after], …], so that the answer can be taken back.
    changes: str | None = asks(12, TEXT, N_("Yang ikut diubah"), max_length=8000)


def value_subject(table: str, row: RecordId, field: str) -> RecordId:
    """What stands second in a decision about one field of one record."""
    return named_id(row, f"{table}.{field}")


def decision_id(first: RecordId, second: RecordId) -> RecordId:
    """The id of the decision about a pair; `first` is the smaller one of two people."""
    return pair_id(first, second)
