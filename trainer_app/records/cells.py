"""What a cell of somebody's list says about a field, and how a field is written into a cell: each the other's
inverse, so that a list that went out can come in without loss.

Lists of offices are written by hand. Read are the codes and the words of choices in both languages, days in
the order of this country, yes and no, places by name or code. What is not sure is refused, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache, lru_cache

from trainer_app.records import places
from trainer_app.records.checks.money import read_money
from trainer_app.records.fields import Field, FieldType, Value
from trainer_app.records.folding import fold
from trainer_app.records.problem import InputProblem
from trainer_app.words import LANGUAGES, N_, _, speaking

#: What a spreadsheet holds in a cell.
Cell = str | int | float | date | None
BLANK = frozenset({"", "-", "--", "–", "—", ".", "n/a", "na", "null", "none", "nihil", "#n/a", "(kosong)"})
_YES = frozenset({"ya", "y", "yes", "1", "true", "benar", "ada", "v", "x", "✓", "√", "sudah", "punya"})
_NO = frozenset({"tidak", "t", "no", "n", "0", "false", "salah", "tidak ada", "belum", "tidak punya"})
_MONTHS = (
    ("januari", "january", "jan"), ("februari", "february", "pebruari", "feb", "peb"),
    ("maret", "march", "mar"), ("april", "apr"), ("mei", "may"), ("juni", "june", "jun"),
    ("juli", "july", "jul"), ("agustus", "august", "agu", "agt", "ags", "aug"),
    ("september", "sep", "sept"), ("oktober", "october", "okt", "oct"),
    ("november", "nopember", "nov", "nop"), ("desember", "december", "des", "dec"),
)  # fmt: skip
_MONTH = {word: number for number, words in enumerate(_MONTHS, 1) for word in words}
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?")
_OURS = re.compile(r"(\d{1,2})\s*[-/. ]\s*(\d{1,2}|[a-z]+)\s*[-/. ]\s*(\d{4})", re.IGNORECASE)
_SHORT_YEAR = re.compile(r"\d{1,2}\s*[-/. ]\s*(?:\d{1,2}|[a-z]+)\s*[-/. ]\s*\d{2}", re.IGNORECASE)
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)")
_CODE = re.compile(r"\b\d\d\.\d\d\.\d\d\.\d{4}\b")
_KINDS = frozenset(
    {"desa", "ds", "kelurahan", "kel", "kampung", "gampong", "nagari", "pekon", "lembang", "adat"}
)
#: Words of other lists for choices, by the name of the field.
_OTHER_WORDS: Mapping[str, Mapping[str, str]] = {
    "sex": {
        "perempuan": "P", "wanita": "P", "pr": "P", "w": "P", "female": "P", "f": "P", "woman": "P",
        "laki": "L", "laki laki": "L", "lk": "L", "pria": "L", "male": "L", "m": "L", "man": "L",
    },
    "education": {"sma": "sma", "smk": "sma", "slta": "sma", "sltp": "smp", "s1": "d4_s1", "d4": "d4_s1",
                  "d3": "d1_d3", "d2": "d1_d3", "d1": "d1_d3", "s2": "s2", "s3": "s2"},
    "business_group": {"makanan": "kuliner", "minuman": "kuliner", "makanan dan minuman": "kuliner",
                       "mamin": "kuliner", "kerajinan tangan": "kriya", "konveksi": "fesyen",
                       "fashion": "fesyen", "pertanian": "pertanian_perikanan",
                       "perikanan": "pertanian_perikanan", "perdagangan": "dagang", "jasa jasa": "jasa"},
    "purposes": {"ya": "program", "setuju": "program", "yes": "program"},
    "manner": {"tanda tangan": "tanda_tangan", "ttd": "tanda_tangan", "signed": "tanda_tangan",
               "signature": "tanda_tangan", "cap jempol": "cap_jempol", "jempol": "cap_jempol",
               "lisan": "lisan", "spoken": "lisan"},
}  # fmt: skip
#: Where monthly sales are divided, in rupiah, and what lies below.
_SALES = ((1_000_000, "lt1"), (5_000_000, "1_5"), (25_000_000, "5_25"), (167_000_000, "25_167"))
_HIDDEN_SIGNS = "•●*"
_EXCEL_FAULT = re.compile(r"#(?:REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)", re.IGNORECASE)


def text_of(cell: Cell) -> str:
    """A cell as one line of text; whole numbers without a point."""
    if isinstance(cell, str):
        return " ".join(cell.split())
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def is_blank(cell: Cell) -> bool:
    """Whether a cell says nothing, in one of the ways in which people write that."""
    return cell is None or (isinstance(cell, str) and cell.strip().lower() in BLANK)


def read_cell(field: Field, cell: Cell, hours: float = 7) -> Value:
    """What a cell says of a field, as the record stores it. `hours` is how far the clock of the place is
    ahead of UTC, for moments. Raises `InputProblem`.
    """
    if is_blank(cell):
        return None
    if isinstance(cell, str) and _EXCEL_FAULT.fullmatch(cell.strip()):
        raise _wrong(field, _("{isian}: rumus di sel ini tidak menghasilkan apa-apa ({isi})."), cell.strip())
    return _READERS[field.type](field, cell, hours)


def _wrong(field: Field, message: str, said: str) -> InputProblem:
    return InputProblem(
        message.format(isian=_(field.label), isi=said[:60]), field=field.name, code=f"cell.{field.name}"
    )


# ---------------------------------------------------------------- texts and numbers
def _text(field: Field, cell: Cell, _hours: float) -> Value:
    text = text_of(cell)
    if len(text) > field.max_length and field.name not in ("nik", "phone", "nib"):
        message = _("{isian} terlalu panjang. Paling banyak {n} huruf.")
        raise InputProblem(message.format(isian=_(field.label), n=field.max_length), field=field.name)
    if field.name in ("nik", "phone", "nib"):
        _digits_are_all_there(field, cell, text)
    if field.name in ("rt", "rw") and text.isdecimal():
        return text.zfill(3)
    return text


def _digits_are_all_there(field: Field, cell: Cell, text: str) -> None:
    """Spreadsheets keep fifteen digits of a number; a NIK that became one has lost its last."""
    if any(sign in text for sign in _HIDDEN_SIGNS):
        raise _wrong(field, _("{isian} disamarkan ({isi}). Minta daftar dengan angka lengkap."), text)
    lost = isinstance(cell, float) or "e+" in text.lower()
    if isinstance(cell, int) and cell >= 10**15:
        lost = cell % 10 == 0 or cell > 2**53
    if lost:
        message = _(
            "{isian} di berkas ini menjadi angka Excel ({isi}) dan angka terakhirnya hilang. "
            "Ketik ulang sebagai teks."
        )
        raise _wrong(field, message, text)


def _number(field: Field, cell: Cell, _hours: float) -> Value:
    if isinstance(cell, bool | date):
        raise _wrong(field, _("{isian} harus angka, bukan “{isi}”."), text_of(cell))
    text = text_of(cell).replace(" ", "")
    if re.fullmatch(r"\d{1,3}(\.\d{3})+", text):
        text = text.replace(".", "")
    text = re.sub(r"(?i)(orang|org|thn|tahun)$", "", text)
    if not re.fullmatch(r"-?\d{1,12}", text):
        raise _wrong(field, _("{isian} harus angka, bukan “{isi}”."), text_of(cell))
    return int(text)


def _flag(field: Field, cell: Cell, _hours: float) -> Value:
    word = fold(text_of(cell)) or text_of(cell).lower()
    if word in _YES:
        return 1
    if word in _NO:
        return 0
    raise _wrong(field, _("{isian} harus Ya atau Tidak, bukan “{isi}”."), text_of(cell))


# ---------------------------------------------------------------- choices
@cache
def _codes(name: str, choices: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Codes by whatever people write for them, folded."""
    found = {fold(word): code for word, code in _OTHER_WORDS.get(name, {}).items()}
    for code, word in choices:
        for language in LANGUAGES:
            with speaking(language):
                found[fold(_(word))] = code
        found[fold(code)] = code
    return found


