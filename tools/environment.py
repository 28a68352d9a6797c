"""Makes the virtual environment in .venv, or says in one sentence what is missing for it.

Runs on whatever Python the machine has, so it keeps to words that an old one understands.
"""

import importlib.util
import subprocess
import sys

if sys.version_info < (3, 11):  # noqa: UP036 (this is where an older one is turned away)
    sys.exit(
        "Tandem needs Python 3.11 or newer; this is {}. Name another one: make run PYTHON=python3.12".format(  # noqa: UP032
            sys.version.split()[0]
        )
    )
if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
    sys.exit("Python's venv is missing. On Debian and Ubuntu, install it as root with: apt-get install python3-venv")

subprocess.run([sys.executable, "-m", "venv", ".venv"], check=True)
