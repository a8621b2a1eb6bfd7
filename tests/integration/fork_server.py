# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python fork_server.py FD``: a process that has imported what ansible-playbook imports, and forks a child for every run asked for on
the socket FD. The child runs the program's own file to the end of the interpreter, as if just started.

Ansible reads its settings when it is imported: one server for one environment. What it makes at import for one process, the folder of
its temporary files, is made again in every child.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import runpy
import select
import socket
import sys
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

COLLECTION = "ansible_collections.heliostat.vdc.plugins"
ANSIBLE = (
    "ansible.cli.playbook",
    "ansible.executor.playbook_executor",
    "ansible.playbook.play",
    "ansible.plugins.strategy.linear",
    "ansible.plugins.connection.local",
    "ansible.plugins.connection.ssh",
    "ansible.plugins.shell.sh",
)
SETTINGS = ("become", "callback", "connection", "shell")


def preload() -> None:
    """Imports Ansible and the collection's plugins through Ansible's own loader, with all that they import and what they document."""
    for name in ANSIBLE:
        importlib.import_module(name)
    loader = importlib.import_module("ansible.plugins.loader")
    loader.init_plugin_loader()
    collection = Path(*importlib.import_module(COLLECTION).__path__)
    for kind in ("action", "become", "callback", "connection", "inventory"):
        for path in sorted((collection / kind).glob("*.py")):
            importlib.import_module(f"{COLLECTION}.{kind}.{path.stem}")
    importlib.import_module(f"{COLLECTION}.plugin_utils.repository.opening")
    importlib.import_module("sqlalchemy.dialects.sqlite")
    for kind in SETTINGS:  # every run reads the settings' definitions of all of these, unless they are known
        list(getattr(loader, f"{kind}_loader").all(class_only=True))


def own_temporary_folder() -> None:
    """As at the import of ansible.constants: a folder of this process, which it removes when it ends."""
    constants = importlib.import_module("ansible.constants")
    manager = importlib.import_module("ansible.config.manager")
    atexit.unregister(manager.cleanup_tmp_file)
    constants.DEFAULT_LOCAL_TMP = constants.config.get_config_value("DEFAULT_LOCAL_TMP", variables=vars(constants))


def become(asked: dict[str, Any]) -> None:
    """In the child: session, files, environment and words of the run. Everything else is as the imports left it."""
    os.setsid()
    null = os.open(os.devnull, os.O_RDONLY)
    output = os.open(asked["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    for source, target in ((null, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    os.close(null)
    os.close(output)
    os.environ.clear()
    os.environ.update(asked["env"])
    sys.argv = list(asked["argv"])
    sys.path[0] = str(Path(sys.argv[0]).parent)
    own_temporary_folder()
    warnings.filterwarnings("ignore", "AnsibleCollectionFinder has already been configured")


def serve(client: socket.socket) -> bool:
    """Forks and reaps. True in a child that is to run its program; False in the server when nobody asks any more."""
    requests = client.makefile("rb", buffering=0)
    running: dict[int, tuple[int, int]] = {}  # descriptor of the process: its id, the number of its run (an id comes again)
    while True:
        ready, _, _ = select.select([client, *running], [], [])
        for descriptor in set(ready) & set(running):
            pid, number = running.pop(descriptor)
            status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            os.close(descriptor)
            tell(client, {"ended": number, "status": status})
        if client not in ready:
            continue
        line = requests.readline()
        if not line:
            return False
        asked = json.loads(line)
        pid = os.fork()
        if pid == 0:
            for descriptor in running:
                os.close(descriptor)
            become(asked)
            tell(client, {"started": asked["number"], "pid": os.getpid()})
            requests.close()
            client.close()
            return True
        running[os.pidfd_open(pid)] = pid, asked["number"]


def tell(client: socket.socket, said: dict[str, int]) -> None:
    client.sendall(json.dumps(said).encode() + b"\n")


if __name__ == "__main__":
    preload()
    gc.collect()
    gc.freeze()
    in_child = False
    with suppress(ConnectionError):  # the tests ended without hearing of all
        in_child = serve(socket.socket(fileno=int(sys.argv[1])))
    if in_child:
        runpy.run_path(sys.argv[0], run_name="__main__")
