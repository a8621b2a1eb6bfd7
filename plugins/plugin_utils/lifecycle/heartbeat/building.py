# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Building the daemons: what is sent to a build host, what is run there, and under which name the result is kept. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ...model.command import Command, Output
from ...model.errors import CommandFailed, InvalidDefinition, Refused
from .look import SYSTEMS

#: What a build makes (roles/heartbeat/files/Makefile).
PROGRAMS = ("heliostat-agent", "heliostat-heartbeat", "heliostat-monitor")
#: What of the role's files is sent.
SENT = re.compile(r"(?:Makefile|flags\.sh|src/[a-z_]+/[a-z0-9_]+\.[ch])\Z")
ARCHIVE = "heliostat-heartbeat.tar"
_WORD = re.compile(r"[A-Za-z0-9_./+:=,@ -]*\Z")


@dataclass(frozen=True, slots=True)
class Compiler:
    """``cc`` may have words behind it (``cc -m64``); ``sha256`` '' is libcrypto, on Solaris 10 libmd."""

    cc: str
    cflags: str
    make: str
    sha256: str

    def __post_init__(self) -> None:
        for name in ("cc", "cflags", "make", "sha256"):
            if not _WORD.match(getattr(self, name)):
                raise InvalidDefinition(f"{name}: {getattr(self, name)!r} holds letters that a makefile or a shell would read.")
        if not self.cc or not self.make:
            raise InvalidDefinition("cc and make are programs, not nothing.")


@dataclass(frozen=True, slots=True)
class Host:
    """A build host: system (``solaris``), release, processor, and what its compiler says of itself."""

    system: str
    release: str
    processor: str
    compiler: str

    @property
    def platform(self) -> str:
        """On Solaris the release counts: what 11 builds does not run on 10. On Linux the kernel's does not."""
        return f"{self.system}-{self.release + '-' if self.system == 'solaris' else ''}{self.processor}"


def probes(compiler: Compiler) -> dict[str, Command]:
    """One round trip. Studio's compilers say their version with -V, others with --version; one of the two may fail."""
    program = compiler.cc.split()[0]
    return {
        "system": Command.of("uname", "-s"),
        "release": Command.of("uname", "-r"),
        "processor": Command.of("uname", "-p"),
        "machine": Command.of("uname", "-m"),
        "version": Command.of(program, "--version"),
        "studio": Command.of(program, "-V"),
    }


def read(outputs: Mapping[str, Output], compiler: Compiler, name: str) -> Host:
    """``name`` is the build host's. Raises Refused where there is no such compiler, CommandFailed where uname fails."""
    words = {}
    for word in ("system", "release", "processor", "machine"):
        if outputs[word].rc != 0:
            raise CommandFailed(f"{name}: 'uname' ended with {outputs[word].rc}: {outputs[word].stderr.strip()}")
        words[word] = outputs[word].stdout.strip()
    if words["system"] not in SYSTEMS:
        raise Refused(f"{name}: 'uname -s' says {words['system']!r}: the daemons are built on {' and '.join(SYSTEMS)}.")
    if outputs["version"].missing and outputs["studio"].missing:
        raise Refused(
            f"{name}: there is no compiler {compiler.cc.split()[0]!r}. Install one there, name another in heliostat_heartbeat_cc, or "
            "another build host of the same platform in heliostat_heartbeat_build_host."
        )
    said = [outputs[word].stdout + outputs[word].stderr for word in ("version", "studio") if outputs[word].rc == 0]
    system = SYSTEMS[words["system"]]
    processor = words["processor"] if system == "solaris" else words["machine"]
    return Host(system, words["release"], processor, said[0].strip() if said else "")


def sha256_library(compiler: Compiler, host: Host) -> str:
    """Solaris 10 has SHA-2 in libmd, and its libcrypto is too old for it."""
    return compiler.sha256 or ("libmd" if host.system == "solaris" and host.release == "5.10" else "libcrypto")


def key(sources: Mapping[str, bytes], host: Host, compiler: Compiler) -> str:
    """Under which a build is kept: the same sources, platform, compiler and flags give the same programs."""
    digest = hashlib.sha256()
    words = (host.platform, host.compiler, compiler.cc, compiler.cflags, sha256_library(compiler, host))
    for part in (*(word.encode() for word in words), *(part for name in sorted(sources) for part in (name.encode(), sources[name]))):
        digest.update(len(part).to_bytes(8, "big") + part)
    return f"{host.platform}-{digest.hexdigest()[:32]}"


def advice(name: str, compiler: Compiler, host: Host) -> str:
    """What to look at where a build failed."""
    return (
        f"Nothing was kept, and no host was changed. On {name} there must be {compiler.make.split()[0]!r} (heliostat_heartbeat_make), a "
        f"C11 compiler that takes the given flags (heliostat_heartbeat_cc, _cflags), the headers of {sha256_library(compiler, host)} "
        "(heliostat_heartbeat_sha256), and room in /var/tmp."
    )


# Solaris' tar knows no -C and no -z; the folder is the argument.
_UNPACK = 'cd "$1" && tar xf "$2"'
_BUILD = 'cd "$1" && shift && "$@"'


def unpack(folder: str) -> Command:
    return Command.of("/bin/sh", "-c", _UNPACK, "sh", folder, ARCHIVE, secrets=(folder,))


def build(folder: str, compiler: Compiler, host: Host) -> Command:
    words = [f"CC={compiler.cc}", f"PLATFORM={host.system}", f"SHA256={sha256_library(compiler, host)}"]
    if compiler.cflags:
        words.append(f"CFLAGS={compiler.cflags}")
    return Command.of("/bin/sh", "-c", _BUILD, "sh", folder, *compiler.make.split(), *words, "all", secrets=(folder,))
