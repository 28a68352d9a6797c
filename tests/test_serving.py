"""What the server answers itself, before Tandem ever sees the request: the same kind of problem as the API's."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser

import pytest
import requests

from config import Settings
from tests.database import Database
from tests.promises.serving import Served, serving

pytestmark = pytest.mark.once
LONGEST = 8190  # Bytes of a request line that the document promises to read.


@pytest.fixture(scope="module")
def served(settings: Settings, the_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Tandem as it is shipped."""
    folder = tmp_path_factory.mktemp("serving")
    with serving(settings, the_database.another("serving"), folder, empty=True) as (server, _app):
        server.start()
        yield server


def asked(served: Served, request: bytes) -> tuple[int, Message, bytes]:
    """The status, headers and body that come back for these very bytes."""
    with socket.create_connection(("127.0.0.1", served.settings.port), timeout=30) as line:
        line.sendall(request)
        answer = b""
        while part := line.recv(65536):
            answer += part
    head, body = answer.split(b"\r\n\r\n", 1)
    first, headers = head.split(b"\r\n", 1)
    return int(first.split()[1]), BytesParser().parsebytes(headers), body


HOST = b"Host: localhost\r\nConnection: close\r\n"


@pytest.mark.parametrize(
    ("request_", "status", "said"),
    [
        (b"GET /api/v1/people?q=" + b"a" * 9_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414, "address is too long"),
        (b"GET /api/v1/people?q=" + b"a" * 60_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414, "address is too long"),
        (b"GET /today HTTP/1.1\r\n" + HOST + b"Cookie: " + b"c" * 9_000 + b"\r\n\r\n", 431, "cookies"),
        (b"GET /today HTTP/1.1\r\n" + HOST + b"X-A: b\r\n" * 200 + b"\r\n", 431, "cookies"),
        (b"GET /today HTTP/1.1\r\n" + HOST + b"No name\r\n\r\n", 400, "cannot be read"),
        (b"<script>alert(1)</script>\r\n\r\n", 400, "cannot be read"),
        (b"get /today HTTP/1.1\r\n" + HOST + b"\r\n", 400, "cannot be read"),
        (b"GET /today HTTP/9.9\r\n" + HOST + b"\r\n", 400, "cannot be read"),
        (b"POST /today HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: magic\r\n\r\n", 501, "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_answered_with_a_problem(
    served: Served, request_: bytes, status: int, said: str
) -> None:
    answered, headers, body = asked(served, request_)

    assert (answered, headers["Content-Type"]) == (status, "application/problem+json")
    problem = json.loads(body)
    assert problem["status"] == status
    assert said in problem["detail"]
    assert b"script" not in body


@pytest.mark.parametrize(
    ("path", "kind", "media"),
    [
        ("/api/v1/experiments", "application/json", "application/problem+json"),
        ("/sign-in", "application/x-www-form-urlencoded", "text/html; charset=utf-8"),
    ],
)
def test_a_body_that_breaks_off_is_no_fault_of_ours(served: Served, path: str, kind: str, media: str) -> None:
    head = f"POST {path} HTTP/1.1\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n".encode()

    answered, headers, body = asked(served, head + HOST + b"\r\nno number\r\nabc\r\n0\r\n\r\n")

    assert (answered, headers["Content-Type"]) == (400, media)
    assert b"Traceback" not in body


def test_an_address_as_long_as_the_document_says_is_read(served: Served) -> None:
    line = b"GET /api/v1/people?q={} HTTP/1.1"
    address = f"{served.api}/people?q=" + "a" * (LONGEST - len(line) + 2)

    answer = requests.get(address, timeout=30)

    assert answer.status_code == 401


def test_the_document_names_what_the_server_answers(served: Served) -> None:
    paths = requests.get(f"{served.api}/openapi.json", timeout=30).json()["paths"]
    operations = [item[method] for item in paths.values() for method in ("get", "post", "patch") if method in item]

    assert operations
    assert all({"414", "431"} <= set(operation["responses"]) for operation in operations)
