import http.client
import json
import socket
import threading
from base64 import b64encode
from contextlib import closing, contextmanager

import pytest

from mock_daw.reaper.actions import Actions
from mock_daw.reaper.web import WebInterface
from mock_daw.reaper.web_server import Limits, WebServer
from tests.unit.mock_daw.reaper.desks import live_with

LIMIT_S = 10.0


@contextmanager
def serving(answer=lambda path: f"{path}\n", **options):
    server = WebServer(("127.0.0.1", 0), answer, **options)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def client(server):
    return closing(http.client.HTTPConnection(*server.address, timeout=LIMIT_S))


def wire(server):
    return closing(socket.create_connection(server.address, timeout=LIMIT_S))


def got(connection, path, **headers):
    connection.request("GET", path, headers=headers)
    answered = connection.getresponse()
    return answered, answered.read()


def rest(sock):
    chunks = []
    while chunk := sock.recv(4096):
        chunks.append(chunk)
    return b"".join(chunks)


def test_many_requests_go_over_one_connection():
    asked = []

    def answer(path):
        asked.append(path)
        return f"NTRACK\t{len(asked)}\n"

    with serving(answer) as server, client(server) as connection:
        connection.connect()
        first = connection.sock
        for n in range(1, 51):
            answered, body = got(connection, f"/_/NTRACK;{n}")
            assert (answered.status, body) == (200, f"NTRACK\t{n}\n".encode())
        assert connection.sock is first
    assert asked == [f"NTRACK;{n}" for n in range(1, 51)]


def test_answers_carry_reapers_headers():
    with serving() as server, client(server) as connection:
        answered, _ = got(connection, "/_/TRANSPORT")
    assert answered.getheaders() == [
        ("Server", "reaper_csurf_www/0.1"),
        ("Content-Type", "text/plain"),
        ("Cache-Control", "no-cache, must-revalidate"),
        ("Expires", "Sat, 26 Jul 1997 05:00:00 GMT"),
        ("Content-length", "10"),
        ("Connection", "keep-alive"),
    ]


def test_paths_and_answers_may_hold_anything():
    with serving() as server, wire(server) as sock:
        sock.sendall("GET /_/SET/P_NAME/é a HTTP/1.0\r\n\r\n".encode())
        assert rest(sock).endswith("\r\n\r\nSET/P_NAME/é a\n".encode())
    with serving() as server, wire(server) as sock:
        sock.sendall(b"GET /_/\xff HTTP/1.0\r\n\r\n")
        assert rest(sock).endswith(b"\r\n\r\n?\n")


def test_requests_may_come_in_pieces_or_several_at_once():
    with serving() as server, wire(server) as sock:
        for byte in b"GET /_/a HTTP/1.1\r\n\r\n":
            sock.sendall(bytes([byte]))
        sock.sendall(b"GET /_/b HTTP/1.1\r\n\r\nGET /_/c HTTP/1.0\r\n\r\n")
        answered = rest(sock)
    assert [part.rpartition(b"\r\n\r\n")[2][:1] for part in answered.split(b"\n" + b"HTTP")] == [b"a", b"b", b"c"]


def test_everything_else_is_not_there_but_a_page_that_says_what_this_is():
    with serving() as server, client(server) as connection:
        assert got(connection, "/index.html")[0].status == 404
        assert got(connection, "/_")[0].status == 404
        answered, page = got(connection, "/")
        assert (answered.status, answered.headers["Content-Type"]) == (200, "text/html")
        assert b"mock" in page


def test_only_the_right_user_gets_an_answer():
    asked = []
    right = "Basic " + b64encode(b"me:secret").decode()
    with serving(lambda path: asked.append(path) or "ok", credentials=("me", "secret")) as server:
        with client(server) as connection:
            refused, _ = got(connection, "/_/40029")
            assert (refused.status, refused.headers["WWW-Authenticate"]) == (401, 'Basic realm="reaper_www"')
            assert got(connection, "/_/40029", Authorization=right)[1] == b"ok"
        assert asked == ["40029"]


@pytest.mark.parametrize(
    "garbage", [b"\x16\x03\x01\x02\x00\x01\n", b"POST /_/40029 HTTP/1.1\r\n\r\n", b"\0" * 100_000, b"\n"]
)
def test_garbage_ends_its_connection_and_no_other(garbage):
    with serving() as server, client(server) as connection:
        assert got(connection, "/_/a")[1] == b"a\n"
        with wire(server) as sock:
            try:
                sock.sendall(garbage)
                assert rest(sock) == b""
            except ConnectionError:
                pass  # the server may close while garbage is still on its way
        assert got(connection, "/_/b")[1] == b"b\n"


