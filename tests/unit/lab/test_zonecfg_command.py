# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The zonecfg command on a machine of the lab: options, files, and the zones of the truth."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

import tests.lab.commands.zonecfg  # noqa: F401 - registers the command
from tests.lab.call import COMMANDS, Call
from tests.lab.truth import DataCentre, Machine, Zone
from tests.lab.zonecfg.document import document_of
from tests.lab.zonecfg.xmlfile import to_xml


def machine(release: str) -> Machine:
    return Machine(
        name="node1",
        model="SPARC T8-1",
        release=release,
        architecture="sparc",
        release_text="",
        kernel="",
        hostid="84f3c1a0",
        serial="",
        chips=1,
        cores=8,
        threads=64,
        mhz=5000,
        cpu="SPARC-M8",
        memory=1 << 36,
        address="127.0.0.1",
    )


@dataclass
class Shell:
    """Runs zonecfg; ``files`` are the machine's, None stands for a folder."""

    machine: Machine
    files: dict[str, str | None] = field(default_factory=dict)
    out: str = ""
    err: str = ""

    def run(self, *argv: str, **more: Any) -> int:
        self.out = self.err = ""

        def write(fd: int, text: str) -> None:
            if fd == 1:
                self.out += text
            else:
                self.err += text

        def read_file(path: str) -> str:
            if path not in self.files:
                raise FileNotFoundError(2, "No such file or directory", path)
            text = self.files[path]
            if text is None:
                raise IsADirectoryError(21, "Is a directory", path)
            return text

        call = Call(
            DataCentre(machines={"node1": self.machine}),
            self.machine,
            ["zonecfg", *argv],
            write=write,
            read_file=read_file,
            write_file=self.files.__setitem__,
            **more,
        )
        return asyncio.run(COMMANDS["zonecfg"](call))


@pytest.fixture
def s10() -> Shell:
    return Shell(machine("s10"))


@pytest.fixture
def s11() -> Shell:
    return Shell(machine("s11.3"))


def test_a_zone_is_made_changed_and_deleted(s10: Shell) -> None:
    s10.files["/tmp/w.cfg"] = "create -b\nset zonepath=/zones/w\nset autoboot=true\n"
    assert s10.run("-z", "w", "-f", "/tmp/w.cfg") == 0
    zone = s10.machine.zones["w"]
    assert (zone.state, zone.zonepath, zone.brand, zone.ip_type, zone.uuid) == ("configured", "/zones/w", "native", "shared", "")
    assert zone.config["autoboot"] == "true"
    assert s10.run("-z", "w", "set", "ip-type=exclusive;", "add net; set physical=e1000g1; end") == 0
    assert s10.machine.zones["w"].ip_type == "exclusive"
    assert s10.machine.zones["w"].config["resources"] == [{"kind": "net", "address": "", "physical": "e1000g1", "defrouter": ""}]
    assert s10.run("-z", "w", "delete", "-F") == 0
    assert s10.machine.zones == {}


def test_solaris_11_fills_in_the_zonepath(s11: Shell) -> None:
    assert s11.run("-z", "w", "create") == 0
    zone = s11.machine.zones["w"]
    assert (zone.zonepath, zone.brand, zone.ip_type) == ("/system/zones/w", "solaris", "exclusive")
    assert s11.run("-z", "w", "set zonename=v") == 0
    assert s11.machine.zones["v"] is zone
    assert (zone.name, zone.zonepath) == ("v", "/system/zones/v")


def test_a_faulty_file_leaves_its_first_half(s10: Shell) -> None:
    s10.files["/tmp/w.cfg"] = "create -b\nset zonepath=/zones/w\nset pool=SUNWx\nset autoboot=true\n"
    assert s10.run("-z", "w", "-f", "/tmp/w.cfg") == 1
    assert s10.err == "On line 3 of /tmp/w.cfg:\npool names starting with SUNW are reserved.\n"
    assert s10.machine.zones["w"].config["autoboot"] == "false"


