# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a node is made of: model, processors, memory, host id, in one set of probes that every release answers.

A command the node lacks (exit code 127) is a capability it lacks; a command that fails says why in the ParseError.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..model.command import Command, Output
from ..model.errors import ParseError
from . import prtdiag, psrinfo
from .tables import lines


@dataclass(frozen=True, slots=True)
class Hardware:
    """``cpus`` are virtual processors that are configured, whatever their state; ``memory`` is bytes."""

    model: str
    cpus: int
    cores: int | None
    chips: int
    memory: int
    hostid: str
    hostname: str


def probes() -> dict[str, Command]:
    """prtdiag ends with 1 when it found a fault: its banner counts all the same.

    ``prtconf -b`` names the machine where prtdiag does not run; kstat tells cores apart where psrinfo does not.
    """
    return {
        "uname-n": Command.of("uname", "-n"),
        "hostid": Command.of("hostid"),
        "prtdiag": Command.of("prtdiag", ok=(0, 1)),
        "prtconf": Command.of("prtconf"),
        "prtconf-b": Command.of("prtconf", "-b"),
        "psrinfo": Command.of("psrinfo"),
        "psrinfo-vp": Command.of("psrinfo", "-vp"),
        "kstat-cores": Command.of("kstat", "-p", "-m", "cpu_info", "-s", "core_id"),
    }


def parse(outputs: Mapping[str, Output]) -> Hardware:
    """The node's hardware from the answers to ``probes()``."""
    chips = psrinfo.parse_chips(_need(outputs, "psrinfo-vp"))
    cpus = psrinfo.parse_plain(_need(outputs, "psrinfo"))
    if not cpus or not chips:
        raise ParseError("psrinfo: no processor in its output")
    return Hardware(
        model=_model(outputs),
        cpus=len(cpus),
        cores=_cores(outputs, chips, len(cpus)),
        chips=len(chips),
        memory=prtdiag.parse_memory(_need(outputs, "prtconf")),
        hostid=_hostid(_need(outputs, "hostid")),
        hostname=_one_line(outputs, "uname-n"),
    )


def _need(outputs: Mapping[str, Output], name: str) -> str:
    output = outputs[name]
    if output.rc != 0:
        raise ParseError(f"{name} failed with exit code {output.rc}: {output.stderr.strip() or output.stdout.strip() or 'no message'}")
    return output.stdout


def _one_line(outputs: Mapping[str, Output], name: str) -> str:
    found = lines(_need(outputs, name))
    if len(found) != 1:
        raise ParseError(f"{name}: expected one line, found {len(found)}")
    return found[0].strip()


def _hostid(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{1,16}", text.strip()):
        raise ParseError(f"hostid: {text.strip()!r} is not a hexadecimal number")
    return text.strip()


def _model(outputs: Mapping[str, Output]) -> str:
    """Marketing name from prtdiag's banner; else the PROM's banner-name; else the device tree's root (``prtconf``)."""
    diagnosis = outputs["prtdiag"]
    if "System Configuration:" in diagnosis.stdout:
        machine = prtdiag.parse_banner(diagnosis.stdout)
        if machine.model or machine.configuration:
            return machine.model or machine.configuration
    banner = prtdiag.parse_openprom(outputs["prtconf-b"].stdout)[1]
    if banner:
        return banner
    tree = outputs["prtconf"].stdout.partition("System Peripherals")[2]
    root = [line for line in tree.splitlines()[1:] if line.strip()]
    if not root or root[0] != root[0].strip():
        raise ParseError(f"neither prtdiag nor prtconf names the machine: {diagnosis.stderr.strip() or diagnosis.stdout.strip()!r}")
    return root[0]


def _cores(outputs: Mapping[str, Output], chips: tuple[psrinfo.Chip, ...], cpus: int) -> int | None:
    """Cores as psrinfo counts them, else different (instance's) core ids of kstat; None where neither tells."""
    told = [chip.cores for chip in chips if chip.cores is not None]
    if len(told) == len(chips):
        return sum(told)
    kstat = outputs["kstat-cores"]
    found = re.findall(r"^cpu_info:[0-9]+:\S+:core_id\s+([0-9]+)$", kstat.stdout, re.MULTILINE) if kstat.rc == 0 else []
    # on x86 a core id may repeat on every chip, so only a count that fits each chip's threads evenly is taken
    distinct = len(set(found))
    return distinct if len(found) == cpus and distinct and distinct >= len(chips) and cpus % distinct == 0 else None
