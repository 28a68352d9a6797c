"""The servers that are measured: started on this machine only, watched through /proc, ended by their own number."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Server:
    """A server that runs.

    Args:
        port: on 127.0.0.1.
        roots: its process, and its database's when that has one.
    """

    port: int
    roots: tuple[int, ...]

    def cpu(self) -> float:
        """Seconds of user and system time used so far by its processes, their children, and those that ended."""
        used, children = _processes()
        seconds, waiting = 0.0, list(self.roots)
        while waiting:
            process = waiting.pop()
            seconds += used.get(process, 0.0)
            waiting += children.get(process, [])
        return seconds


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


@contextmanager
def running(
    command: list[str], port: int, *, environment: Mapping[str, str], log: Path, beside: tuple[int, ...] = ()
) -> Iterator[Server]:
    """Start a server, and end it.

    Args:
        beside: processes that work for it: its database's.
    """
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdout=out, stderr=out)
    try:
        _wait_for(port, process, log)
        yield Server(port, (process.pid, *beside))
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def floor_command(url: str, port: int, *, workers: int, threads: int) -> list[str]:
    """How the floor is served: with the product's own settings of gunicorn."""
    settings = ["--worker-class", "gthread", "--workers", str(workers), "--threads", str(threads)]
    quiet = ["--log-level", "warning", "--no-control-socket", "--bind", f"127.0.0.1:{port}"]
    return [sys.executable, "-m", "gunicorn", *settings, *quiet, f"tools.bench.floor:create_app({url!r})"]


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"A server did not start:\n{log.read_text()}")


def _processes() -> tuple[dict[int, float], dict[int, list[int]]]:
    """What every process has used, and whose children they are."""
    used: dict[int, float] = {}
    children: dict[int, list[int]] = {}
    for entry in os.scandir("/proc"):
        if not entry.name.isdecimal():
            continue
        try:
            fields = Path(entry.path, "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # It ended meanwhile; its parent has its time.
        # After the name: state, parent, …; user and system time are fields 14 to 17, with those of ended children.
        children.setdefault(int(fields[1]), []).append(int(entry.name))
        used[int(entry.name)] = sum(map(int, fields[11:15])) / TICKS
    return used, children
