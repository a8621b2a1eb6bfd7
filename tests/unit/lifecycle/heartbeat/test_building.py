# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a build host is asked and told, under which name a build is kept, and what travels there."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from ansible_collections.heliostat.vdc.plugins.action import heartbeat_build
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.heartbeat import building
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.heartbeat.building import Compiler, Host
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import CommandFailed, InvalidDefinition, Refused

SOURCES = Path(__file__).parents[4] / "roles" / "heartbeat" / "files"
CC = Compiler("cc", "", "make", "")
SPARC10 = Host("solaris", "5.10", "sparc", "gcc (GCC) 5.5.0")
SPARC11 = Host("solaris", "5.11", "sparc", "cc: Studio 12.6 Sun C 5.15 SunOS_sparc 2017/05/30")
LINUX = Host("linux", "6.1.0", "x86_64", "cc (Debian 12.2.0-14) 12.2.0")
ABSENT = Output(127, "", "sh: cc: not found\n")


def answers(system: str, release: str, processor: str, machine: str, version: Output, studio: Output) -> Mapping[str, Output]:
    words = {"system": system, "release": release, "processor": processor, "machine": machine}
    return {name: Output(0, f"{word}\n") for name, word in words.items()} | {"version": version, "studio": studio}


def test_studio_and_gcc_say_what_they_are() -> None:
    studio = Output(0, "", "cc: Studio 12.6 Sun C 5.15 SunOS_sparc 2017/05/30\n")
    strange = Output(1, "", "cc: Warning: Option --version passed to ld\n")
    assert building.read(answers("SunOS", "5.11", "sparc", "sun4v", strange, studio), CC, "build11") == SPARC11
    gcc = Output(0, "cc (Debian 12.2.0-14) 12.2.0\n")
    assert building.read(answers("Linux", "6.1.0", "unknown", "x86_64", gcc, Output(1, "", "cc: error")), CC, "b") == LINUX
    assert (SPARC10.platform, SPARC11.platform, LINUX.platform) == ("solaris-5.10-sparc", "solaris-5.11-sparc", "linux-x86_64")


def test_who_cannot_build_is_named_with_what_to_do() -> None:
    with pytest.raises(Refused, match=r"^build11: there is no compiler 'cc'\. Install one there, .*heliostat_heartbeat_cc.*build_host"):
        building.read(answers("SunOS", "5.11", "sparc", "sun4v", ABSENT, ABSENT), CC, "build11")
    with pytest.raises(Refused, match=r"^aix1: 'uname -s' says 'AIX'"):
        building.read(answers("AIX", "2", "powerpc", "0", ABSENT, ABSENT), CC, "aix1")
    broken = {**answers("Linux", "6", "x", "x86_64", ABSENT, ABSENT), "release": Output(1, "", "uname: no")}
    with pytest.raises(CommandFailed, match=r"^b1: 'uname' ended with 1: uname: no"):
        building.read(broken, CC, "b1")
    told = building.advice("build10", Compiler("gcc", "", "/usr/ccs/bin/make", ""), SPARC10)
    assert all(word in told for word in ("build10", "/usr/ccs/bin/make", "libmd", "_cflags"))


@pytest.mark.parametrize("wrong", [{"cc": ""}, {"make": ""}, {"cc": "cc; rm -rf /"}, {"cflags": "$(x)"}, {"make": "make\nall"}])
def test_words_that_a_shell_or_a_makefile_would_read_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidDefinition):
        replace(CC, **wrong)


def test_another_name_for_all_that_makes_another_program() -> None:
    sources = {"Makefile": b"all:", "src/a/b.c": b"int x;"}
    name = building.key(sources, SPARC11, CC)
    assert name == building.key(dict(reversed(sources.items())), SPARC11, CC)
    others = [
        building.key({**sources, "src/a/b.c": b"int y;"}, SPARC11, CC),
        building.key({"Makefile": b"all:int x;", "src/a/b.c": b""}, SPARC11, CC),
        building.key(sources, SPARC10, CC),
        building.key(sources, replace(SPARC11, compiler="gcc"), CC),
        building.key(sources, SPARC11, replace(CC, cflags="-g")),
        building.key(sources, SPARC11, replace(CC, sha256="libmd")),
    ]
    assert len({name, *others}) == 7
    assert name.startswith("solaris-5.11-sparc-")
    assert name == building.key(sources, SPARC11, replace(CC, make="gmake")), "make makes no difference"


def test_libmd_on_solaris_10_alone() -> None:
    assert [building.sha256_library(CC, host) for host in (SPARC10, SPARC11, LINUX)] == ["libmd", "libcrypto", "libcrypto"]
    assert "SHA256=libmd" in building.build("/f", CC, SPARC10).argv
    assert not [word for word in building.build("/f", CC, LINUX).argv if str(word).startswith("CFLAGS")]


def test_what_travels_is_older_than_any_clock_and_names_nobody() -> None:
    """A build host whose clock is off by years makes everything all the same: nothing is newer than what is made of it."""
    sources = heartbeat_build._sources(SOURCES)
    assert {"Makefile", "flags.sh", "src/agent/agent_main.c"} <= set(sources)
    with tarfile.open(fileobj=io.BytesIO(heartbeat_build._archive(sources))) as archive:
        entries = archive.getmembers()
    assert {entry.name for entry in entries} == set(sources)
    assert {(entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname) for entry in entries} == {(0, 0, 0, "", "")}
    assert all(len(entry.name) <= 100 for entry in entries), "a longer name is not in every tar"


def test_a_folder_without_sources_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidDefinition, match=f"source: {tmp_path} has no Makefile"):
        heartbeat_build._sources(tmp_path)
