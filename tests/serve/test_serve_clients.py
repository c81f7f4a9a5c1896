"""Clients that are slow, silent, gone, or speak something else; and the ends of the server's processes."""

import contextlib
import os
import select
import signal
import socket
import threading
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psutil
import pytest
from servers import Running, eventually, query_line, received, serving, with_limits

from kgtools.build import Built, build
from kgtools.model import Project

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 60000"
HEALTH = b"GET /health HTTP/1.1\r\nHost: here\r\n"
POST = b"POST /sparql HTTP/1.1\r\nHost: here\r\nContent-Type: application/sparql-query\r\n"


@pytest.fixture(scope="module")
def server(world: Built, world_project: Project) -> Iterator[Running]:
    """The invented world, served with little patience."""
    code = with_limits(seconds=20.0, receiving=1.0, sending=1.0, slow_of_client=4, slow=8)
    with serving(world.folder.parent, graph=world_project.graph, code=code) as running:
        assert running.lives()
        yield running


def status(response: bytes) -> int:
    return int(response.split(b" ", 2)[1]) if response else 0


def workers(server: Running) -> set[int]:
    """The processes that run queries: those that the nursery has made."""
    return {one.pid for one in server.processes() if one.ppid() != server.process.pid}


def nursery(server: Running) -> int:
    """The process that makes workers, which is made anew when a query comes after it was lost."""
    fresh = count()

    def found() -> list[int]:
        assert server.ask(f"SELECT ({next(fresh)} AS ?fresh) {{}}").status_code == 200
        return [one.pid for one in server.processes() if "nursery.py" in " ".join(one.cmdline())]

    assert eventually(lambda: len(found()) > 0)
    return found()[0]


def drop_by_drop(connection: socket.socket, data: bytes, pause: float) -> None:
    with contextlib.suppress(OSError):
        for start in range(len(data)):
            connection.sendall(data[start : start + 1])
            time.sleep(pause)


def test_a_head_that_comes_byte_by_byte_is_not_waited_for(server: Running):
    with server.connected() as connection:
        began = time.monotonic()
        threading.Thread(target=drop_by_drop, args=(connection, HEALTH * 9, 0.1), daemon=True).start()
        assert received(connection) == b""
        assert time.monotonic() - began < 5
    assert server.lives()


def test_a_connection_on_which_nothing_comes_is_closed(server: Running):
    assert server.raw(b"") == b""


@pytest.mark.parametrize("head", [b"Content-Length: 99\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n63\r\n"])
def test_a_body_that_does_not_come_is_answered_with_408(server: Running, head: bytes):
    with server.connected() as connection:
        connection.sendall(POST + head + b"ASK {")
        assert status(connection.recv(9999)) == 408


def test_an_answer_that_nobody_takes_is_let_go(server: Running):
    before = psutil.Process(server.process.pid).memory_info().rss
    with contextlib.ExitStack() as stack:
        stuck = [stack.enter_context(server.connected()) for _ in range(4)]
        for connection in stuck:
            connection.sendall(query_line(LARGE) + b"\r\n")
        for connection in stuck:
            assert select.select([connection], [], [], 20)[0]
        assert server.lives()
        time.sleep(2.5)
        for connection in stuck:
            assert len(received(connection)) < 12_000_000  # what the kernel holds, and then the end
    assert eventually(lambda: psutil.Process(server.process.pid).memory_info().rss < before + (96 << 20))


def test_an_answer_that_is_taken_slowly_arrives_whole(server: Running):
    """It takes longer than a client may leave an answer untaken."""
    with server.connected() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        connection.sendall(query_line(LARGE) + b"Accept: text/csv\r\nConnection: close\r\n\r\n")
        began, head, size = time.monotonic(), b"", 0
        while part := connection.recv(1 << 18):
            head, size = head or part, size + len(part)
            time.sleep(3 * len(part) / (1 << 24))  # some 5 MB a second
        assert time.monotonic() - began > 2
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    assert size == length + head.index(b"\r\n\r\n") + 4


def test_five_hundred_half_open_connections_do_not_keep_others_out(server: Running):
    with contextlib.ExitStack() as stack:
        for number in range(500):
            stack.enter_context(server.connected(f"127.0.0.{2 + number % 50}")).sendall(HEALTH[: number % 30])
        assert server.lives()
    assert server.lives()


def test_the_query_of_a_client_who_has_gone_ends_within_a_second(server: Running):
    assert server.lives()
    before = workers(server)
    busy = [server.connected() for _ in range(3)]
    for number, connection in enumerate(busy):
        connection.sendall(query_line(ENDLESS + f"#{number}") + b"\r\n")
    assert eventually(lambda: len(workers(server)) >= 3)
    time.sleep(0.7)  # until they count as slow
    running = workers(server)
    for connection in busy:
        connection.close()
    assert eventually(lambda: len(workers(server) & running) <= len(before), 1.5)
    assert server.lives()


