# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An estate to deploy, the real daemons to judge it, and hosts: a real shell on folders of the test, service managers of its own."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import cksum
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine.apply import Clock
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine.node_shell import NodeShell
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine.operation import Report, run
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.heartbeat import places
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.heartbeat.deployment import Deployment
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.heartbeat.removal import Removal
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.heartbeat.wanted import Wanted
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model import heartbeat_declaration
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import NodeUnreachable
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.heartbeat import Daemon, Estate
from tests.unit.engine.scripted import Record

SOURCES = Path(__file__).parents[4] / "roles" / "heartbeat" / "files"
OLD, NEW = "11" * 32, "22" * 32

NODES: dict[str, dict[str, Any]] = {
    "t8a": {
        "id": 17,
        "paths": {"management": "10.40.0.11", "public": "10.41.0.11:5000"},
        "self_fence": {"by": "halt_zones", "zones": ["web1", "db1"], "how": "reboot"},
        "gated": True,
        "user": "",
        "lease": "8s",
        "probes": [{"kind": "icmp", "address": "10.40.0.11"}, {"kind": "greeting", "address": "10.40.0.11:22"}],
        "lease_proof": "agent",
        "fence": [
            {
                "kind": "power",
                "agent": "/usr/sbin/fence_ipmilan",
                "options": {"ip": "10.40.0.111", "username": "a b", "lanplus": True},
                "secrets": {"password": 'sesame "17" #'},
                "within": "20s",
                "attempts": 2,
            },
            {"kind": "slot", "settle": "1s"},
        ],
    },
    "t8b": {
        "id": 18,
        "paths": {"management": "[2001:db8::12]", "backup": "10.42.0.12"},
        "self_fence": {"by": "stop"},
        "user": "",
        "profile": "fast",
    },
}
MONITORS: dict[str, dict[str, Any]] = {
    "ms1": {
        "id": 1,
        "paths": {"management": "10.40.0.1", "public": "10.41.0.1", "backup": "10.42.0.1"},
        "user": "",
        "references": [{"kind": "tcp", "address": "10.40.0.254:22"}],
        "slot": "/dev/zero",
        "mass": {"percent": 40, "within": "20s"},
        "persons": 2,
    },
    "ms2": {"id": 2, "paths": {"management": "10.40.0.2", "public": "10.41.0.2"}, "user": ""},
}


def estate(*keys: tuple[int, str], nodes: Mapping[str, Any] = NODES, monitors: Mapping[str, Any] = MONITORS) -> Estate:
    declared = [{"id": number, "key": secret} for number, secret in keys or ((1, OLD),)]
    four = dict(nodes)
    if "t8b" in four and four["t8b"] is NODES["t8b"]:  # one family a path
        four["t8b"] = {**NODES["t8b"], "paths": {"management": "10.40.0.12", "backup": "10.42.0.12"}}
    return heartbeat_declaration.estate(four, monitors, None, declared)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real daemons, compiled once."""
    if shutil.which("cc") is None or shutil.which("make") is None:
        pytest.skip("no C compiler here: what is written cannot be shown to the daemons")
    folder = tmp_path_factory.mktemp("daemons")
    for name in ("Makefile", "flags.sh", "src"):
        source = SOURCES / name
        shutil.copytree(source, folder / name) if source.is_dir() else shutil.copy(source, folder / name)
    subprocess.run(["make", "-s", "CFLAGS=-O0"], cwd=folder, check=True, capture_output=True, text=True)
    return folder / "build"


#: Who runs the test is called root.
_LS = 'said=`/bin/ls "$@"`; code=$?; test -z "$said" || echo "$said" | sed "s/ $OWNER / root /"; exit $code\n'

_SYSTEMCTL = """\
verb=$1; for unit in "$@"; do :; done
file=$UNITS/$unit loaded=$STATE/loaded.$unit
test "$verb" = show || echo "systemctl $*" >>$STATE/calls
case $verb in
show)
    if test -f $loaded || test -f $file; then load=loaded; else load=not-found; fi
    stale=no; if test -f $loaded && ! cmp -s $file $loaded; then stale=yes; fi
    enabled=disabled; test -f $STATE/enabled.$unit && enabled=enabled
    state=inactive; test -f $STATE/state.$unit && state=`cat $STATE/state.$unit`
    printf 'LoadState=%s\\nActiveState=%s\\nSubState=x\\nUnitFileState=%s\\nNeedDaemonReload=%s\\n' $load $state $enabled $stale ;;
