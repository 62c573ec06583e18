"""What the commands of an installed program have to say, the same on every system."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from resources.packaging import screen
from resources.packaging.building import NO_DATA, say
from resources.packaging.failures import BuildFailed
from trainer_app.__main__ import COMMANDS
from trainer_app.commands.demo_village import SUPERVISOR, SUPERVISOR_PIN
from trainer_app.commands.laptop import PIN_VARIABLE
from trainer_app.sync.discovery import look_around

#: The lines of a hub that listens.
LISTENS = re.compile(r"Menerima di (127\.0\.0\.1:\d+).*^Kode: \d{6}\s", re.DOTALL | re.MULTILINE)
STARTING_SECONDS = 60.0
LOOKING_SECONDS = 30.0
ENDING_SECONDS = 30.0
HERE = "127.0.0.1"

#: Runs one command to its end and returns what it said; raises `BuildFailed` when it refuses.
Ask = Callable[..., str]
Rows = list[tuple[str, str]]


def try_all(ask: Ask) -> Rows:
    """Version, help of each command (which loads what it is made of), doctor, and a day of the demo."""
    version = ask("--version").strip()
    for name in COMMANDS:
        if f"trainer-app {name}" not in (told := ask(name, "--help")):
            raise BuildFailed(f"{name} --help does not say how to call it:\n{told}")
    doctor = ask("doctor")
    if NO_DATA not in doctor:
        raise BuildFailed(f"the doctor did not say that there is no data yet:\n{doctor}")
    say("a day in the sample village")
    demo = ask("demo", "--headless")
    return [
        ("version", version),
        ("help", f"of {len(COMMANDS)} commands"),
        ("doctor", doctor.strip().splitlines()[-1]),
        ("demo", demo.strip().splitlines()[-1]),
    ]


def hub_command(laptop: str) -> list[str]:
    """How a supervisor of the sample village takes in from others, here only and on any port."""
    return ["hub", "--data", laptop, "--user", SUPERVISOR, "--host", HERE, "--port", "0"]


#: What the hub reads from its environment.
HUB_ENVIRONMENT = {PIN_VARIABLE: SUPERVISOR_PIN, "LANGUAGE": "id"}


def try_hub(command: Sequence[str | Path], environment: Mapping[str, str]) -> Rows:
    """Starts a hub with the sample data and looks for it as a trainer's laptop would.

    Raises `BuildFailed` when it does not listen, or says nothing of itself on the network.
    """
    say("taking in over Wi-Fi")
    with _listening(command, environment) as address:
        found = look_around(LOOKING_SECONDS, [HERE], lambda hubs: any(hub.address == address for hub in hubs))
    if all(hub.address != address for hub in found):
        raise BuildFailed(f"the hub listens at {address}, but cannot be found on the network")
    return [("hub", "listens and is found by itself")]


@contextlib.contextmanager
def _listening(command: Sequence[str | Path], environment: Mapping[str, str]) -> Iterator[str]:
    """The address of a running hub; ended afterwards."""
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0
    )
    assert process.stdout is not None  # noqa: S101 (said by PIPE above)
    os.set_blocking(process.stdout.fileno(), False)
    told = ""

    def listens() -> bool:
        nonlocal told
        told += ((process.stdout and process.stdout.read()) or b"").decode(errors="replace")
        if process.poll() is not None:
            raise BuildFailed(f"the hub ended with {process.returncode}:\n{told}")
        return LISTENS.search(told) is not None

    try:
        screen.wait_for("a hub that listens", listens, STARTING_SECONDS)
        yield LISTENS.findall(told)[0]
    finally:
        process.terminate()
        process.wait(ENDING_SECONDS)
        process.stdout.close()
