"""Who may work at this laptop: the roster of the centre, signing in for the first time, and who may send."""

from __future__ import annotations

from dataclasses import dataclass

from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import CENTRE_AREA, Policy, Staff
from trainer_app.records.problem import AccessProblem, InputProblem
from trainer_app.records.staff import ADMIN, BY_SUPERVISOR, SEND_BY, SUPERVISOR, TRAINER
from trainer_app.storage.keys import KeyRing, check_new_pin, check_personal_code
from trainer_app.storage.store import Store
from trainer_app.words import _

#: Roles that sign in on a laptop, in the order they are offered; observers have the web pages.
LAPTOP_ROLES = (TRAINER, SUPERVISOR, ADMIN)
#: Roles that may start a sending under the rule `BY_SUPERVISOR`.
SENDING_ROLES = (SUPERVISOR, ADMIN)
#: Roles that may give a new PIN to somebody who forgot it.
RESETTING_ROLES = (SUPERVISOR, ADMIN)
ACTIVE = ("aktif", None)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the roster. `areas` are regency numbers; empty means all areas of the laptop."""

    id: RecordId
    name: str
    role: str
    areas: tuple[int, ...] = ()


def roster(store: Store, roles: tuple[str, ...] = LAPTOP_ROLES) -> list[Member]:
    """The active people of these roles whom the centre lets work here, trainers first, by name."""
    found = [
        _member(staff)
        for staff in store.find(Staff, {"role": roles}, order="full_name")
        if staff.state in ACTIVE and _works_here(staff, store)
    ]
    return sorted(found, key=lambda member: LAPTOP_ROLES.index(member.role))


def _works_here(staff: Staff, store: Store) -> bool:
    areas = _areas(staff)
    return not areas or not store.areas or bool(set(areas) & set(store.areas))


def _areas(staff: Staff) -> tuple[int, ...]:
    return tuple(int(part) for part in (staff.areas or "").split(",") if part.strip().isdigit())


def _member(staff: Staff) -> Member:
    return Member(staff.id, staff.full_name or "", staff.role or TRAINER, _areas(staff))


def member(store: Store, staff_id: RecordId) -> Member:
    """Who signs in, as the centre's newest word says. Raises `AccessProblem` for somebody who left."""
    staff = store.get(Staff, staff_id)
    if staff is None or staff.deleted_at is not None or staff.state not in ACTIVE:
        raise AccessProblem(
            _("Akun ini sudah tidak aktif menurut pusat. Catatannya tetap aman. Hubungi pengawas."),
            code="staff.inactive",
        )
    return _member(staff)


def check_code(store: Store, staff_id: RecordId, code: str) -> None:
    """The personal code of the centre is what lets somebody in for the first time, even without signal.

    Raises `InputProblem` for the field ``code`` when it is not theirs.
    """
    staff = store.get(Staff, staff_id)
    if not code.strip():
        raise InputProblem(_("Ketik kode pribadi dari pengawas."), field="code", code="staff.code_missing")
    if staff is None or not staff.code_hash or not check_personal_code(staff.code_hash, code):
        raise InputProblem(
            _("Kode pribadi belum cocok. Periksa lagi, atau minta kode baru ke pengawas."),
            field="code",
            code="staff.code",
        )


def first_sign_in(
    store: Store, ring: KeyRing, dek: bytes, staff_id: RecordId, pin: str, *, code: str | None
) -> Member:
    """Give somebody of the roster a PIN on this laptop, or a new one for a forgotten one.

    `code` is their personal code; None when the laptop was enrolled for this very person, or a supervisor
    stands for them. Raises `InputProblem` (fields ``code`` and ``pin``) and `AccessProblem`.
    """
    person = member(store, staff_id)
    if code is not None:
        check_code(store, staff_id, code)
    check_new_pin(pin)
    ring.add_user(dek, person.id, person.name, person.role, pin)
    return person


def sending_rule(store: Store, area: int | None = None) -> str:
    """Who starts a sending in an area (None: the home area of this store), a code of `SEND_BY`: its own rule,
    else the one for everywhere, else the supervisor.
    """
    rules = {
        rule.area_of or CENTRE_AREA: rule.send_by for rule in store.find(Policy) if rule.send_by in SEND_BY
    }
    if area is None:
        area = store.areas[0] if store.areas else CENTRE_AREA
    return rules.get(area) or rules.get(CENTRE_AREA) or BY_SUPERVISOR


def may_send(rule: str, role: str) -> bool:
    """Whether somebody of `role` starts a sending without a supervisor beside them."""
    return rule != BY_SUPERVISOR or role in SENDING_ROLES