def test_a_declared_zone_without_a_configuration_has_a_plain_one(s11: Shell) -> None:
    s11.machine.zones["old"] = Zone("old", state="running", zonepath="/zones/old", zone_id=3)
    assert s11.run("-z", "old", "export") == 0
    assert s11.out.splitlines()[:4] == ["create -b", "set brand=solaris", "set zonepath=/zones/old", "set autoboot=false"]
    assert s11.run("-z", "old", "delete -F") == 1
    assert s11.err == "old: Zone state is invalid for the requested operation\n"
    assert s11.run("-z", "old", "set autoboot=true") == 0
    assert (s11.machine.zones["old"].state, s11.machine.zones["old"].zone_id) == ("running", 3)


def test_files(s10: Shell) -> None:
    s10.files["/tmp"] = None
    assert s10.run("-z", "w", "-f", "/tmp") == 1
    assert s10.err == "/tmp is not a regular file.\n"
    assert s10.run("-z", "w", "-f", "/none") == 1
    assert s10.err == "could not open file /none: No such file or directory\n"
    assert s10.run("-z", "w", "-f", "-", stdin=b"create -b\nset zonepath=/zones/w\n") == 0
    assert s10.run("-z", "w", "export", "-f", "/tmp/out") == 0
    assert s10.files["/tmp/out"] == "create -b\nset zonepath=/zones/w\nset autoboot=false\nset ip-type=shared\n"


def test_attach_reads_the_manifest(s10: Shell) -> None:
    assert s10.run("-z", "w", "create -a /pool/w") == 0
    assert s10.err == "invalid path to detached zone\n"
    config = {"zonepath": "/elsewhere", "autoboot": "true", "resources": [{"kind": "dataset", "name": "tank/w"}]}
    s10.files["/pool/w/SUNWdetached.xml"] = to_xml(document_of("old", config), ("detached", {"kernel": "Generic_150400-62"}))
    assert s10.run("-z", "w", "create -a /pool/w") == 0
    assert s10.machine.zones["w"].zonepath == "/pool/w"
    assert s10.machine.zones["w"].config["resources"] == config["resources"]


@pytest.mark.parametrize(
    ("argv", "status", "text"),
    [
        ([], 2, "usage:\tzonecfg help\n"),
        (["-q"], 2, "zonecfg: illegal option -- q\n"),
        (["-z"], 2, "zonecfg: option requires an argument -- z\n"),
        (["info"], 2, "usage:\tzonecfg help\n"),
        (["-z", "a/b", "info"], 2, "a/b: Bogus zone name\n"),
        (["-z", "none", "info"], 1, "none: No such zone configured\n"),
        (["-R", "/a", "-z", "w", "info"], 125, "lab: not simulated: zonecfg: option -R\n"),
        (["-z", "global", "info"], 125, "lab: not simulated: zonecfg: the global zone's configuration\n"),
    ],
)
def test_what_it_refuses(s10: Shell, argv: list[str], status: int, text: str) -> None:
    assert s10.run(*argv) == status
    assert s10.err.startswith(text)


def test_live_and_nameless_sessions_of_solaris_11_are_not_simulated(s11: Shell) -> None:
    assert s11.run("-z", "w", "-r", "info") == 125
    assert s11.run("info") == 125


def test_inside_a_zone_and_not_as_root(s10: Shell) -> None:
    assert s10.run("-z", "w", "info", zone="other") == 1
    assert s10.err == "zonecfg can only be run from the global zone.\n"
    assert s10.run("-z", "w", "create -b", user="oper") == 1
    assert s10.err == "w: cannot create in read-only mode.\n"
    assert s10.run("-z", "w", user="oper", stdin=b"") == 0
    assert s10.err.startswith("WARNING: you do not have write access")


def test_nothing_is_kept_of_what_the_lab_does_not_know(s11: Shell) -> None:
    assert s11.run("-z", "w", "create -b; commit; add ib-vhca") == 125
    assert s11.machine.zones == {}
