"""What is there: staff, laptops, codes, programmes and targets, as lines of text and as values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from trainer_app.records import places
from trainer_app.records.kinds import Device, Programme, Staff, Target
from trainer_app.records.staff import ACCOUNT_STATE, DEVICE_STATE, ROLE
from trainer_app.server.administration import Done
from trainer_app.server.centre import Centre
from trainer_app.server.typed import areas_in_words, local
from trainer_app.storage import accounts, enrolment_codes
from trainer_app.words import N_, _, date_short, number


def listed(centre: Centre, what: str = "") -> Done:
    """One list, or all of them."""
    done = Done([])
    for key in [what] if what else list(_LISTS):
        title, make = _LISTS[key]
        rows = make(centre)
        done.data[key] = [values for _line, values in rows]
        done.lines += [f"{_(title)} ({len(rows)})", *(f"  {line}" for line, _values in rows), ""]
    return done


Rows = list[tuple[str, dict[str, Any]]]


def _staff(centre: Centre) -> Rows:
    with centre.db.reading() as c:
        logins = accounts.logins(c)
    rows: Rows = []
    everybody = centre.store.find(Staff, order="full_name")
    bearers = Counter((staff.full_name or "").casefold() for staff in everybody)
    for staff in everybody:
        areas = sorted(accounts.read_areas(staff.areas) or ())
        login = logins.get(staff.id, "")
        parts = [staff.full_name or "", _(ROLE.get(staff.role or "", "")), areas_in_words(areas), login]
        if staff.state == "berhenti":
            parts.append(_(ACCOUNT_STATE["berhenti"]))
        if bearers[(staff.full_name or "").casefold()] > 1:  # told apart by the number, as `find_staff` asks
            parts.append(staff.id.hex())
        values = {"staff": staff.id.hex(), "name": staff.full_name, "role": staff.role, "areas": areas}
        rows.append((" · ".join(filter(None, parts)), {**values, "login": login, "state": staff.state}))
    return rows


def _laptops(centre: Centre) -> Rows:
    rows: Rows = []
    for device in centre.store.find(Device, order="name"):
        areas = sorted(accounts.read_areas(device.areas) or ())
        since = date_short(local(device.enrolled_at).date()) if device.enrolled_at else ""
        state = _(DEVICE_STATE.get(device.state or "aktif", ""))
        parts = [device.name or "", state, areas_in_words(areas), since, device.id.hex()[:12]]
        values = {"laptop": device.id.hex(), "name": device.name, "state": device.state, "areas": areas}
        rows.append((" · ".join(filter(None, parts)), values))
    return rows


def _codes(centre: Centre) -> Rows:
    now = centre.now_ms()
    with centre.db.reading() as c:
        codes = enrolment_codes.open_codes(c, now)
    names = {staff.id: staff.full_name or "" for staff in centre.store.find(Staff)}
    rows: Rows = []
    for code in codes:
        until = local(code.expires_at)
        whom = names.get(code.for_staff, "") if code.for_staff else ""
        text = _("berlaku sampai {tanggal}").format(
            tanggal=date_short(until.date()) + until.strftime(" %H.%M")
        )
        parts = [areas_in_words(list(code.areas)), whom, text]
        values = {"areas": list(code.areas), "for_staff": whom or None, "expires_at": code.expires_at}
        rows.append((" · ".join(filter(None, parts)), values))
    return rows


def _programmes(centre: Centre) -> Rows:
    targets = centre.store.find(Target, order="by_month")
    rows: Rows = []
    for programme in centre.store.find(Programme, order="name"):
        own = [target for target in targets if target.programme == programme.id]
        rows.append(
            (
                f"{programme.name} · {programme.starts_on or '…'} – {programme.ends_on or '…'}",
                {"programme": programme.id.hex(), "name": programme.name},
            )
        )
        rows += [_target_row(target) for target in own]
    return rows


def _target_row(target: Target) -> tuple[str, dict[str, Any]]:
    where = places.regency(target.regency).label if target.regency else _("seluruh wilayah")
    parts = [
        _("terlatih {n}").format(n=number(target.trained)) if target.trained is not None else "",
        _("sudah digital {n}").format(n=number(target.digitised)) if target.digitised is not None else "",
    ]
    line = f"  {where} · {target.by_month} · {', '.join(filter(None, parts))}"
    values = {"regency": target.regency, "by_month": target.by_month}
    return line, {**values, "trained": target.trained, "digitised": target.digitised}


_LISTS: Mapping[str, tuple[str, Callable[[Centre], Rows]]] = {
    "staff": (N_("Petugas"), _staff),
    "laptops": (N_("Laptop"), _laptops),
    "codes": (N_("Kode yang masih berlaku"), _codes),
    "programmes": (N_("Program dan target"), _programmes),
}
