"""What the server answers by itself, when no view can be asked: the same kind of problem as the API's.

Which address was meant is not known by then, nor in which language; so these few sentences are for everybody.
"""

from __future__ import annotations

import json
import socket
from typing import Any

MIMETYPE = "application/problem+json"
LONGEST_LINE = 8190  # Bytes of method, address and version together; the most that gunicorn can be told.
STATUSES = {
    414: "This address is too long. Shorten what you look for, or send it in a body.",
    431: "More came along with this than is read. In a browser, remove the cookies of this address and try again.",
    500: "Something broke on our side. Nothing was changed.",
}
OTHERWISE = "This request cannot be read. Send it again as HTTP/1.1."


def write_problem(client: socket.socket, status: int, reason: str, message: str) -> None:  # noqa: ARG001
    """Answer in place of `gunicorn.util.write_error`, which would answer with a page of its own.

    Args:
        client: still open; whoever called closes it.
        reason: the status in words.
        message: what gunicorn would say, which quotes the request; it stands in the log.

    Raises:
        OSError: nobody listens any more.
    """
    said: dict[str, Any] = {"type": "about:blank", "title": reason, "status": status}
    body = json.dumps(said | {"detail": STATUSES.get(status, OTHERWISE)}).encode()
    head = (
        f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: {MIMETYPE}\r\n"
        f"X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    client.setblocking(False)  # So little always fits; nobody waits for a caller that does not read.
    client.sendall(head.encode() + body)
