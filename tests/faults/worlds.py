"""A world in a folder: lives of laptop and centre one after another, each in a process that may be in
trouble, and what was told in them.

The process that holds a world opens no database and must have been started with `shim.environment()`.
"""

from __future__ import annotations

import contextlib
import os
import random
import selectors
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults import lives, power
from tests.faults.lives import CENTRE, LAPTOP, SOCKET, Told, forked
from tests.faults.shim import NOTHING, Trouble
from trainer_app.server.config import ServerConfig
from trainer_app.storage.feeds import heads

#: No life takes so long, however busy the machine.
DEADLINE_SECONDS = 240


@dataclass(slots=True)
class Plan:
    """What happens in a life: to `who`, at the `nth` of these `kinds` of calls, `act`."""

    who: str = LAPTOP
    kinds: int = 0
    nth: int = 0
    act: int = NOTHING
    #: The power goes with the kill: of what was not flushed nothing is left ("lost"), or any part ("torn").
    power: str = ""
    jumps: list[int] = field(default_factory=list)
    twice: bool = False
    again: bool = False


@dataclass(slots=True)
class Outcome:
    """What became of a life."""

    killed: bool = False
    full: bool = False
    stopped: int = 0
    #: Changes that were not safe when the power went.
    unsafe: int = 0
    calls: int = 0
    faults: list[str] = field(default_factory=list)


