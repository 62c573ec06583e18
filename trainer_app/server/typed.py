"""Areas, days and codes as administrators type and read them."""

from __future__ import annotations

from datetime import date, datetime

from trainer_app.records import places
from trainer_app.records.problem import InputProblem
from trainer_app.reports.overview import PROVINCE, REGENCY, View
from trainer_app.words import _


def read_areas(text: str) -> list[int]:
    """ "5301, 53.02" → [5301, 5302]; "53" → all regencies of the province. Raises `InputProblem` for an
    unknown one.
    """
    found: list[int] = []
    for part in (part.strip() for part in text.replace(";", ",").split(",")):
        if part:
            found.extend(_areas_of(part))
    return list(dict.fromkeys(found))


def read_view(text: str) -> View:
    """ "53" → the province, "5301" → the regency, nothing → everything. Raises `InputProblem` for an unknown
    one.
    """
    code = text.strip()
    if not code:
        return View()
    areas = _areas_of(code)
    if len(code.replace(".", "")) == 2:
        return View(PROVINCE, code)
    return View(REGENCY, places.regency_code(areas[0]))


def _areas_of(part: str) -> list[int]:
    digits = part.replace(".", "")
    try:
        if len(digits) == 2:
            return [regency.area for regency in places.regencies(places.province(digits).code)]
        return [places.regency(f"{digits[:2]}.{digits[2:]}").area]
    except KeyError:
        raise InputProblem(
            _("Wilayah {kode} tidak dikenal. Pakai kode kabupaten, misalnya 5301.").format(kode=part),
            field="areas",
            code="areas.unknown",
        ) from None


def check_month(text: str) -> None:
    """Raises `InputProblem` for what is no month."""
    try:
        check_day(f"{text}-01")
    except InputProblem as problem:
        message = _("Bulan {isi} belum benar. Contoh: 2026-12").format(isi=text)
        raise InputProblem(message, field="by_month", code="month.form") from problem


def check_day(text: str) -> None:
    """Raises `InputProblem` for what is no day; nothing is fine."""
    if not text:
        return
    try:
        date.fromisoformat(text)
    except ValueError:
        raise InputProblem(
            _("Tanggal {isi} belum benar. Contoh: 2026-06-01").format(isi=text),
            field="date",
            code="date.form",
        ) from None


def areas_in_words(numbers: list[int]) -> str:
    """ "Kab. Kupang, Kab. Alor", or "semua" for none."""
    return ", ".join(places.area_label(area) for area in numbers) or _("semua")


def spaced(code: str) -> str:
    """A code in groups of four, as it is read out."""
    return " ".join(code[i : i + 4] for i in range(0, len(code), 4))


def local(ms: int) -> datetime:
    """A moment in the machine's own zone."""
    return datetime.fromtimestamp(ms / 1000).astimezone()
