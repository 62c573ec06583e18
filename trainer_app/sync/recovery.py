"""A forgotten PIN: the centre opens the key that the laptop had sealed to it, for this one laptop, this once.

The laptop writes a question: its sealed key, whose names are on its lock screen, and an age recipient made
for this question alone. Whoever runs the centre finds out who asks, and answers with the key sealed to that
recipient and the person who gets a new PIN. Neither file is of use to anybody else: the question holds
nothing that only the centre could not read, the answer nothing that another machine could open.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer_app.records.problem import AccessProblem, InputProblem, StoreProblem
from trainer_app.settings import write_atomically
from trainer_app.storage.keys import KeyRing, check_new_pin, open_recovery
from trainer_app.words import _

#: In the data folder, until the answer was used: the secret half of the question's recipient.
WAITING_FILE = ".recovery.key"
_QUESTION, _ANSWER = "trainer-app/recovery/question/1", "trainer-app/recovery/answer/1"


@dataclass(frozen=True, slots=True)
class Question:
    """What a laptop asks. `names` are the people of its lock screen, for finding out who asks."""

    sealed: bytes
    recipient: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewPin:
    """Who gets a new PIN by an answer."""

    staff: bytes
    name: str
    role: str


def ask(folder: Path) -> bytes:
    """The question of the laptop in this folder. Asking again makes older answers useless. Raises
    `AccessProblem` when the laptop never learnt of the centre's recipient.
    """
    import pyrage

    ring = KeyRing(folder)
    sealed = ring.sealed_for_recovery()
    if sealed is None:
        raise AccessProblem(
            _("Laptop ini belum punya kunci pemulihan. Hanya PIN petugas yang dapat membukanya."),
            code="keys.no_recovery",
        )
    identity = pyrage.x25519.Identity.generate()
    write_atomically(folder / WAITING_FILE, str(identity).encode())
    question = {
        "what": _QUESTION,
        "names": [user.name for user in ring.users()],
        "key": base64.b64encode(sealed).decode(),
        "recipient": str(identity.to_public()),
    }
    return json.dumps(question, ensure_ascii=False, indent=1).encode() + b"\n"


def read_question(data: bytes) -> Question:
    """What is asked. Raises `InputProblem` for another file."""
    try:
        said = _object(data, _QUESTION)
        return Question(
            base64.b64decode(said["key"], validate=True),
            str(said["recipient"]),
            tuple(str(name) for name in said["names"]),
        )
    except (ValueError, KeyError, TypeError) as fault:
        raise InputProblem(
            _("Berkas itu bukan permintaan pemulihan. Buat lagi di laptop: trainer-app recover ask."),
            field="question",
            code="recovery.question",
        ) from fault


def answer(question: Question, identity: str, person: NewPin) -> bytes:
    """At the centre, once it is known who asks. Raises `AccessProblem` for the key of another centre."""
    import pyrage

    dek = open_recovery(question.sealed, identity)
    said = {"dek": dek.hex(), "staff": person.staff.hex(), "name": person.name, "role": person.role}
    try:
        recipient = pyrage.x25519.Recipient.from_str(question.recipient)
    except pyrage.RecipientError as fault:
        raise InputProblem(
            _("Berkas itu bukan permintaan pemulihan. Buat lagi di laptop: trainer-app recover ask."),
            field="question",
            code="recovery.question",
        ) from fault
    sealed = bytes(pyrage.encrypt(json.dumps(said).encode(), [recipient]))
    return json.dumps({"what": _ANSWER, "sealed": base64.b64encode(sealed).decode()}).encode() + b"\n"


def use_answer(folder: Path, data: bytes, pin: str) -> str:
    """Give the person of the answer a new PIN; gives the name. The answer works once. Raises `AccessProblem`
    when it is not for this laptop's newest question, `InputProblem` for a weak PIN.
    """
    check_new_pin(pin)
    dek, person = _opened(folder, data)
    ring = KeyRing(folder)
    try:
        ring.add_user(dek, person.staff, person.name, person.role, pin)
    except StoreProblem as problem:
        if problem.code != "keys.device_secret":
            raise
        ring.repair_device_secret(dek)  # another machine, or a key store that forgot: all PINs begin anew
        ring.add_user(dek, person.staff, person.name, person.role, pin)
    (folder / WAITING_FILE).unlink(missing_ok=True)
    return person.name


def _opened(folder: Path, data: bytes) -> tuple[bytes, NewPin]:
    import pyrage

    try:
        identity = pyrage.x25519.Identity.from_str((folder / WAITING_FILE).read_text("ascii"))
        sealed = base64.b64decode(_object(data, _ANSWER)["sealed"], validate=True)
        said = json.loads(bytes(pyrage.decrypt(sealed, [identity])))
        person = NewPin(bytes.fromhex(said["staff"]), str(said["name"]), str(said["role"]))
        return bytes.fromhex(said["dek"]), person
    except (OSError, ValueError, KeyError, TypeError, pyrage.IdentityError, pyrage.DecryptError) as fault:
        raise AccessProblem(
            _("Jawaban itu bukan untuk permintaan terakhir laptop ini. Buat permintaan baru."),
            code="recovery.answer",
        ) from fault


def _object(data: bytes, what: str) -> dict[str, Any]:
    said = json.loads(data)
    if not isinstance(said, dict) or said.get("what") != what:
        raise ValueError("another file")
    return said
