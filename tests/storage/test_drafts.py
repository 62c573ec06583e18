"""Drafts: what was typed outlives the program, whichever way that ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.storage.test_opening import DEK
from trainer_app.records.ids import new_id
from trainer_app.storage.drafts import clear_draft, drafts_of, load_draft, save_draft
from trainer_app.storage.opening import create_store, open_store

SITI, BUDI = new_id(), new_id()


def test_a_draft_belongs_to_a_form_and_a_person(tmp_path):
    store = create_store(tmp_path, DEK)
    save_draft(store, "daftar", SITI, {"full_name": "Yohana CONTOH", "channels": ["whatsapp"], "age": None})
    save_draft(store, "daftar", BUDI, {"full_name": "Maria CONTOH"})
    save_draft(store, "sesi", SITI, {})
    save_draft(store, "daftar", SITI, {"full_name": "Yohana Tefa CONTOH"})
    assert load_draft(store, "daftar", SITI).body == {"full_name": "Yohana Tefa CONTOH"}
    assert {draft.form for draft in drafts_of(store, SITI)} == {"daftar", "sesi"}
    clear_draft(store, "daftar", SITI)
    assert load_draft(store, "daftar", SITI) is None
    assert load_draft(store, "daftar", BUDI).body == {"full_name": "Maria CONTOH"}
    store.close()


TYPE_FOR_EVER = """
import itertools, sys
from pathlib import Path
from trainer_app.storage.drafts import save_draft
from trainer_app.storage.opening import open_store
store = open_store(Path(sys.argv[1]), bytes(range(32)))
for n in itertools.count():
    save_draft(store, "daftar", bytes.fromhex(sys.argv[2]), {"full_name": "Siti CONTOH", "letters": n})
    print(n, flush=True)
"""


@pytest.mark.parametrize("letters", [0, 3, 40])
def test_what_was_kept_outlives_a_killed_program(tmp_path, letters):
    create_store(tmp_path, DEK).close()
    with subprocess.Popen(
        [sys.executable, "-c", TYPE_FOR_EVER, str(tmp_path), SITI.hex()], stdout=subprocess.PIPE, text=True
    ) as typing:
        assert typing.stdout is not None
        last = 0
        while (last := int(typing.stdout.readline())) < letters:
            pass
        os.kill(typing.pid, signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
        rest = [int(line) for line in typing.stdout.read().split() if line]
    kept_at_least = max([last, *rest[:-1]])  # the last line may have been cut off
    store = open_store(tmp_path, DEK)
    draft = load_draft(store, "daftar", SITI)
    assert draft is not None
    assert draft.body["letters"] >= kept_at_least
    assert draft.body["full_name"] == "Siti CONTOH"
    store.close()


def test_a_draft_is_encrypted_like_everything_else(tmp_path: Path):
    store = create_store(tmp_path, DEK)
    save_draft(store, "daftar", SITI, {"nik": "5301081154840002"})
    for path in tmp_path.iterdir():
        assert b"5301081154840002" not in path.read_bytes()
    assert json.loads(json.dumps(load_draft(store, "daftar", SITI).body)) == {"nik": "5301081154840002"}
    store.close()
