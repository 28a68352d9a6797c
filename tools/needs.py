"""Sees to the programs that tests need beside Python: Chromium, the PostgreSQL server, and strace."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST_POSTGRESQL = 15


def chromium() -> str | None:
    """Where a Chromium is, if the machine has one."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def postgresql() -> Path | None:
    """The folder with the newest server's programs; Debian keeps them off the path."""
    versions = {int(f.parent.parent.name): f.parent for f in Path("/usr/lib/postgresql").glob("[0-9]*/bin/initdb")}
    if versions and max(versions) >= OLDEST_POSTGRESQL:
        return versions[max(versions)]
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def missing() -> dict[str, str]:
    """What is missing: the Debian package that brings it, and its name."""
    wanted = {
        "chromium": ("Chromium", chromium()),
        "strace": ("strace", shutil.which("strace")),
        "postgresql": (f"the PostgreSQL server, {OLDEST_POSTGRESQL} or newer", postgresql()),
    }
    return {package: name for package, (name, found) in wanted.items() if not found}


def as_root() -> list[str] | None:
    """How to run a command as root without being asked for anything; None when that is not possible."""
    if os.geteuid() == 0:
        return ["env"]
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n", "env"]
    return None


def install(packages: list[str]) -> None:
    """Try to install Debian packages; the list of packages is fetched only when the one at hand does not do."""
    root = as_root()
    if root is None or shutil.which("apt-get") is None:
        return
    print(f"Installing {' and '.join(packages)} for the tests ...", flush=True)
    apt = [*root, "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    fetch = [*apt, "install", "-y", "--no-install-recommends", *packages]
    if subprocess.run(fetch, capture_output=True).returncode:
        subprocess.run([*apt, "update"])
        subprocess.run(fetch, stdout=subprocess.DEVNULL)


def main() -> None:
    """Install what is missing, or end by naming it."""
    if lacking := missing():
        install(list(lacking))
    if lacking := missing():
        sys.exit(
            f"The tests also need {' and '.join(lacking.values())}.\n"
            f"On Debian and Ubuntu, install it as root with: apt-get install {' '.join(lacking)}"
        )


if __name__ == "__main__":
    main()
