"""`kg serve`: answer SPARQL over HTTP until it is stopped."""

import os
import sys
from argparse import Namespace
from dataclasses import replace

from kgtools.cli.opening import out_of, project_of, snapshot_of
from kgtools.errors import UsageError


def serve(arguments: Namespace) -> int:
    """Serve the snapshot; returns when the server is told to stop."""
    if not hasattr(os, "fork"):
        raise UsageError("kg serve needs a system whose processes can fork, such as Linux or macOS")
    try:
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError:
        raise UsageError(
            "kg serve needs a few packages more; install them with pip install 'sahel-kg[serve]'"
        ) from None
    from kgtools.serve import Limits, Served, run
    from kgtools.site import SITE

    _check(arguments)
    limits = Limits(seconds=arguments.timeout, memory_mb=arguments.memory, rows=arguments.rows)
    if arguments.workers is not None:
        limits = replace(limits, workers=arguments.workers)
    site = out_of(arguments) / SITE
    return run(
        Served(project_of(arguments), snapshot_of(arguments), site if site.is_dir() else None, limits),
        arguments.host,
        arguments.port,
        lambda url: print(f"{url}sparql answers; {url} shows pages; Ctrl-C stops", file=sys.stderr, flush=True),
    )


def _check(arguments: Namespace) -> None:
    if not 0 <= arguments.port <= 65535:
        raise UsageError(f"--port {arguments.port} is no port; write one from 1 to 65535, or 0 for a free one")
    for name in ("timeout", "memory", "rows", "workers"):
        value = getattr(arguments, name)
        if value is not None and not value > 0:
            raise UsageError(f"--{name} {value:g} lets nothing through; write a number above 0")
