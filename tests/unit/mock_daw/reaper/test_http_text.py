from base64 import b64encode

import pytest

from mock_daw.reaper.http_text import LONGEST_HEAD, MalformedRequest, allowed, read_request, response

GET = b"GET /_/TRANSPORT HTTP/1.1\r\nHost: here\r\n\r\n"


def read(head):
    request, rest = read_request(head)
    assert rest == b""
    return request


def test_a_request_is_read_when_it_is_complete():
    for length in range(len(GET)):
        assert read_request(GET[:length]) is None
    request, rest = read_request(GET + b"GET /next")
    assert (request.path, request.keep_alive, rest) == (b"/_/TRANSPORT", True, b"GET /next")
    assert request.headers == {"host": b"here"}


@pytest.mark.parametrize(
    ("line", "path"),
    [
        (b"GET /_/SET/TRACK/1/P_NAME/a b HTTP/1.1", b"/_/SET/TRACK/1/P_NAME/a b"),
        (b"GET /_/TRACK?now=1 HTTP/1.1", b"/_/TRACK"),
        (b"GET    / HTTP/1.1", b"/"),
        (b"GET /a\0b HTTP/1.1", b"/a"),
    ],
)
def test_the_path_runs_to_the_last_space_or_a_question_mark(line, path):
    assert read(line + b"\r\n\r\n").path == path


@pytest.mark.parametrize(
    ("head", "keep_alive"),
    [
        (b"GET / HTTP/1.1\n\n", True),
        (b"GET / HTTP/1.0\r\n\r\n", False),
        (b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", False),
        (b"GET / HTTP/1.1\r\ncONNECTION:  Close\r\n\r\n", False),
        (b"GET / HTTP/1.1\r\nConnection: keep-alive\r\n\r\n", True),
    ],
)
def test_connections_stay_open_unless_told_otherwise(head, keep_alive):
    assert read(head).keep_alive is keep_alive


@pytest.mark.parametrize(
    "head",
    [
        b"POST / HTTP/1.1\r\n",
        b"GET /\r\n",
        b"\r\n",
        b"\x16\x03\x01\x02\n",
        b"get / HTTP/1.1\n",
        b"HTTP/1.1\n",
        b"x" * (LONGEST_HEAD + 1),
    ],
)
def test_anything_but_a_get_is_malformed(head):
    with pytest.raises(MalformedRequest):
        read_request(head)


def test_a_head_without_an_end_is_malformed():
    with pytest.raises(MalformedRequest):
        read_request(b"GET / HTTP/1.1\r\n" + b"Cookie: x\r\n" * 7000)


def test_an_answer_is_written_as_reaper_writes_it():
    written = response("HTTP/1.1 200 OK", b"NTRACK\t3\n", keep_alive=True, headers=(("Content-Type", "text/plain"),))
    assert written == (
        b"HTTP/1.1 200 OK\r\nServer:reaper_csurf_www/0.1\r\nContent-Type: text/plain\r\nContent-length: 9\r\n"
        b"Connection: keep-alive\r\n\r\nNTRACK\t3\n"
    )
    assert b"Connection" not in response("HTTP/1.1 200 OK", keep_alive=False)


@pytest.mark.parametrize(
    ("header", "let_in"),
    [
        (b"Basic " + b64encode(b"me:s:cret"), True),
        (b"basic   " + b64encode(b"me:s:cret"), True),
        (b"Basic " + b64encode(b"me:wrong"), False),
        (b"Basic !!!", False),
        (b"Basic \xff", False),
        (b"Digest me:s:cret", False),
        (b"", False),
    ],
)
def test_only_the_right_user_is_let_in(header, let_in):
    request = read(b"GET / HTTP/1.1\r\nAuthorization: " + header + b"\r\n\r\n")
    assert allowed(request, ("me", "s:cret")) is let_in
