# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starting and stopping the lab as a daemon: pidfile, readiness, lab.json."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import secrets
import signal
import sys
import time
from pathlib import Path

from . import centre, isolation
from .control import Control
from .real_zfs import mounts
from .real_zfs.host import missing
from .simulation import Simulation
from .store import write_atomically

READY_SECONDS = 60.0
STOP_SECONDS = 15.0


def running(state: Path) -> int | None:
    """The pid of the lab of this state folder: it holds the lock on its pidfile as long as it lives."""
    try:
        with (state / "pid").open("r+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return int(file.read().strip() or 0) or None
    except (OSError, ValueError):
        return None
    return None


def start(state: Path, centre_file: Path, port: int | None = None) -> str:
    """Starts the daemon and waits until it answers; what happened, in words. Raises OSError or ValueError with the reason."""
    pid = running(state)
    if pid:
        return f"the lab is already running (pid {pid}) in {state}"
    state.mkdir(parents=True, exist_ok=True)
    state.chmod(0o700)
    parsed = centre.read(state / "centre.yml" if (state / "centre.yml").exists() else centre_file)
    parsed.port = wanted_port(state, parsed.port, port)
    mode = isolation.choose(os.environ.get("HELIOSTAT_LAB_ISOLATION"))
    if parsed.real_zfs and (lacking := missing()):
        raise OSError(f"storage: real is not possible here: {lacking}")
    if parsed.real_zfs and mode != "namespaces":
        raise OSError("storage: real needs the isolation by namespaces")
    ready, signalling = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ready)
        run_daemon(state, centre_file, parsed, mode, signalling)
    os.close(signalling)
    with os.fdopen(ready) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    if text != "ready\n":
        raise OSError(text.strip() or f"the lab did not start; see {state}/log")
    return f"the lab is running in {state} (isolation: {mode})"


def wanted_port(state: Path, declared: int, asked: int | None) -> int:
    """The port asked for, else the file's; for 0 the one of the last time, else one by chance. It gives way when it is taken."""
    if asked is None or asked > 0:
        return asked or declared
    try:
        return int(json.loads((state / "lab.json").read_text())["port"])
    except (OSError, ValueError, KeyError):
        return 20000 + secrets.randbelow(12000)


def run_daemon(state: Path, centre_file: Path, parsed: centre.Centre, mode: str, signalling: int) -> None:
    """In the child: leave the caller's session, run until told to stop. Never returns."""
    os.setsid()
    if os.fork():
        os._exit(0)
    null, log = os.open(os.devnull, os.O_RDONLY), os.open(state / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(null, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    sys.stdout = sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
    os.umask(0o022)
    rc = 1
    try:
        pidfile = (state / "pid").open("a+")
        fcntl.flock(pidfile, fcntl.LOCK_EX | fcntl.LOCK_NB)
        pidfile.truncate(0)
        pidfile.write(f"{os.getpid()}\n")
        pidfile.flush()
        if not (state / "centre.yml").exists():
            write_atomically(state / "centre.yml", centre_file.read_text())
        if parsed.real_zfs:
            mounts.own_namespace()
        if sys.version_info < (3, 12):
            asyncio.set_child_watcher(asyncio.PidfdChildWatcher())
        asyncio.run(serve(state, parsed, mode, signalling))
        (state / "pid").unlink()
        rc = 0
    except BaseException as error:
        print(f"lab: {type(error).__name__}: {error}")
        try:
            os.write(signalling, f"{type(error).__name__}: {error}\n".encode())
        except OSError:
            rc = 1
    os._exit(rc)


async def serve(state: Path, parsed: centre.Centre, mode: str, signalling: int) -> None:
    simulation = Simulation(state, parsed, mode)
    control = Control(simulation)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, simulation.stopping.set)
    try:
        housekeeping = asyncio.create_task(simulation.isolation.serve())
        await simulation.start()
        await control.start()
        described = {
            "pid": os.getpid(),
            "port": simulation.port,
            "isolation": mode,
            "machines": {machine.name: machine.address for machine in simulation.centre.machines.values()},
            "processors": {sp.name: sp.address for sp in simulation.processors.values()},
        }
        write_atomically(state / "lab.json", json.dumps(described, indent=1) + "\n")
        os.write(signalling, b"ready\n")
        os.close(signalling)
        await simulation.stopping.wait()
        housekeeping.cancel()
    finally:
        await simulation.stop()
        (state / "control").unlink(missing_ok=True)


def stop(state: Path) -> str:
    """Ends the daemon by its pid and waits for its end. Raises OSError when it does not end."""
    pid = running(state)
    if not pid:
        return f"no lab is running in {state}"
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while running(state):
        if time.monotonic() > deadline:
            raise OSError(f"the lab (pid {pid}) does not end")
        time.sleep(0.02)
    return "the lab has stopped"
