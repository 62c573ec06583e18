"""What an administrator does at the centre; used by `trainer-app admin` and by the pages for admins.

Every deed goes through the centre's own feed (area 0), so that laptops learn of it by whatever way they send.
Deeds that name something twice change it instead of making a second one.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from trainer_app.records import places
from trainer_app.records.fields import Value
from trainer_app.records.ids import NO_ID, RecordId, named_id, new_id
from trainer_app.records.kinds import CENTRE_AREA, Device, Module, Partner, Policy, Programme, Staff, Target
from trainer_app.records.operation import Edit
from trainer_app.records.problem import AccessProblem, InputProblem
from trainer_app.records.revocation import REVOKED_STATE, written_heads
from trainer_app.records.staff import ADMIN, ROLE, SEND_BY, STICK_FOR
from trainer_app.server.centre import Centre
from trainer_app.server.typed import areas_in_words, check_day, check_month, local, read_areas, spaced
from trainer_app.storage import accounts, enrolment_codes, rollup
from trainer_app.storage.keys import hash_personal_code, new_personal_code
from trainer_app.storage.sync_queries import heads_of
from trainer_app.sync.claims import ACTIVE, successors
from trainer_app.sync.succession import first_id
from trainer_app.words import _, date_short, number

ISSUER = "Trainer App"


@dataclass(slots=True)
class Done:
    """What was done: sentences for people, values for programs."""

    lines: list[str]
    data: dict[str, Any] = field(default_factory=dict)


# --- people -------------------------------------------------------------------------------------------------


def first_admin(centre: Centre, name: str, login: str, password: str) -> Done:
    """The first administrator, with a login. Raises `AccessProblem` when there is one already."""
    if centre.store.count(Staff, {"role": ADMIN, "state": "aktif"}):
        raise AccessProblem(
            _("Pusat ini sudah punya admin. Admin itu dapat menambah petugas lain."), code="admin.exists"
        )
    return add_staff(centre, name, ADMIN, "", login=login, password=password)


def add_staff(
    centre: Centre,
    name: str,
    role: str,
    areas: str,
    *,
    login: str = "",
    password: str = "",
    totp: bool = False,
    by: RecordId = NO_ID,
) -> Done:
    """A new staff member and the personal code that they type once at their first laptop; with a login for
    the dashboard.
    """
    name = name.strip()
    numbers = read_areas(areas)
    namesakes = [s for s in _named(centre, name) if s.state != "berhenti"]
    if login:
        login = accounts.checked_login(login)
        accounts.check_password(password, login, name)
    staff = new_id(centre.now_ms())
    code = new_personal_code()
    values = {
        "full_name": name,
        "role": role,
        "areas": ",".join(map(str, numbers)),
        "state": "aktif",
        "code_hash": hash_personal_code(code),
    }
    if login:  # before the record: a login that is taken must not leave a person without one behind
        centre.db.transact(
            lambda c: accounts.create_account(c, staff, login, password, centre.now_ms(), name)
        )
    centre.save([Edit(Staff, staff, CENTRE_AREA, values)], by)
    done = Done(
        [
            _("{nama} ditambahkan sebagai {peran}, wilayah {wilayah}.").format(
                nama=name, peran=_(ROLE[role]), wilayah=areas_in_words(numbers)
            ),
            _code_line(code),
        ],
        {"staff": staff.hex(), "name": name, "role": role, "areas": numbers, "personal_code": code},
    )
    if namesakes:
        words = _(
            "Perhatikan: sudah ada petugas aktif bernama {nama}. Bila tertambah dua kali, hentikan satu."
        )
        done.lines.append(words.format(nama=name))
    if login:
        done.lines.append(_("Nama masuk dasbor: {nama}").format(nama=login))
        done.data["login"] = login
    if totp:
        _add_totp(centre, staff, login, done)
    return done


def _code_line(code: str) -> str:
    return _("Kode pribadi (tampil sekali saja, diketik sekali di laptop pertama): {kode}").format(
        kode=spaced(code)
    )


def renew_code(centre: Centre, name: str, by: RecordId = NO_ID) -> Done:
    """Another personal code for somebody who lost theirs; the old one ends as laptops hear of it."""
    staff = find_staff(centre, name)
    code = new_personal_code()
    centre.save([Edit(Staff, staff.id, CENTRE_AREA, {"code_hash": hash_personal_code(code)})], by)
    lines = [_code_line(code), _("Laptop mengenal kode baru ini sesudah terhubung lagi ke pusat.")]
    return Done(lines, {"staff": staff.id.hex(), "personal_code": code})


def give_login(centre: Centre, name: str, login: str, password: str, *, totp: bool = False) -> Done:
    """A login for somebody who is staff already, or a new password; ends their sessions."""
    staff = find_staff(centre, name)
    with centre.db.reading() as c:
        login = login or accounts.logins(c).get(staff.id, "")
    full_name = staff.full_name or ""
    centre.db.transact(
        lambda c: accounts.create_account(c, staff.id, login, password, centre.now_ms(), full_name)
    )
    done = Done(
        [_("{nama} masuk dasbor sebagai {masuk}.").format(nama=full_name, masuk=login)], {"login": login}
    )
    if totp:
        _add_totp(centre, staff.id, login, done)
    return done


def _add_totp(centre: Centre, staff: RecordId, login: str, done: Done) -> None:
    secret, address = accounts.new_totp(login, ISSUER)
    centre.db.transact(lambda c: accounts.set_totp(c, staff, secret))
    done.lines.append(_("Masukkan ke aplikasi autentikator: {alamat}").format(alamat=address))
    done.data["totp"] = address


def stop_staff(centre: Centre, name: str, by: RecordId = NO_ID) -> Done:
    """This person works here no longer: no sign-in on the dashboard, and laptops refuse them at their next
    contact.
    """
    staff = find_staff(centre, name)
    centre.save([Edit(Staff, staff.id, CENTRE_AREA, {"state": "berhenti"})], by)
    centre.db.transact(lambda c: accounts.end_sessions(c, staff.id))
    return Done([_("{nama} berhenti.").format(nama=staff.full_name)], {"staff": staff.id.hex()})


def find_staff(centre: Centre, name: str) -> Staff:
    """The staff member of that name (capitals do not matter), login, or beginning of id; of several, the only
    one who still works here. Raises `InputProblem`.
    """
    found = _named(centre, name)
    found = [s for s in found if s.state != "berhenti"] or found
    if len(found) == 1:
        return found[0]
    if found:
        numbers = ", ".join(staff.id.hex() for staff in found)
        raise InputProblem(
            _("Ada {n} petugas bernama {nama}. Pakai nomornya: {nomor}").format(
                n=len(found), nama=name, nomor=numbers
            ),
            field="name",
            code="staff.many",
        )
    raise InputProblem(
        _("Petugas {nama} tidak ada. Lihat daftarnya dengan: admin list staff").format(nama=name),
        field="name",
        code="staff.unknown",
    )


def _named(centre: Centre, name: str) -> list[Staff]:
    wanted = name.strip().casefold()
    everybody = centre.store.find(Staff, order="full_name")
    with centre.db.reading() as c:
        by_login = {login: staff for staff, login in accounts.logins(c).items()}
    found = [s for s in everybody if (s.full_name or "").casefold() == wanted or s.id == by_login.get(wanted)]
    return found or [s for s in everybody if len(wanted) >= 6 and s.id.hex().startswith(wanted)]


# --- laptops ------------------------------------------------------------------------------------------------


def make_code(centre: Centre, areas: str, for_staff: str = "", by: RecordId = NO_ID) -> Done:
    """A one-time code for a laptop of these areas. Shown once."""
    numbers = read_areas(areas)
    if not numbers:
        raise InputProblem(
            _("Sebutkan wilayah laptop, misalnya 5301,5302. Yang pertama menjadi wilayah asal."),
            field="areas",
            code="areas.none",
        )
    staff = find_staff(centre, for_staff) if for_staff else None
    now = centre.now_ms()
    code = centre.db.transact(
        lambda c: enrolment_codes.issue(
            c, first_id(centre.store), numbers, staff.id if staff else None, by, now
        )
    )
    until = local(now + enrolment_codes.LIFE_MS)
    lines = [
        _("Kode pendaftaran (sekali pakai, tampil sekali): {kode}").format(kode=spaced(code)),
        _("Wilayah: {wilayah}. Berlaku sampai {tanggal}.").format(
            wilayah=areas_in_words(numbers), tanggal=date_short(until.date()) + until.strftime(" %H.%M")
        ),
    ]
    if staff:
        lines.append(_("Laptop ini untuk {nama}.").format(nama=staff.full_name))
    return Done(lines, {"code": code, "areas": numbers, "for_staff": staff.id.hex() if staff else None})


def revoke(centre: Centre, laptop: str, by: RecordId = NO_ID) -> Done:
    """Take a laptop out: what it sent so far stays, what comes later is kept aside and changes nothing.

    With it go the laptops that went on from it and that nobody has approved: its key alone spoke for them.
    """
    device = find_device(centre, laptop)
    line = [one for one in successors(centre.store, device.id, unapproved=True) if one.state == ACTIVE]
    edits = [Edit(Device, one.id, CENTRE_AREA, _taken_out(centre, one)) for one in (device, *line)]
    centre.save(edits, by)
    words = _("Laptop {nama} dicabut. Yang sudah diterima tetap ada.")
    return Done(
        [words.format(nama=one.name) for one in (device, *line)],
        {
            "laptop": device.id.hex(),
            "revoked_after": edits[0].values["revoked_after"],
            "with_it": [one.id.hex() for one in line],
        },
    )


def _taken_out(centre: Centre, device: Device) -> dict[str, Value]:
    with centre.db.reading() as c:
        heads = heads_of(c, device.id)
    return {
        "state": REVOKED_STATE,
        "revoked_after": max(heads.values(), default=0),
        "revoked_heads": written_heads(heads),
    }


def approve(centre: Centre, laptop: str, by: RecordId = NO_ID) -> Done:
    """An administrator knows why a laptop goes on from another one, and finds it right."""
    device = find_device(centre, laptop)
    if device.succeeds is None or device.state != ACTIVE:
        raise InputProblem(
            _("Laptop {nama} tidak perlu disetujui.").format(nama=device.name),
            field="laptop",
            code="laptop.settled",
        )
    centre.save([Edit(Device, device.id, CENTRE_AREA, {"approved_at": centre.now_ms()})], by)
    return Done([_("Laptop {nama} disetujui.").format(nama=device.name)], {"laptop": device.id.hex()})


def find_device(centre: Centre, text: str) -> Device:
    """The laptop of that name or beginning of id. Raises `InputProblem`."""
    wanted = text.strip().casefold()
    everything = centre.store.find(Device, order="name")
    found = [d for d in everything if (d.name or "").casefold() == wanted]
    found = found or [d for d in everything if len(wanted) >= 6 and d.id.hex().startswith(wanted)]
    if len(found) == 1:
        return found[0]
    sentence = (
        _("Ada {n} laptop bernama {nama}. Pakai nomornya dari: admin list laptops")
        if found
        else _("Laptop {nama} tidak ada. Lihat daftarnya dengan: admin list laptops")
    )
    raise InputProblem(sentence.format(n=len(found), nama=text), field="laptop", code="laptop.unknown")


def set_policy(
    centre: Centre, send_by: str = "", area: str = "", by: RecordId = NO_ID, *, stick_for: str = ""
) -> Done:
    """Who starts a sending, and who can open packages on a stick, in an area or everywhere; what is not given
    stays as it is. Raises `InputProblem` when nothing is.
    """
    if not (send_by or stick_for):
        raise InputProblem(
            _("Sebutkan --send-by, --stick, atau keduanya."), field="send_by", code="policy.none"
        )
    number_of = read_areas(area)[0] if area else CENTRE_AREA
    given = {"send_by": send_by, "stick_for": stick_for}
    values: dict[str, Value] = {"area_of": number_of, **{key: value for key, value in given.items() if value}}
    centre.save([Edit(Policy, named_id(NO_ID, f"policy.{number_of}"), CENTRE_AREA, values)], by)
    where = areas_in_words([number_of] if number_of else [])
    lines = []
    if send_by:
        words = _("Yang boleh mengirim di {wilayah}: {siapa}.")
        lines.append(words.format(wilayah=where, siapa=_(SEND_BY[send_by])))
    if stick_for:
        words = _("Yang bisa membuka paket flashdisk dari {wilayah}: {siapa}.")
        lines.append(words.format(wilayah=where, siapa=_(STICK_FOR[stick_for])))
    return Done(lines, values)


# --- programme ----------------------------------------------------------------------------------------------


def set_programme(
    centre: Centre, name: str, *, agreement: str = "", starts: str = "", ends: str = "", partner: str = ""
) -> Done:
    """A programme by name: a new one, or new details of a known one."""
    for text in (starts, ends):
        check_day(text)
    edits = []
    given: dict[str, Any] = {"agreement": agreement, "starts_on": starts, "ends_on": ends}
    values = {"name": name.strip(), **{key: value for key, value in given.items() if value}}
    if partner:
        partner_id = named_id(NO_ID, f"partner.{partner.strip().casefold()}")
        edits.append(Edit(Partner, partner_id, CENTRE_AREA, {"name": partner.strip()}))
        values["partner"] = partner_id
    wanted = name.strip().casefold()
    known = [p.id for p in centre.store.find(Programme) if (p.name or "").casefold() == wanted]
    programme = known[0] if known else named_id(NO_ID, f"programme.{wanted}")
    edits.append(Edit(Programme, programme, CENTRE_AREA, values))
    centre.save(edits)
    return Done([_("Program {nama} tersimpan.").format(nama=name.strip())], {"programme": programme.hex()})


def set_target(
    centre: Centre,
    by_month: str,
    area: str,
    *,
    trained: int | None,
    digitised: int | None,
    programme: str = "",
) -> Done:
    """How many are to be trained and digitised by the end of a month, in one regency or altogether."""
    check_month(by_month)
    if trained is None and digitised is None:
        raise InputProblem(
            _("Sebutkan --trained, --digitised, atau keduanya."), field="trained", code="target.none"
        )
    chosen = _programme(centre, programme)
    regency = places.regency_code(read_areas(area)[0]) if area else None
    target = named_id(chosen.id, f"target.{regency or ''}.{by_month}")
    given = {"trained": trained, "digitised": digitised}
    values: dict[str, Value] = {"programme": chosen.id, "regency": regency, "by_month": by_month}
    values.update({key: value for key, value in given.items() if value is not None})
    centre.save([Edit(Target, target, CENTRE_AREA, values)])
    where = places.area_label(read_areas(area)[0]) if area else _("seluruh wilayah")
    parts = [
        _("terlatih {n}").format(n=number(trained)) if trained is not None else "",
        _("sudah digital {n}").format(n=number(digitised)) if digitised is not None else "",
    ]
    return Done(
        [
            _("Target {wilayah} sampai {bulan}: {isi}.").format(
                wilayah=where, bulan=by_month, isi=", ".join(filter(None, parts))
            )
        ],
        {"target": target.hex(), "regency": regency, "by_month": by_month, **given},
    )


def _programme(centre: Centre, name: str) -> Programme:
    known = centre.store.find(Programme, order="name")
    wanted = name.strip().casefold()
    found = [p for p in known if not wanted or (p.name or "").casefold() == wanted]
    if len(found) == 1:
        return found[0]
    names = ", ".join(p.name or "" for p in known) or "–"
    raise InputProblem(
        _("Sebutkan program dengan --programme. Yang ada: {nama}").format(nama=names),
        field="programme",
        code="programme.unknown",
    )


def load_modules(centre: Centre) -> Done:
    """The training modules that ship with the program, as records of the centre; those already there are
    brought up to date.
    """
    text = files("trainer_app.resources").joinpath("curriculum", "training_modules.csv").read_text("utf-8")
    edits = [
        Edit(
            Module,
            named_id(NO_ID, f"module.{row['code']}"),
            CENTRE_AREA,
            {
                "code": row["code"],
                "title_id": row["title_id"],
                "title_en": row["title_en"],
                "hours": int(row["jp"]),
                "needs_internet": int(row["needs_internet"]),
                "leads_to": row["leads_to"],
                "core": int(row["core"]),
            },
        )
        for row in csv.DictReader(text.splitlines())
    ]
    changed = len({operation.row for operation in centre.save(edits)})
    return Done(
        [_("{n} modul tersedia, {baru} di antaranya baru atau berubah.").format(n=len(edits), baru=changed)],
        {"modules": len(edits), "changed": changed},
    )


def recount(centre: Centre) -> Done:
    """Count everything anew, and say where the kept counts were wrong (they never should be)."""
    with centre.db.reading() as c:
        areas = rollup.areas_with_data(c)
    wrong: dict[int, int] = {}
    for area in areas:

        def work(c: Any, area: int = area) -> None:
            if found := rollup.differences(c, area):
                wrong[area] = len(found)
                rollup.recompute(c, area)

        centre.db.transact(work)
    lines = [
        _("{n} wilayah dihitung ulang, {salah} di antaranya berbeda.").format(n=len(areas), salah=len(wrong))
    ]
    return Done(lines, {"areas": len(areas), "different": sorted(wrong)})
