"""Takes the pictures of the README from the demonstration: every page at two widths, into docs/pictures/."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import needs
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
WIDTHS = {"": 1440, "-390": 390}

# The picture's name: who looks at what; a person is the first part of a demonstration's address.
PICTURES = {
    "home": ("leader", "/"),
    "experiment": ("volunteer", "/experiments/X-002"),
    "approvals": ("leader", "/approvals"),
    "initiatives": ("operations", "/initiatives"),
    "promotion": ("volunteer", "/promotions/P-002"),
    "review": ("facilitator", "/reviews/Q-001"),
}


@contextmanager
def demonstration() -> Iterator[str]:
    """Serve the demonstration from a folder that is thrown away; gives its address."""
    tandem = str(Path(sys.executable).parent / "tandem")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    with tempfile.TemporaryDirectory() as folder:
        own = {"TANDEM_DATA_DIR": folder, "PORT": port, "SECRET_KEY": secrets.token_urlsafe(48)}
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | own
        subprocess.run([tandem, "demo"], env=environment, check=True)
        server = subprocess.Popen([tandem, "serve"], env=environment)
        try:
            wait_for(int(port), server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    """Wait until the server listens."""
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if server.poll() is not None:
            break
        time.sleep(0.1)
    sys.exit("The server did not start.")


def take(browser: Browser, address: str, person: str) -> None:
    """Take the pictures that one person sees."""
    page = browser.new_context(locale="en").new_page()
    page.goto(f"{address}/sign-in")
    page.locator(f'form:has(input[name=email][value^="{person}@"]) button').click()
    page.wait_for_url(f"{address}/")
    for name, (_, path) in ((n, p) for n, p in PICTURES.items() if p[0] == person):
        for ending, width in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": 900})
            answer = page.goto(address + path)
            if answer is None or not answer.ok:
                sys.exit(f"{path} answers {person} with {answer.status if answer else 'nothing'}.")
            page.screenshot(path=FOLDER / f"{name}{ending}.png", full_page=True)


def main() -> None:
    """Take them all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demonstration() as address, sync_playwright() as playwright:
        quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=needs.chromium(), args=quiet)
        for person in dict.fromkeys(person for person, _ in PICTURES.values()):
            take(browser, address, person)
        browser.close()


if __name__ == "__main__":
    main()
