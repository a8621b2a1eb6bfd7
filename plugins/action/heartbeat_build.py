# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the heartbeat's daemons on the task's host and keeps them on the controller, by what they were made of."""

from __future__ import annotations

import io
import os
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..plugin_utils.controller.action import CLOCK, HeliostatAction
from ..plugin_utils.controller.connection import AnsibleConnection
from ..plugin_utils.controller.heartbeat import Freight
from ..plugin_utils.controller.journal import RepositoryJournal, RepositoryProgress
from ..plugin_utils.controller.report import failed
from ..plugin_utils.engine.apply import apply
from ..plugin_utils.engine.node_shell import NodeShell
from ..plugin_utils.engine.operation import shown
from ..plugin_utils.lifecycle.heartbeat import building
from ..plugin_utils.lifecycle.heartbeat.building import ARCHIVE, PROGRAMS, Compiler
from ..plugin_utils.model.errors import InvalidDefinition
from ..plugin_utils.model.plan import Plan, Step

CACHE = "~/.heliostat/heartbeat"


class ActionModule(HeliostatAction):
    OPTIONS = {
        "source": {"type": "path", "required": True},
        "cache": {"type": "path", "default": CACHE},
        "cc": {"type": "str", "default": "cc"},
        "cflags": {"type": "str", "default": ""},
        "make": {"type": "str", "default": "make"},
        "sha256": {"type": "str", "choices": ["", "libcrypto", "libmd"], "default": ""},
    }

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        compiler = Compiler(args["cc"], args["cflags"], args["make"], args["sha256"])
        sources = _sources(Path(args["source"]))
        # Nothing on a build host needs privileges.
        node = NodeShell(self.node.name, _AsLoginUser(self))
        host = building.read(node.ask(building.probes(compiler)), compiler, self.node.name)
        kept = Path(args["cache"]).expanduser() / building.key(sources, host, compiler)
        result: dict[str, Any] = {"binaries": str(kept), "platform": host.platform, "changed": False, "plan": []}
        if _whole(kept):
            return result
        name = f"heliostat for {host.platform} on {self.node.name}"
        with Freight(self) as freight:
            why = "these sources were not built by this compiler"
            unpack = Step(name, "unpack the sources", why, building.unpack(freight.folder))
            build = Step(name, "build the daemons", why, building.build(freight.folder, compiler, host))
            result |= {"changed": True, "plan": [shown(step) for step in (unpack, build)]}
            if self.check:
                return result
            with tempfile.TemporaryDirectory() as scratch:
                archive = Path(scratch) / ARCHIVE
                archive.write_bytes(_archive(sources))
                freight.send([archive])
                plan = Plan(name, (unpack, build))
                tracks = apply([plan], node, CLOCK, RepositoryJournal(None, "", ""), RepositoryProgress(self.node.name))
                failure = tracks[0].failure
                if failure:
                    return result | {"changed": False} | failed({name: f"{failure}\n{building.advice(self.node.name, compiler, host)}"})
                _keep(freight, kept)
        return result


class _AsLoginUser(AnsibleConnection):
    def run(self, script: str) -> tuple[int, str, str]:
        result = self._action._low_level_execute_command("/bin/sh", sudoable=False, in_data=script.encode())
        return result["rc"], result["stdout"], result["stderr"]


def _whole(kept: Path) -> bool:
    return all((kept / name).is_file() for name in PROGRAMS)


def _sources(folder: Path) -> dict[str, bytes]:
    """Name below the folder → content."""
    try:
        paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths if _is_sent(path, folder)}
    except OSError as error:
        raise InvalidDefinition(f"source: {folder} cannot be read: {error.strerror}.") from None
    if "Makefile" not in found or not any(name.endswith("_main.c") for name in found):
        raise InvalidDefinition(f"source: {folder} has no Makefile, or no sources below it.")
    return found


def _is_sent(path: Path, folder: Path) -> bool:
    return building.SENT.match(path.relative_to(folder).as_posix()) is not None


def _archive(sources: Mapping[str, bytes]) -> bytes:
    """The old format that every tar reads; without times, owners or anything else of the controller."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in sorted(sources.items()):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o755 if name.endswith(".sh") else 0o644
            archive.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


def _keep(freight: Freight, kept: Path) -> None:
    """All programs or none: they are fetched into a folder beside, which then takes the name."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent, prefix=".fetched.") as scratch:
        fetched = Path(scratch) / "programs"
        fetched.mkdir(mode=0o755)
        for name in PROGRAMS:
            freight.fetch(f"build/{name}", fetched / name)
            (fetched / name).chmod(0o755)
        try:
            os.replace(fetched, kept)
        except OSError:
            if not _whole(kept):  # else another run was first, with the same
                raise