def test_a_request_that_takes_too_long_is_closed():
    with serving(limits=Limits(request_s=0.1)) as server, wire(server) as sock:
        sock.sendall(b"GET /_/a HT")
        assert rest(sock) == b""


def test_a_request_that_trickles_in_is_closed_too():
    seconds = iter([0.0, 1.0, 1000.0])
    with serving(limits=Limits(request_s=5.0), now=lambda: next(seconds)) as server, wire(server) as sock:
        sock.sendall(b"G")
        assert rest(sock) == b""


def test_there_is_an_end_to_connections_at_once():
    with serving(limits=Limits(connections=2)) as server, client(server) as first, client(server) as second:
        assert got(first, "/_/a")[1] == b"a\n"
        assert got(second, "/_/b")[1] == b"b\n"
        with wire(server) as third:
            assert rest(third) == b""
        assert got(first, "/_/c")[1] == b"c\n"


def test_a_slow_answer_holds_its_own_connection_only():
    going, asked = threading.Event(), threading.Event()

    def answer(path):
        if path == "slow":
            asked.set()
            assert going.wait(LIMIT_S)
        return path

    with serving(answer, limits=Limits(request_s=0.2)) as server, wire(server) as slow, client(server) as connection:
        slow.sendall(b"GET /_/slow HTTP/1.0\r\n\r\n")
        assert asked.wait(LIMIT_S)
        assert got(connection, "/_/fast")[1] == b"fast"
        going.set()
        assert rest(slow).endswith(b"slow")


@pytest.mark.parametrize("failure", [TimeoutError, ConnectionError])
def test_a_daw_that_is_gone_closes_the_connection_without_an_answer(failure):
    def answer(path):
        raise failure(path)

    with serving(answer) as server, wire(server) as sock:
        sock.sendall(b"GET /_/NTRACK HTTP/1.1\r\n\r\n")
        assert rest(sock) == b""


def test_a_client_that_leaves_before_the_answer_does_no_harm():
    going = threading.Event()
    with serving(lambda path: str(going.wait(LIMIT_S))) as server:
        with wire(server) as sock:
            sock.sendall(b"GET /_/NTRACK HTTP/1.1\r\n\r\n")
        going.set()
        with client(server) as connection:
            assert got(connection, "/_/NTRACK")[1] == b"True"


def test_stopping_closes_all_and_frees_the_port():
    with serving() as server, client(server) as connection:
        got(connection, "/_/a")
        address = server.address
        server.stop()
        server.stop()
        with pytest.raises((ConnectionError, http.client.HTTPException)):
            got(connection, "/_/b")
        again = WebServer(address, lambda path: "again")
        again.start()
        with client(again) as later:
            assert got(later, "/_/c")[1] == b"again"
        again.stop()


def test_the_address_is_known_from_the_start():
    server = WebServer(("127.0.0.1", 0), lambda path: path)
    assert server.address == ("127.0.0.1", 0)
    server.start()
    assert server.address[1] > 0
    server.stop()


def test_a_port_that_is_taken_is_an_error_at_the_start():
    with serving() as server, pytest.raises(OSError, match="use"):
        WebServer(server.address, lambda path: path).start()


def test_the_requests_of_reapys_client_are_answered():
    # The sequence of reapy 0.10.0, tools/network/web_interface.py, with its way of reading: a new connection each time.
    live = live_with()
    actions = Actions(live)
    live.ext_state["reapy", "activate_reapy_server"] = '"_RS1"'
    actions.register("_RS1", lambda: live.ext_state.update({("reapy", "server_port"): "2306"}))

    with serving(WebInterface(live, actions).answer) as server:

        def asked(path):
            with client(server) as connection:
                answered, body = got(connection, f"/_/{path}")
                assert answered.status == 200
                return body.decode()

        def ext_state(key):
            return asked(f"GET/EXTSTATE/reapy/{key}").split("\t")[-1][:-1]

        assert ext_state("server_port") == ""
        assert asked(json.loads(ext_state("activate_reapy_server"))) == ""
        assert json.loads(ext_state("server_port")) == 2306