def _choice(field: Field, cell: Cell, _hours: float) -> Value:
    text = text_of(cell)
    code = _codes(field.name, tuple(field.choices.items())).get(fold(text))
    if code is not None:
        return code
    if field.name == "sales_bracket":
        return _bracket(field, text)
    shown = ", ".join(_(word) for word in field.choices.values())
    message = _("{isian}: “{isi}” tidak dikenal. Pilih salah satu: {pilihan}.")
    raise InputProblem(
        message.format(isian=_(field.label), isi=text[:60], pilihan=shown),
        field=field.name,
        code="cell.choice",
    )


def _bracket(field: Field, text: str) -> str:
    amount = read_money(text)
    if amount.rupiah is None or amount.status != "ok":
        raise _wrong(field, _("{isian}: “{isi}” belum terbaca. Contoh: 1.500.000 atau 1,5 juta."), text)
    return next((code for edge, code in _SALES if amount.rupiah < edge), "gt167")


def _choices(field: Field, cell: Cell, hours: float) -> Value:
    text = text_of(cell)
    known = _codes(field.name, tuple(field.choices.items()))
    whole = known.get(fold(text))
    parts = [text] if whole else [part for part in re.split(r"[,;\n|]+", text) if part.strip()]
    codes = {str(_choice(field, part, hours)) for part in parts if not is_blank(part)}
    return ",".join(code for code in field.choices if code in codes) or None


