# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A playbook run as a process of its own, with its time, its CPU and its memory."""

from __future__ import annotations

import atexit
import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.heliostat.vdc import plugins

from .estate import Estate

PLAYBOOKS = Path(__file__).with_name("playbooks")
COLLECTIONS = Path(plugins.__path__[0]).parents[3]

# Children of a process that does nothing else: their peak and CPU are the playbook's.
_MEASURE = """\
import json, resource, subprocess, sys, time
began = time.monotonic()
done = subprocess.run(sys.argv[2:], stdout=open(sys.argv[1], "w"), stderr=subprocess.STDOUT)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024, done.returncode]))
"""


@dataclass(frozen=True, slots=True)
class Run:
    """``seconds`` of wall time, ``cpu`` seconds of the controller, ``memory`` MiB of its largest process, ``trips`` to all nodes."""

    seconds: float
    cpu: float
    memory: int
    trips: int
    changed: int


def measured(words: list[str], environment: dict[str, str], output: Path) -> tuple[float, float, int]:
    """Seconds, CPU seconds and MiB of a command. Raises RuntimeError with the end of its output when it fails."""
    program = [sys.executable, "-c", _MEASURE, str(output), *words]
    done = subprocess.run(program, check=True, capture_output=True, text=True, env=os.environ | environment)
    seconds, cpu, memory, code = json.loads(done.stdout)
    if code:
        raise RuntimeError(f"{' '.join(words)} ended with {code}:\n{output.read_text()[-3000:]}")
    return seconds, cpu, memory


def play(estate: Estate, playbook: str, venv: Path | None = None, limit: str = "", variables: Mapping[str, Any] | None = None) -> Run:
    """One run of a playbook on the estate's nodes, Ansible as set up for speed: pipelining, one connection a node kept open."""
    folder = estate.folder
    (folder / "ansible.cfg").write_text("[ssh_connection]\nssh_args = -o ControlMaster=auto -o ControlPersist=60s\n")
    environment = {
        "ANSIBLE_CONFIG": f"{folder}/ansible.cfg",
        "ANSIBLE_PIPELINING": "true",
        "ANSIBLE_FORKS": "50",
        "ANSIBLE_SSH_CONTROL_PATH_DIR": _control_paths(),
        "ANSIBLE_LOCAL_TEMP": f"{folder}/tmp",
        "ANSIBLE_NOCOLOR": "1",
    }
    if venv is None:
        environment["ANSIBLE_COLLECTIONS_PATH"] = str(COLLECTIONS)
    program = str((venv / "bin" if venv else Path(sys.executable).parent) / "ansible-playbook")
    before = sum(estate.lab.execs().values())
    output = folder / f"{playbook}.out"
    words = [program, "-i", f"{folder}/hosts.yml", str(PLAYBOOKS / f"{playbook}.yml"), *(["--limit", limit] if limit else [])]
    words += ["-e", json.dumps(variables)] if variables else []
    seconds, cpu, memory = measured(words, environment, output)
    changed = sum(int(count) for count in re.findall(r"changed=(\d+)", output.read_text()))
    return Run(seconds, cpu, memory, sum(estate.lab.execs().values()) - before, changed)


@functools.cache
def _control_paths() -> str:
    """A folder with a short name: a control socket's path may have 108 characters at most."""
    folder = tempfile.mkdtemp(prefix="hb")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
