"""Runs one history in a world of its own to its end: all steps, then everybody sends until none has news."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from tests.simulation.deeds import perform, send
from tests.simulation.disk import Stop
from tests.simulation.invariants import check_all, check_end, check_step
from tests.simulation.steps import History, Step
from tests.simulation.world import Broken, World
from trainer_app.records.problem import CarrierProblem
from trainer_app.storage import branching, snapshots
from trainer_app.storage.digest import content_digest
from trainer_app.sync import answer, messages, patience
from trainer_app.sync.progress import ExchangeResult

#: Every so many steps all logs are folded again.
THOROUGH_EVERY = 6
#: So often everybody sends at the end; a chain of news over a hub and back is shorter.
MOST_PASSES = 12
#: In a small world few bytes go at once, so that even a registration comes in pieces.
_SMALL = {
    (answer, "MIN_ANSWER_BYTES"): 120,
    (patience, "FIRST_BUDGET"): 300,
    (patience, "LEAST_BUDGET"): 150,
    (patience, "MOST_BUDGET"): 900,
    (messages, "PROMISED_BYTES"): 60,
    (messages, "PROMISED_WITH_CARE_BYTES"): 30,
    (snapshots, "WORTH_BYTES"): 400,
    (snapshots, "TAIL_BYTES"): 300,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a history. `why` is empty when every invariant held; `at` is the step, -1 the end."""

    history: History
    why: str
    at: int
    steps: int
    operations: int
    trace: str

    @property
    def code(self) -> str:
        """The number of the invariant, or the name of the fault: what stays when a history gets shorter."""
        return self.why.partition(":")[0]


def run(history: History, postgres: str = "") -> Verdict:
    """Run a history, the centre on SQLite or on an empty PostgreSQL database at this address. Whatever goes
    wrong is in the verdict.
    """
    with ExitStack() as stack:
        folder = _folder()
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stack.enter_context(_quiet_log())
        if history.small:
            for (module, name), value in _SMALL.items():
                stack.enter_context(mock.patch.object(module, name, value))
        world = World(folder, history, postgres)
        stack.callback(lambda: world.close())
        stack.enter_context(mock.patch.object(branching, "new_identity", world.new_identity))
        return _run(world, history)


def _run(world: World, history: History) -> Verdict:
    at = 0
    why = ""
    try:
        for at, step in enumerate(history.steps):
            perform(world, step)
            if at % THOROUGH_EVERY:
                check_step(world, {step.who % len(world.laptops), step.row % len(world.laptops)})
            else:
                check_all(world)
        at = -1
        settle(world)
        check_all(world)
        check_end(world)
        world.note(content_digest(world.centre.store))
    except Broken as fault:
        why = str(fault)
    except (Exception, Stop) as fault:  # whatever the program raises where it should not is a finding
        why = f"{type(fault).__name__}: {_place(fault)} {getattr(fault, 'code', '')} {fault}"
    return Verdict(history, why, at, len(history.steps), len(world.ledger), world.trace.hexdigest())


def _place(fault: BaseException) -> str:
    trace = fault.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""


def settle(world: World) -> None:
    """Nothing fails any more; everybody sends until nobody has news."""
    world.mail.deliver()
    world.copies_are_noticed()
    for _ in range(MOST_PASSES):
        world.time.now += 60_000
        if not any([_settled(world, i) for i in range(len(world.laptops))]):
            return
    raise Broken("2: it never comes to rest")


def _settled(world: World, index: int) -> bool:
    """Whether a laptop still had news."""
    laptop = world.laptops[index]
    try:
        result: ExchangeResult = send(world, laptop, [])
    except CarrierProblem as problem:
        if problem.code == "feed.fork":
            return True
        if problem.code != "device.unknown":
            raise
        # a restored centre that nobody else could tell of this laptop: it joins again with a code
        world.branched.add(laptop.store.replica)
        world.rejoin(laptop)
        return True
    if laptop.revoked:  # unless the centre forgot that it is
        return result.sent_operations > 0
    return result.rounds > 1 or result.sent_operations > 0 or result.received_operations > 0


def _folder() -> Path:
    """A folder in memory where there is one: the disks are simulated, and forcing them would cost most."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
    return Path(tempfile.mkdtemp(prefix="trainer-world-", dir=memory if memory.is_dir() else None))


@contextmanager
def _quiet_log() -> Iterator[None]:
    """What the program logs of poison and forks is part of the game; a segment that could not be merged is
    not.
    """
    quiet = [logging.getLogger(f"trainer_app.{name}") for name in ("storage", "sync")]
    before = [one.propagate for one in quiet]
    watch = _Watch()
    for one in quiet:
        one.propagate = False
        one.addHandler(watch)
    try:
        yield
    finally:
        for one, told in zip(quiet, before, strict=True):
            one.propagate = told
            one.removeHandler(watch)


class _Watch(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        if "could not be merged" in record.getMessage():
            raise Broken(f"9: {record.getMessage()}")


def only(history: History, steps: list[Step]) -> Verdict:
    """Run a history with some of its steps."""
    return run(history.with_steps(steps))