# ---------------------------------------------------------------- days and moments
def _day(field: Field, cell: Cell, _hours: float) -> Value:
    if isinstance(cell, date):
        return cell.strftime("%Y-%m-%d") if cell.year >= 1000 else None
    text = text_of(cell)
    if re.fullmatch(r"\d{4}", text):
        return text
    if "," in text and not text[:1].isdigit():  # "Kupang, 14-03-1984": place and date of birth in one
        text = text.rpartition(",")[2].strip()
    found = _iso(text) or _written(text)
    if found is not None:
        return found
    if _SHORT_YEAR.fullmatch(text):
        raise _wrong(field, _("{isian}: tulis tahun dengan 4 angka, bukan “{isi}”."), text)
    raise _wrong(field, _("{isian} belum benar: “{isi}”. Contoh: 14-03-1984, atau tahunnya saja."), text)


def _iso(text: str) -> str | None:
    found = _ISO.fullmatch(text)
    return _real_day(*map(int, found.groups())) if found else None


def _written(text: str) -> str | None:
    found = _OURS.fullmatch(text)
    if found is None:
        return None
    day, month, year = found.groups()
    number = int(month) if month.isdecimal() else _MONTH.get(month.lower(), 0)
    return _real_day(int(year), number, int(day))


def _real_day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _instant(field: Field, cell: Cell, hours: float) -> Value:
    zone = timezone(timedelta(hours=hours))
    if isinstance(cell, datetime):
        return round(cell.replace(tzinfo=zone).timestamp() * 1000)
    found = _MOMENT.fullmatch(text_of(cell))
    if found is not None:
        moment = datetime.fromisoformat(f"{found.group(1)}T{found.group(2)}").replace(tzinfo=zone)
        return round(moment.timestamp() * 1000)
    day = str(_day(field, cell, hours))
    if len(day) == 4:
        raise _wrong(field, _("{isian} harus tanggal lengkap, bukan “{isi}”."), day)
    return round(datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=zone).timestamp() * 1000)


# ---------------------------------------------------------------- places
def _place(field: Field, cell: Cell, _hours: float) -> Value:
    return read_village(field, text_of(cell))


