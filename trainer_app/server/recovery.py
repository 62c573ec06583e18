"""`trainer-app admin recover`: a laptop's key is opened for somebody who forgot the PIN, by an administrator
whose own password is asked for.
"""

from __future__ import annotations

import logging
from pathlib import Path

from trainer_app.records.problem import AccessProblem, InputProblem
from trainer_app.records.staff import ADMIN
from trainer_app.server.administration import Done, find_staff
from trainer_app.server.centre import Centre
from trainer_app.settings import write_atomically
from trainer_app.storage import accounts, throttle
from trainer_app.sync.recipients import own_identity
from trainer_app.sync.recovery import NewPin, answer, read_question
from trainer_app.words import _

_log = logging.getLogger(__name__)


def open_key(
    centre: Centre, question: Path, for_staff: str, login: str, password: str, code: str = ""
) -> Done:
    """Write the answer beside the question. Raises `AccessProblem` unless an administrator asks for it."""
    admin = _administrator(centre, login, password, code)
    try:
        asked = read_question(question.read_bytes())
    except OSError as fault:
        raise InputProblem(
            _("Berkas {berkas} tidak bisa dibaca. Periksa lagi.").format(berkas=question),
            field="question",
            code="recovery.question",
        ) from fault
    person = find_staff(centre, for_staff)
    if asked.names and person.full_name not in asked.names:
        raise AccessProblem(
            _("{nama} belum pernah masuk di laptop itu. Yang ada: {semua}.").format(
                nama=person.full_name, semua=", ".join(asked.names)
            ),
            code="recovery.person",
        )
    new_pin = NewPin(person.id, person.full_name or "", person.role or "")
    target = question.with_name(f"{question.stem}.jawaban.json")
    write_atomically(target, answer(asked, own_identity(centre.store), new_pin))
    _log.info("a laptop's key was opened for %s by %s", person.id.hex()[:8], admin.hex()[:8])
    lines = [
        _(
            "Kunci laptop dibuka untuk {nama}. Pastikan dulu itu benar orangnya: bertemu, atau telepon balik."
        ).format(nama=person.full_name),
        _("Jawaban ada di {berkas}. Di laptop: trainer-app recover use {berkas}").format(berkas=target),
    ]
    return Done(lines, {"answer": str(target), "staff": person.id.hex()})


def _administrator(centre: Centre, login: str, password: str, code: str) -> bytes:
    """Who gives the answer: wrong passwords slow down as they do at the dashboard."""
    now = centre.now_ms()
    account = f"login:{accounts.login_name(login)}"
    wait = centre.db.transact(lambda c: throttle.begin(c, now, account))
    with centre.db.reading() as c:
        known = accounts.find_login(c, login)
        visitor = accounts.signed_in(c, known.staff) if known else None
    fits = not wait and accounts.password_fits(known, password) and known is not None
    if fits and known is not None:
        fits = centre.db.transact(lambda c: accounts.use_second_factor(c, known, code, now))
    if not fits or visitor is None or visitor.role != ADMIN:
        raise AccessProblem(
            _("Hanya admin dengan kata sandi yang benar yang boleh membuka kunci laptop."),
            code="recovery.admin",
        )
    centre.db.transact(lambda c: throttle.succeeded(c, account))
    return visitor.staff
