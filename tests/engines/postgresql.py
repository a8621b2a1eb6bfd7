# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A PostgreSQL server of one's own: in a temporary directory, on a loopback port, gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def programs() -> Path | None:
    """The directory of initdb and pg_ctl: the youngest version that is installed, or on PATH."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = str(installed[-1]) if installed else shutil.which("initdb")
    return Path(found).parent if found else None


def _as_owner() -> list[str]:
    """initdb refuses root: then the packaged user postgres owns the server."""
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running() -> Iterator[str]:
    """A server; yields the URL of its database ``postgres`` as superuser ``postgres``."""
    directory = programs()
    if directory is None:
        raise FileNotFoundError("no PostgreSQL server is installed (apt-get install postgresql)")
    with tempfile.TemporaryDirectory(prefix="heliostat-pg-") as name:
        root = Path(name)
        if os.geteuid() == 0:
            shutil.chown(root, "postgres", "postgres")
        root.chmod(0o755)
        data, port = root / "data", _free_port()
        _run(directory / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8", cwd=root)
        options = f"-p {port} -k {root} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=50"
        control = directory / "pg_ctl"
        _run(control, "-D", data, "-w", "-l", root / "log", "-o", options, "start", cwd=root)
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            _run(control, "-D", data, "-w", "-m", "immediate", "stop", cwd=root)


def _run(*words: str | Path, cwd: Path) -> None:
    done = subprocess.run([*_as_owner(), *map(str, words)], cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise RuntimeError(f"{Path(words[0]).name} ended with {done.returncode}: {done.stderr}")
