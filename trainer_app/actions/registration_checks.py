"""What is wrong with the answers of a registration, and what of them is stored.

Needed to save: consent, full name, sex, village, a business name or
"no name", the kind of business. A guardian is needed under 18, for without one the consent does not hold (UU
27/2022 article 25). Whatever else was answered must be right or empty. Warnings of the NIK never hold
anything up; their codes are kept with the person.

A problem's field is named with its record: "person.full_name".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from trainer_app.records import places
from trainer_app.records.checks.names import clean_name
from trainer_app.records.checks.nib import read_nib
from trainer_app.records.checks.nik import age_on, read_nik
from trainer_app.records.checks.phone import read_phones
from trainer_app.records.consent import NOTICE_VERSION
from trainer_app.records.fields import Record, Value, fields_by_name, fields_of
from trainer_app.records.kinds import Consent, Enterprise, Person
from trainer_app.records.problem import InputProblem
from trainer_app.words import _, ngettext

Answers = Mapping[str, Value]

ADULT_AGE = 18
OLDEST_BIRTH_YEAR = 1900
OLDEST_ENTERPRISE_YEAR = 1900
MOST_WORKERS = 999
NEEDED_PURPOSE = "program"
#: A person whose hand or voice gave the consent needs somebody who saw it.
WITNESSED = ("cap_jempol", "lisan")
#: A code of `person.nik_warning` that the NIK alone cannot show: somebody of that NIK is registered already.
SAME_NIK = "same_nik"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """Answers of one person by field name: of the person, the enterprise and the consent."""

    person: Answers = field(default_factory=dict)
    enterprise: Answers = field(default_factory=dict)
    consent: Answers = field(default_factory=dict)


class Incomplete(InputProblem):
    """Something keeps the answers from being saved; `problems` names each, in the order of the form."""

    def __init__(self, problems: tuple[InputProblem, ...]) -> None:
        n = len(problems)
        heading = ngettext("Ada {n} yang perlu diperbaiki", "Ada {n} yang perlu diperbaiki", n).format(n=n)
        super().__init__(heading, field=problems[0].field if problems else "", code="registration.incomplete")
        self.problems = problems


class _Checking:
    """Answers of one record on their way into the store, and what was found wrong with them."""

    def __init__(self, cls: type[Record], answers: Answers, on: date) -> None:
        if unknown := answers.keys() - fields_by_name(cls).keys():
            raise KeyError(f"{cls.table} has no {', '.join(sorted(unknown))}")
        self.cls = cls
        self.on = on
        self.values: dict[str, Value] = {name: _tidy(value) for name, value in answers.items()}
        self.problems: list[InputProblem] = []

    def text(self, name: str) -> str:
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int | None:
        value = self.values.get(name)
        return value if isinstance(value, int) else None

    def wrong(self, name: str, message: str, code: str = "") -> None:
        """Note a problem of a field, once a field."""
        where = f"{self.cls.table}.{name}"
        if all(problem.field != where for problem in self.problems):
            self.problems.append(InputProblem(message, field=where, code=code or f"field.{name}"))

    def declared(self) -> None:
        """What every field says about itself: its type, its length, its choices."""
        for declared in fields_of(self.cls):
            try:
                if declared.name in self.values:
                    self.values[declared.name] = declared.check(self.values[declared.name])
            except InputProblem as problem:
                self.wrong(declared.name, problem.message, problem.code)

    def number_between(self, name: str, least: int, most: int, message: str) -> None:
        value = self.number(name)
        if value is not None and not least <= value <= most:
            self.wrong(name, message)


def _tidy(value: Value) -> Value:
    if isinstance(value, str):
        return " ".join(value.split()) or None
    return value


@dataclass(frozen=True, slots=True)
class Checked:
    """Values ready to store, and all that is wrong in the order of the form."""

    values: Mapping[str, Value]
    problems: tuple[InputProblem, ...]


def _run(cls: type[Record], answers: Answers, on: date, *steps: Callable[[_Checking], None]) -> Checked:
    checking = _Checking(cls, answers, on)
    for step in steps:
        step(checking)
    checking.declared()
    order = {f"{cls.table}.{declared.name}": declared.number for declared in fields_of(cls)}
    return Checked(checking.values, tuple(sorted(checking.problems, key=lambda p: order[p.field])))


# --- the person
# -------------------------------------------------------------------------------------------------------


def check_person(answers: Answers, on: date, *, same_nik: bool = False) -> Checked:
    """The person as stored on the day `on`; `same_nik`: saved though somebody of that NIK is here."""
    checked = _run(Person, answers, on, _name, _birth, _nik, _sex, _phone, _village, _guardian)
    if same_nik and checked.values.get("nik"):
        codes = str(checked.values.get("nik_warning") or "").split(",")
        return Checked(
            {**checked.values, "nik_warning": ",".join([SAME_NIK, *filter(None, codes)])}, checked.problems
        )
    return checked


def _name(c: _Checking) -> None:
    reading = clean_name(c.text("full_name"))
    if reading.status == "empty":
        c.wrong("full_name", _("Isi nama lengkap seperti di KTP"))
    elif reading.status == "error":
        c.wrong("full_name", reading.message)
    else:
        c.values["full_name"] = reading.name


def birth_problem(text: str, on: date) -> str:
    """What is wrong with a birth date ("1984-03-14" or "1984"), or an empty string."""
    if not text:
        return ""
    day = _as_day(text)
    if day is None:
        return _("Tanggal lahir belum benar. Contoh: 14-03-1984, atau tahunnya saja.")
    if day > on:
        return _("Tanggal lahir belum lewat. Periksa tahunnya.")
    if day.year < OLDEST_BIRTH_YEAR:
        return _("Tahun lahir sebelum {tahun}. Periksa tahunnya.").format(tahun=OLDEST_BIRTH_YEAR)
    return ""


def _as_day(text: str) -> date | None:
    whole = f"{text}-01-01" if len(text) == 4 and text.isascii() and text.isdigit() else text
    try:
        return date.fromisoformat(whole) if len(whole) == 10 else None
    except ValueError:
        return None


def _birth(c: _Checking) -> None:
    if message := birth_problem(c.text("birth_date"), c.on):
        c.wrong("birth_date", message)


def _nik(c: _Checking) -> None:
    birth, year = _said_birth(c)
    reading = read_nik(c.text("nik"), on=c.on, birth=birth, birth_year=year, sex=c.text("sex") or None)
    c.values["nik_warning"] = None
    if reading.status == "empty":
        c.values["nik"] = None
        if c.text("nik_status") in ("", "ada"):
            c.values["nik_status"] = "belum_diisi"
        return
    c.values["nik_status"] = "ada"
    if not reading.saveable:
        c.wrong("nik", reading.message, f"nik.{reading.problems[0][0]}")
        return
    c.values["nik"] = reading.digits
    c.values["nik_warning"] = ",".join(code for code, _message in reading.problems) or None
    if not c.text("birth_date") and reading.birth_date is not None:
        c.values["birth_date"] = reading.birth_date.isoformat()
    if not c.text("sex"):
        c.values["sex"] = reading.sex


def _said_birth(c: _Checking) -> tuple[date | None, int | None]:
    text = c.text("birth_date")
    day = _as_day(text)
    if day is None:
        return None, None
    return (None, day.year) if len(text) == 4 else (day, None)


def _sex(c: _Checking) -> None:
    if not c.text("sex"):
        c.wrong("sex", _("Pilih jenis kelamin"))


def _phone(c: _Checking) -> None:
    typed = c.text("phone")
    readings = read_phones(typed)
    if not readings:
        c.values["phone"] = None
        if c.text("phone_status") == "ada":
            c.values["phone_status"] = None
        return
    first = readings[0]
    if first.e164 is None:
        c.wrong("phone", first.message, f"phone.{first.problem}")
        return
    c.values["phone"] = first.e164
    c.values["phone_status"] = "ada"
    if typed != first.e164:
        c.values["phone_typed"] = typed[: fields_by_name(Person)["phone_typed"].max_length]


def _village(c: _Checking) -> None:
    code = c.text("village")
    if not code:
        c.wrong("village", _("Pilih desa dari daftar"))
    elif places.find_village(code) is None:
        c.wrong("village", _("Desa ini tidak ada di daftar. Ketik namanya, lalu pilih."))


def is_minor(birth: str | None, on: date) -> bool:
    """Under 18 for sure; when only the year is known, at the end of which 18 may be reached, it is no."""
    if not birth:
        return False
    day = _as_day(birth)
    if day is None:
        return False
    return on.year - day.year < ADULT_AGE if len(birth) == 4 else age_on(day, on) < ADULT_AGE


def _guardian(c: _Checking) -> None:
    birth = c.text("birth_date")
    if not birth_problem(birth, c.on) and is_minor(birth, c.on) and not c.text("guardian_name"):
        c.wrong("guardian_name", _("Umurnya di bawah 18 tahun. Isi nama wali yang ikut menyetujui."))


# --- the enterprise
# ---------------------------------------------------------------------------------------------------


def check_enterprise(answers: Answers, on: date) -> Checked:
    """The enterprise as stored on the day `on`."""
    return _run(Enterprise, answers, on, _business_name, _business_group, _nib, _numbers, _business_village)


def _business_name(c: _Checking) -> None:
    if c.text("name"):
        c.values["unnamed"] = None
    elif not c.number("unnamed"):
        c.wrong("name", _("Isi nama usaha, atau pilih belum punya nama"))


def _business_group(c: _Checking) -> None:
    if not c.text("business_group"):
        c.wrong("business_group", _("Pilih jenis usaha"))


def _nib(c: _Checking) -> None:
    reading = read_nib(c.text("nib"))
    if reading.status == "error":
        c.wrong("nib", reading.message)
    elif reading.status == "ok":
        c.values["nib"], c.values["nib_status"] = reading.digits, "ada"


def _numbers(c: _Checking) -> None:
    year = _("Tahun mulai usaha antara {dari} dan {sampai}.").format(
        dari=OLDEST_ENTERPRISE_YEAR, sampai=c.on.year
    )
    c.number_between("started_year", OLDEST_ENTERPRISE_YEAR, c.on.year, year)
    workers = _("Jumlah pekerja antara 0 dan {n}.").format(n=MOST_WORKERS)
    for name in ("workers_men", "workers_women", "workers_family"):
        c.number_between(name, 0, MOST_WORKERS, workers)


def _business_village(c: _Checking) -> None:
    if c.text("village"):
        _village(c)


# --- the consent
# ------------------------------------------------------------------------------------------------------


def check_consent(answers: Answers, on: date) -> Checked:
    """The consent as stored; without the purpose of this programme there is nothing to keep data on."""
    return _run(Consent, answers, on, _purposes, _manner)


def _purposes(c: _Checking) -> None:
    if NEEDED_PURPOSE not in c.text("purposes").split(","):
        c.wrong("purposes", _("Peserta belum menandatangani persetujuan"))
    if not c.text("notice_version"):
        c.values["notice_version"] = NOTICE_VERSION


def _manner(c: _Checking) -> None:
    if not c.text("manner"):
        if c.text("purposes"):
            c.wrong("manner", _("Pilih cara peserta menyetujui"))
    elif c.text("manner") in WITNESSED and not c.text("witness"):
        c.wrong("witness", _("Isi nama saksi yang melihat persetujuan ini"))
