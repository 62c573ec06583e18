"""A hub in a process of its own, over a store of the small world, so that it can be killed."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from tests.sync.world import KEY
from trainer_app.server.hub import Hub
from trainer_app.storage.database import open_sqlite
from trainer_app.storage.store import Store


def main() -> None:
    """Serves until killed; the first line is the port."""
    hub = Hub(Store(open_sqlite(Path(sys.argv[1]), KEY)), host="127.0.0.1", port=0)
    hub.start()
    sys.stdout.write(f"{hub.port}\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    main()