class World:
    """Made from a template that `template` made."""

    def __init__(self, folder: Path, template: Path, database: str = "") -> None:
        self.folder = folder
        shutil.copytree(template, folder)
        self.config = ServerConfig(folder / CENTRE, database)
        self.told = Told(replica=(folder / "replica").read_text())
        #: Operations that the centre had confirmed before the first life.
        self.confirmed_before = int((folder / "confirmed").read_text())
        self._centre: tuple[int, int] | None = None
        #: Done to the world where a centre stopped; gives how many changes were lost.
        self.paused: Callable[[], int] | None = None

    def close(self) -> None:
        """All that still lives is killed, and the folder goes."""
        self.stop_centre()
        shutil.rmtree(self.folder)

    def live(self, plan: Plan) -> Outcome:
        """One life of a laptop that registers and sends, with a centre that is started again when it dies."""
        outcome = Outcome()
        before = power.read_folder(self.folder / plan.who) if plan.power else {}
        journal = self.folder / "journal" if plan.power else None
        at_centre = plan.who == CENTRE
        if at_centre or self._centre is None:
            self.stop_centre()
            self._start_centre(plan if at_centre else None, journal, outcome, before)
        laptop = self._start_laptop(plan, None if at_centre else journal)
        self._until_it_ends(laptop, plan, outcome, before, journal)
        if plan.power and not at_centre and outcome.killed:
            self._power_goes(plan, before, journal, outcome)
        if at_centre:
            self.stop_centre()
        if journal is not None:
            journal.unlink(missing_ok=True)
        self._look(outcome)
        outcome.faults += self._asked(lambda tell: lives.look_at_laptop(self.folder, self.told, tell))
        return outcome

    def check(self) -> list[str]:
        """What is lost or wrong in the end."""
        self.stop_centre()
        return self._asked(lambda tell: lives.check_life(self.folder, self.config, self.told, tell))

    def _look(self, outcome: Outcome) -> None:
        """Whether the centre's database holds what was confirmed, before a centre opens it again."""
        outcome.faults += self._asked(lambda tell: lives.look(self.config, self.told, tell))

    def _asked(self, check: Callable[[lives.Tell], None]) -> list[str]:
        pid, pipe = forked(check)
        lines = _all(pipe)
        os.waitpid(pid, 0)
        if "checked" not in lines:
            lines.append("wrong the check did not end")
        return [line for line in lines if line != "checked"]

    def stop_centre(self) -> None:
        """The centre is killed while it has nothing to do."""
        if self._centre is not None:
            pid, pipe = self._centre
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            os.close(pipe)
            self._centre = None

    # ------------------------------------------------------------ processes
    def _arm(self, plan: Plan, journal: Path | None) -> Callable[[], None]:
        folder = self.folder / plan.who
        return lambda: Trouble().arm(folder, plan.kinds, plan.nth, plan.act, journal)

    def _start_laptop(self, plan: Plan, journal: Path | None) -> tuple[int, int]:
        carrier = lives.SocketCarrier(self.folder / SOCKET, twice=plan.twice, again=plan.again)
        before = self._arm(plan, journal) if plan.who == LAPTOP else None
        return forked(
            lambda tell: lives.laptop_life(self.folder, self.told, tell, carrier, plan.jumps), before
        )

    def _start_centre(
        self,
        plan: Plan | None,
        journal: Path | None,
        outcome: Outcome,
        disk: dict[str, bytes] | None = None,
    ) -> None:
        """Start it; one that dies before it is ready counts as killed, and the next is left alone."""
        before = self._arm(plan, journal) if plan else None
        path = self.folder / SOCKET
        self._centre = forked(lambda tell: lives.centre_life(self.config, path, tell), before)
        pid, pipe = self._centre
        with selectors.DefaultSelector() as waiting:
            waiting.register(pipe, selectors.EVENT_READ)
            text = b""
            while b"ready" not in text:
                self._maybe_paused(pid, outcome)
                if not waiting.select(0.02):
                    continue
                part = os.read(pipe, 65536)
                text += part
                if not part:
                    break
        self._hear(text.decode(), outcome)
        if b"ready" not in text:
            self._start_next_centre(plan, disk, journal, outcome)

    def _start_next_centre(
        self, plan: Plan | None, before: dict[str, bytes] | None, journal: Path | None, outcome: Outcome
    ) -> None:
        assert self._centre is not None
        pid, pipe = self._centre
        self._centre = None
        _pid, status = os.waitpid(pid, 0)
        os.close(pipe)
        if not os.WIFSIGNALED(status) or plan is None:
            outcome.faults.append("wrong the centre ended")
            return
        outcome.killed = True
        if plan.power and journal is not None:
            self._power_goes(plan, before or {}, journal, outcome)
        self._look(outcome)
        self._start_centre(None, None, outcome)

    def _power_goes(
        self, plan: Plan, before: dict[str, bytes], journal: Path | None, outcome: Outcome
    ) -> None:
        assert journal is not None
        chance = random.Random(plan.nth) if plan.power == "torn" else None  # noqa: S311 - must repeat
        written = journal.read_bytes() if journal.exists() else b""
        left, outcome.unsafe = power.after_cut(before, written, chance)
        power.put_folder(self.folder / plan.who, left)

    def _until_it_ends(
        self,
        laptop: tuple[int, int],
        plan: Plan,
        outcome: Outcome,
        before: dict[str, bytes],
        journal: Path | None,
    ) -> None:
        pid, pipe = laptop
        rest = ""
        ended = False
        until = time.monotonic() + DEADLINE_SECONDS
        with selectors.DefaultSelector() as waiting:
            waiting.register(pipe, selectors.EVENT_READ)
            watched = self._watch(waiting)
            while not ended:
                if time.monotonic() > until:
                    os.kill(pid, signal.SIGKILL)
                    outcome.faults.append("wrong the life did not end")
                    break
                if self._centre is not None:
                    self._maybe_paused(self._centre[0], outcome)
                for key, _events in waiting.select(0.05):
                    part = os.read(key.fd, 65536)
                    if key.fd == pipe:
                        ended = not part
                        rest = self._hear(rest + part.decode(), outcome)
                    elif part:
                        self._hear(part.decode(), outcome)
                    else:
                        waiting.unregister(watched)
                        self._start_next_centre(plan, before, journal, outcome)
                        watched = self._watch(waiting)
        _pid, status = os.waitpid(pid, 0)
        os.close(pipe)
        if os.WIFSIGNALED(status):
            outcome.killed = True

    def _watch(self, waiting: selectors.DefaultSelector) -> int:
        if self._centre is None:
            return -1
        waiting.register(self._centre[1], selectors.EVENT_READ)
        return self._centre[1]

    def _maybe_paused(self, pid: int, outcome: Outcome) -> None:
        """A centre that stopped at its n-th call: do to the world what is to be done, and let it go on."""
        if self.paused is None:
            return
        # one that was killed just now is no error here: its pipe tells it
        found = os.waitid(os.P_PID, pid, os.WSTOPPED | os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if found is not None and found.si_code == os.CLD_STOPPED:
            os.waitid(os.P_PID, pid, os.WSTOPPED | os.WNOHANG)
            outcome.unsafe += self.paused()
            outcome.stopped += 1
            self._look(outcome)
            os.kill(pid, signal.SIGCONT)

    def _hear(self, text: str, outcome: Outcome) -> str:
        """Take what was said; gives the beginning of a line that is not whole yet."""
        *lines, rest = text.split("\n")
        for line in lines:
            words = line.split(" ")
            self.told.hear(words)
            if words[0] in ("lost", "wrong", "doubled"):
                outcome.faults.append(line)
            outcome.full = outcome.full or words[0] == "full"
            if words[0] == "calls":
                outcome.calls = max(outcome.calls, int(words[1]))
        return rest


def _all(pipe: int) -> list[str]:
    with os.fdopen(pipe) as said:
        return said.read().splitlines()


@cache
def rehearse() -> None:
    """Do all of it once, so that everything is loaded before the first life begins: that takes longer than
    the life.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        config = ServerConfig(folder / CENTRE)
        lives.found_world(folder, config)
        lives.check_life(folder, config, Told(), lambda *_words: None)


def template(folder: Path, database: str = "") -> None:
    """Make a world to copy."""
    folder.mkdir()
    config = ServerConfig(folder / CENTRE, database)

    rehearse()

    def make(tell: lives.Tell) -> None:
        lives.found_world(folder, config)
        store = lives.open_store(folder / LAPTOP, lives.KEY)
        (folder / "replica").write_text(store.replica.hex())
        own = [head.centre_seq for head in heads(store) if head.replica == store.replica]
        (folder / "confirmed").write_text(str(sum(own)))
        store.close()
        tell("made")

    pid, pipe = forked(make)
    lines = _all(pipe)
    os.waitpid(pid, 0)
    if lines != ["made"]:
        raise AssertionError(lines)