daemon-reload)
    for one in $STATE/loaded.*; do
        test -f "$one" || continue
        name=${one#$STATE/loaded.}
        if test -f $UNITS/$name; then cp $UNITS/$name $one; else rm -f $one; fi
    done ;;
enable) test -f $file && : >$STATE/enabled.$unit ;;
disable) rm -f $STATE/enabled.$unit; echo inactive >$STATE/state.$unit ;;
start | restart) cp $file $loaded && echo active >$STATE/state.$unit ;;
reload) test "`cat $STATE/state.$unit`" = active ;;
esac
"""

_SVCS = """\
for fmri in "$@"; do :; done
name=`echo $fmri | tr '/:' '__'`
if test -f $STATE/svc.$name; then printf '%s - %s\\n' `cat $STATE/svc.$name` $fmri
else echo "svcs: Pattern '$fmri' doesn't match any instances" >&2; exit 1; fi
"""

_SVCADM = """\
echo "svcadm $*" >>$STATE/calls
for fmri in "$@"; do :; done
name=$STATE/svc.`echo $fmri | tr '/:' '__'`
test -f $name || exit 1
case $1 in enable | clear | restart) echo online >$name ;; disable) echo disabled >$name ;; esac
"""

_SVCCFG = """\
echo "svccfg $*" >>$STATE/calls
for last in "$@"; do :; done
case $1 in
import)
    for service in `sed -n "s/.*<service name='\\([^']*\\)'.*/\\1/p" $last`; do
        name=$STATE/svc.`echo svc:/$service:default | tr '/:' '__'`
        test -f $name || echo disabled >$name
    done ;;
delete) rm -f $STATE/svc.`echo $last:default | tr '/:' '__'` ;;
validate) test -f $last ;;
esac
"""


class Host:
    """A host of a test: its folders, its service manager, and a connection that can die at any round trip."""

    def __init__(self, folder: Path, system: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.state = folder / "root", folder / "state"
        self.staged = folder / "freight"
        self.dies_at = -1
        self.trips = 0
        self.scripts: list[str] = []
        for path in (self.state, self.staged, folder / "bin", self.root / "svc", self.root / "units"):
            path.mkdir(parents=True, exist_ok=True)
        for name, place in (("ROOT", "opt"), ("BIN", "opt/bin"), ("ETC", "etc"), ("STATE", "lib"), ("SECRETS", "etc/secrets")):
            monkeypatch.setattr(places, name, f"{self.root}/{place}")
        monkeypatch.setattr(places.Places, "manifest", property(lambda own: f"{self.root}/svc/{own.name}.xml"))
        monkeypatch.setattr(places.Places, "unit_file", property(lambda own: f"{self.root}/units/{own.unit}"))
        monkeypatch.setattr(places, "GATE_UNIT_FILE", f"{self.root}/units/{places.GATE_UNIT}")
        programs = {"uname": f"echo {system}\n", "ls": _LS}
        programs |= {"systemctl": _SYSTEMCTL} if system == "Linux" else {"svcs": _SVCS, "svcadm": _SVCADM, "svccfg": _SVCCFG}
        programs |= {"systemctl": "exit 127\n"} if system != "Linux" else {}
        for name, text in programs.items():
            path = folder / "bin" / name
            path.write_text(f"#!/bin/sh\n{text}")
            path.chmod(0o755)
        owner = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
        self._environment = {"PATH": f"{folder}/bin:/usr/bin:/bin", "STATE": str(self.state), "UNITS": f"{self.root}/units", "OWNER": owner}

    def run(self, script: str) -> tuple[int, str, str]:
        """As AnsibleConnection does it."""
        self.trips += 1
        self.scripts.append(script)
        if self.trips == self.dies_at:
            raise NodeUnreachable("the controller died")
        done = subprocess.run(["/bin/sh"], input=script, capture_output=True, text=True, env=self._environment, cwd="/", check=False)
        return done.returncode, done.stdout, done.stderr

    @property
    def calls(self) -> list[str]:
        """What the service manager was told since the last time."""
        path = self.state / "calls"
        found = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return found

    def operate(self, operation: Any, *, check: bool = False) -> Report[Any]:
        clock = Clock(lambda: 0.0, lambda _seconds: None)
        return run(operation, NodeShell("h", self), clock, Record(), lambda *_told: None, check=check)

    def deploy(
        self, wanted: Estate, host: str, daemon: Daemon, programs: Path | None = None, *, check: bool = False, **words: Any
    ) -> Report[Any]:
        """``programs`` is the folder of those that are sent."""
        sums = {}
        for name in places.Places(daemon).programs if programs else ():
            shutil.copy(Path(programs or "") / name, self.staged / name)
            sums[name] = cksum.of((self.staged / name).read_bytes())
        return self.operate(Deployment(Wanted(wanted, host, daemon, programs=sums, **words), str(self.staged)), check=check)

    def remove(self, daemon: Daemon, *, check: bool = False) -> Report[Any]:
        return self.operate(Removal(places.Places(daemon)), check=check)

    def file(self, name: str) -> Path:
        return self.root / name


def whats(report: Report[Any]) -> list[str]:
    return [step.what for plan in report.plans for step in plan.steps]


def checked(program: Path, text: str, folder: Path, keys: str) -> str:
    """What a daemon says of a configuration: nothing, where it is right."""
    (folder / "keys").write_text(keys)
    (folder / "keys").chmod(0o600)
    (folder / "conf").write_text(text)
    done = subprocess.run([str(program), "--config", str(folder / "conf"), "--check-config"], capture_output=True, text=True, check=False)
    return done.stderr + (f"exit {done.returncode}" if done.returncode else "")