def test_clients_that_come_and_go_at_once_confuse_no_one(server: Running):
    """A worker that is made for somebody who has gone is not taken for the answer to somebody else."""
    for number in range(60):
        with server.connected() as connection:
            connection.sendall(query_line(f"{ENDLESS} #{number}") + b"\r\n")
            time.sleep(0.001 * (number % 7))
    for number in range(40):
        assert server.ask(f"SELECT ({number} AS ?n) {{}}").json()["results"]["bindings"][0]["n"]["value"] == str(number)
    assert eventually(lambda: len(workers(server)) <= 4)


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(200)),  # the hello of TLS
        b"GET /health\r\n\r\n",  # HTTP/0.9
        b"GET /health HTTP/9.9\r\n\r\n",
        b"\0" * 5000,
        b"\r\n" * 3 + b"hello\r\n\r\n",
        HEALTH + b"\r\n" + b"garbage that is piped behind it\r\n\r\n",
        POST + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n",
        POST + b"Content-Length: 6\r\nContent-Length: 60\r\n\r\nASK {}",
        POST + b"Content-Length: -6\r\n\r\nASK {}",
        POST + b"Content-Length: 99999999999999999999999\r\n\r\nASK {}",
        POST + b"Transfer-Encoding: chunked, identity\r\n\r\n6\r\nASK {}\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nASK {}",
        POST + b"Transfer-Encoding : chunked\r\n\r\n6\r\nASK {}\r\n0\r\n\r\n",
        HEALTH + b"X: " + b"y" * 300_000 + b"\r\n\r\n",
        b"GET /" + b"x" * 300_000 + b" HTTP/1.1\r\nHost: here\r\n\r\n",
        HEALTH + b"".join(b"X-%d: y\r\n" % number for number in range(20_000)) + b"\r\n",
        HEALTH + b"Upgrade: h2c\r\nConnection: upgrade\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:22\r\n\r\n",
        b"GET http://127.0.0.1:22/ HTTP/1.1\r\nHost: 127.0.0.1:22\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused_or_cut_off(server: Running, data: bytes):
    response = server.raw(data)
    assert b"Traceback" not in response
    assert status(response) in (0, 200, 400, 404, 405, 413, 431)
    assert response.count(b"HTTP/1.1 200") <= 1
    assert server.lives()


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n",
        b"Content-Length: 6\r\nContent-Length: 6000\r\n\r\n",
    ],
)
def test_a_request_of_two_lengths_does_not_smuggle_another(server: Running, head: bytes):
    hidden = b"0\r\n\r\n" + HEALTH + b"\r\n"
    assert b'"status"' not in server.raw(POST + head + hidden)


def test_a_worker_that_is_killed_is_replaced(server: Running):
    assert server.lives()
    for pid in workers(server):
        os.kill(pid, signal.SIGKILL)
    time.sleep(0.1)
    assert server.ask("SELECT (1 AS ?x) {}").status_code == 200


def test_a_nursery_that_is_killed_is_replaced(server: Running):
    """Also where workers of the one before are still there, and end later."""
    for number in range(3):
        os.kill(nursery(server), signal.SIGKILL)
        assert server.ask(f"SELECT ({number} AS ?x) {{}}").status_code == 200
        for pid in workers(server):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    time.sleep(0.1)
    assert server.ask("SELECT (9 AS ?x) {}").status_code == 200


@pytest.fixture
def own(world_project: Project, tmp_path: Path) -> Iterator[Running]:
    """A server of a snapshot that a test may spoil."""
    build(world_project, tmp_path)
    with serving(tmp_path, graph=world_project.graph) as running:
        assert running.lives()
        yield running


def gone(pids: set[int]) -> bool:
    return not any(psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie" for pid in pids)


def test_sigterm_ends_it_in_the_midst_of_a_query(own: Running):
    with own.connected() as connection:
        connection.sendall(query_line(ENDLESS) + b"\r\n")
        assert eventually(lambda: len(workers(own)) > 0)
        pids = {one.pid for one in own.processes()}
        own.process.send_signal(signal.SIGTERM)
        assert status(received(connection)) == 503
    assert own.process.wait(10) in (0, -signal.SIGTERM)
    assert eventually(lambda: gone(pids))


def test_sigkill_of_the_server_ends_what_it_started(own: Running):
    with own.connected() as connection:
        connection.sendall(query_line(ENDLESS) + b"\r\n")
        own.client.get("/id/actor/x", headers={"Accept": "text/turtle"})  # so that the maker of pages is there
        assert eventually(lambda: len(workers(own)) > 0)
        pids = {one.pid for one in own.processes()}
        own.process.kill()
        assert eventually(lambda: gone(pids))


def test_a_rebuild_while_it_serves_changes_no_answer(own: Running, world_project: Project):
    """It answers from what it has loaded; where that is lost, it says in a sentence what has happened."""
    question = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    before = own.ask(question).json()
    folder = Path(str(own.process.args[own.process.args.index("--build") + 1])) / "snapshot"  # type: ignore[index,union-attr]
    (folder / "claims.nq").write_bytes((folder / "claims.nq").read_bytes()[:-200])
    assert own.ask(question + " #again").json() == before
    os.kill(nursery(own), signal.SIGKILL)
    for pid in workers(own):
        os.kill(pid, signal.SIGKILL)
    time.sleep(0.2)
    lost = [own.ask(question + f" #{number}") for number in range(3)][-1]
    assert lost.status_code == 503
    assert "run kg build" in lost.text
    assert "\n" not in lost.text.rstrip("\n")
    build(world_project, folder.parent)
    assert own.ask(question + " #mended").json() == before