def read_village(field: Field, village: str, around: str = "", prefer: tuple[int, ...] = ()) -> str:
    """The code of the one village that is meant; `around` names district and regency, where the list has
    columns for them. Raises `InputProblem` when there is none or several.
    """
    found = _villages(village, around, prefer)
    if len(found) == 1:
        return found[0]
    words = f"{village} {around}".strip()
    if not found:
        raise _wrong(
            field, _("{isian}: “{isi}” tidak ditemukan. Tulis desa, kecamatan, dan kabupatennya."), words
        )
    message = _("{isian}: ada {n} tempat bernama “{isi}”. Tulis juga kecamatan dan kabupatennya.")
    raise InputProblem(
        message.format(isian=_(field.label), n=len(found), isi=words[:60]),
        field=field.name,
        code="cell.places",
    )


@lru_cache(20_000)
def _villages(village: str, around: str, prefer: tuple[int, ...]) -> tuple[str, ...]:
    code = _CODE.search(village)
    if code is not None:
        return (code.group(),) if places.find_village(code.group()) else ()
    name = _bare(village.split(",")[0].split("(")[0])
    if not name:
        return ()
    hits = [
        one for one in places.search(f"{fold(village)} {fold(around)}", 40, prefer) if _bare(one.name) == name
    ]
    said = set(fold(village).split())
    told = "desa" if said & {"desa", "ds"} else "kelurahan" if said & {"kelurahan", "kel"} else ""
    for some in ([one for one in hits if places.area_of(one.code) in prefer], hits):
        alike = [one for one in some if told and one.kind == told]
        for few in (some, alike):
            if len(few) == 1:
                return (few[0].code,)
    return tuple(one.code for one in hits)


def _bare(name: str) -> str:
    words = fold(name).split()
    kept = [word for word in words if word not in _KINDS] or words
    return "".join(kept)


_READERS: Mapping[FieldType, Callable[[Field, Cell, float], Value]] = {
    FieldType.TEXT: _text,
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _choices,
    FieldType.DATE: _day,
    FieldType.PLACE: _place,
    FieldType.NUMBER: _number,
    FieldType.FLAG: _flag,
    FieldType.INSTANT: _instant,
}


# ---------------------------------------------------------------- the other way
def cell_of(field: Field, value: Value, hours: float = 7) -> Cell:
    """A stored value as a cell, in words that `read_cell` understands. References are the caller's."""
    if value is None:
        return None
    if field.type is FieldType.CHOICE:
        return _(field.choices.get(str(value), str(value)))
    if field.type is FieldType.CHOICES:
        return "; ".join(_(field.choices.get(code, code)) for code in str(value).split(","))
    if field.type is FieldType.FLAG:
        return _("Ya") if value else _("Tidak")
    if field.type is FieldType.INSTANT:
        zone = timezone(timedelta(hours=hours))
        moment = datetime.fromtimestamp(int(value) / 1000, UTC).astimezone(zone)
        return moment.replace(tzinfo=None).isoformat(" ", "milliseconds" if moment.microsecond else "seconds")
    if field.type is FieldType.PLACE:
        place = places.find_village(str(value))
        return f"{place.label} ({place.code})" if place else str(value)
    return value if not isinstance(value, bytes) else None


def words_of_choices(field: Field) -> tuple[str, ...]:
    """What may be chosen, for lists that drop down."""
    if field.type is FieldType.FLAG:
        return _("Ya"), _("Tidak")
    return tuple(_(word) for word in field.choices.values())


#: Titles of columns that say more exactly where a place lies; no fields of their own.
AROUND = {
    "district": (N_("Kecamatan"), ("kecamatan", "kec", "distrik", "kapanewon", "district")),
    "regency": (N_("Kabupaten/kota"), ("kabupaten", "kab", "kota", "kab kota", "kabupaten kota", "regency")),
}
