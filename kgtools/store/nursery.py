"""The process that loads a dataset once and makes workers, which share its memory and start in milliseconds.

It is run by its path, with the number of a socket that it inherits. The first line there says what to load. Then each
`f`, which comes with a socket for the new worker, is answered by the worker's process id, and each `w` and a line with
a process id by the exit code of that worker. It ends with the socket.
"""

import gc
import json
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pyoxigraph as ox

if TYPE_CHECKING:
    from kgtools.store import worker
else:
    sys.path.insert(0, str(Path(__file__).parent))
    import worker  # which lies beside this file; neither imports the package


def main() -> None:
    """Load, then make workers until the socket is closed."""
    control = socket.socket(fileno=int(sys.argv[1]))
    lines = control.makefile("rb")
    request, store = json.loads(lines.readline()), ox.Store()
    try:
        worker.load(store, {"files": request["files"]})
        worker.load_graphs(store, {"graphs": request["files"]})
    except (ValueError, OSError) as error:
        control.sendall(json.dumps({"error": str(error)}).encode() + b"\n")
        return
    gc.collect()
    gc.freeze()  # else the first collection in each worker would copy what they share
    control.sendall(b'{"loaded":true}\n')
    while True:
        word, sockets, _, _ = socket.recv_fds(control, 1, 1)
        if not word:
            return
        if word == b"f":
            pid = os.fork()
            if not pid:
                control.close()
                _be_worker(store, sockets[0], request["memory_mb"])
            os.close(sockets[0])
            control.sendall(f"{pid}\n".encode())
        elif word == b"w":
            _, status = os.waitpid(int(_line(control)), 0)
            control.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())


def _be_worker(store: ox.Store, number: int, memory_mb: int) -> NoReturn:
    worker.limit_memory(memory_mb, _held())
    own = socket.socket(fileno=number)
    worker.serve(store, own.makefile("rb"), own.makefile("wb"))


def _held() -> int:
    """The address space that the process takes, with the stack of the thread that it will start."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:  # only Linux has that file, and only there is the limit kept
        return 1 << 40
    return pages * os.sysconf("SC_PAGE_SIZE") + worker.STACK_BYTES


def _line(control: socket.socket) -> bytes:
    found = b""
    while not found.endswith(b"\n"):
        part = control.recv(1)
        if not part:
            return b"0"
        found += part
    return found


if __name__ == "__main__":
    main()
