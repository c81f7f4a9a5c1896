"""What is served, and how much of it a client may ask for."""

import os
from dataclasses import dataclass
from pathlib import Path

from kgtools.model import Project


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a server; times in seconds, `memory_mb` beside what the workers share."""

    workers: int = 2 * (os.cpu_count() or 1)
    seconds: float = 30.0  # for one query
    memory_mb: int = 1024  # for one query
    rows: int = 1_000_000
    megabytes: int = 64  # of an answer, before it is packed
    patience: float = 10.0  # how long a query waits for a worker
    waiting: int = 1024  # queries that wait for a worker, of all clients
    waiting_of_client: int = 256
    slow_after: float = 0.5  # when a query makes room for others
    slow: int = 2  # such queries at once
    slow_of_client: int = 1
    datasets: int = 4  # views and scopes that are held in memory
    receiving: float = 10.0  # for a request to arrive whole
    sending: float = 30.0  # in which a client must take something of what is sent
    connections: int = 1024
    unsent_mb: int = 512  # of answers that clients have not taken yet
    unsent_mb_of_client: int = 128
    stopping: float = 3.0  # for what still runs when the server is told to stop
    remembered_mb: int = 64  # of answers that are kept


@dataclass(frozen=True, slots=True)
class Served:
    """The snapshot in a folder, the project that it was built from, and the folder of its site if there is one."""

    project: Project
    snapshot: Path
    site: Path | None
    limits: Limits
