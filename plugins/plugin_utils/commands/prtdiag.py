# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine itself: the banner of ``prtdiag``, ``prtconf``, and what ``prtdiag -v`` lists of processors and DIMMs.

SPARC: ``System Configuration:  VENDOR  sun4v MODEL`` and a memory size. x86: vendor and model of the SMBIOS on one
line, no memory size. The sections differ by platform; only those read here are looked at, the rest is not refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..model.errors import ParseError
from .tables import lines, refuse

#: Vendors whose name is followed by the model with one blank (SMBIOS pads some, not all).
_VENDORS: tuple[str, ...] = (
    "Sun Microsystems",
    "Oracle Corporation",
    "Dell Inc.",
    "innotek GmbH",
    "VMware, Inc.",
    "Microsoft Corporation",
    "QEMU",
    "Red Hat",
)
_VENDORS += ("Supermicro", "HP", "HPE", "IBM", "FUJITSU", "Intel Corporation", "Joyent")
_UNITS = {"KB": 1 << 10, "Kilobytes": 1 << 10, "MB": 1 << 20, "Megabytes": 1 << 20, "GB": 1 << 30, "Gigabytes": 1 << 30, "TB": 1 << 40}
_MEMORY = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?)\s*(?P<unit>[A-Za-z]+)")
_NOT_HERE = "can only be run in the global zone"
_CPU_ROWS = (
    # V210, V240: CPU Freq E$ implementation ...
    re.compile(r"(?P<ids>[0-9]+)\s+(?P<mhz>[0-9]+) MHz\s+\S+\s+(?P<impl>\S+)\s.*"),
    # V890: board, CPUs, MHz, E$ MB, implementation, mask
    re.compile(r"(?P<board>[A-Z])\s+(?P<ids>[0-9]+(?:,\s*[0-9]+)*)\s+(?P<mhz>[0-9]+)\s+[0-9.]+\s+(?P<impl>\S+)\s+[0-9.]+"),
    # M4000 ... M9000: LSB, chip, CPU ids, MHz, L2$ MB, implementation, mask
    re.compile(
        r"(?P<board>[0-9]{2})\s+(?P<chip>[0-9]+)\s+(?P<ids>[0-9]+(?:,\s*[0-9]+)+)\s+(?P<mhz>[0-9]+)\s+[0-9.]+\s+(?P<impl>[0-9]+)\s+[0-9]+"
    ),
)
_HEADING = re.compile(r"=+ (?P<title>\S.*?) =+")


@dataclass(frozen=True, slots=True)
class Machine:
    """Banner of prtdiag or prtconf. ``vendor`` and ``model`` are '' where they cannot be told apart in ``configuration``.

    ``memory`` is bytes, ``memory_text`` as printed; None and '' where the banner has none (x86).
    """

    configuration: str
    vendor: str = ""
    architecture: str = ""
    model: str = ""
    memory: int | None = None
    memory_text: str = ""
    clock: int | None = None  # system clock in MHz
    bios: str = ""
    bmc: str = ""


def memory_size(command: str, text: str) -> int:
    """Bytes of ``65536 Megabytes`` or ``4GB``."""
    match = _MEMORY.fullmatch(text.strip())
    if not match or match["unit"] not in _UNITS:
        refuse(command, text, "is not a memory size with a known unit")
    return round(float(match["number"]) * _UNITS[match["unit"]])


def parse_banner(text: str) -> Machine:
    """The lines before the first section; ParseError where prtdiag cannot run (zone) or the banner is missing."""
    facts: dict[str, str] = {}
    for line in lines(text):
        if _HEADING.fullmatch(line.strip()):
            break
        label, separator, value = line.partition(":")
        if separator and label.strip() and label.strip() not in facts:
            facts[label.strip()] = value.rstrip()
    if "System Configuration" not in facts:
        refuse(
            "prtdiag",
            text.strip().partition("\n")[0],
            "is no system configuration. Run it in the global zone with the hardware's own rights.",
        )
    vendor, architecture, model = _configuration(facts["System Configuration"])
    size = facts.get("Memory size", "").strip()
    clock = re.fullmatch(r"([0-9]+) MH[zZ]", facts.get("System clock frequency", "").strip())
    return Machine(
        configuration=" ".join(facts["System Configuration"].split()),
        vendor=vendor,
        architecture=architecture,
        model=model,
        memory=memory_size("prtdiag", size) if size and size != "unavailable" else None,
        memory_text=size,
        clock=int(clock[1]) if clock else None,
        bios=facts.get("BIOS Configuration", "").strip(),
        bmc=facts.get("BMC Configuration", "").strip(),
    )


def _configuration(value: str) -> tuple[str, str, str]:
    """Vendor, architecture (sun4u, sun4v, i86pc; '' on x86 prtdiag), model (prtconf prints none)."""
    sun = re.fullmatch(r"\s*(?P<vendor>\S.*?)\s+(?P<architecture>sun4[a-z]+[0-9]?|i86pc)(?:\s+(?P<model>\S.*))?", value)
    if sun:
        return sun["vendor"], sun["architecture"], sun["model"] or ""
    padded = re.fullmatch(r"\s*(\S.*?)\s{2,}(\S.*)", value)
    if padded:
        return padded[1], "", padded[2]
    for vendor in _VENDORS:
        if value.strip().startswith(vendor + " "):
            return vendor, "", value.strip().removeprefix(vendor).strip()
    return "", "", ""


def sections(text: str) -> dict[str, list[str]]:
    """Lines of each section of ``prtdiag -v`` under its ``==== title ====``."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text.splitlines():
        match = _HEADING.fullmatch(line.strip())
        if match:
            current = found.setdefault(match["title"], [])
        elif line.strip():
            current.append(line.rstrip())
    return found


def _listed(section: list[str]) -> list[str]:
    """Lines below the rule of dashes; ParseError where there is none."""
    for number, line in enumerate(section):
        if re.fullmatch(r"[\s-]*---[\s-]*", line):
            return section[number + 1 :]
    raise ParseError("prtdiag -v: a section has no rule of dashes below its headings")


@dataclass(frozen=True, slots=True)
class CpuRow:
    """A line of the section CPUs: virtual processor ids, MHz, implementation; board and chip where the platform has them."""

    ids: tuple[int, ...]
    mhz: int
    implementation: str
    board: str = ""
    chip: str = ""


def runs_here(text: str) -> bool:
    """False where prtdiag says that it cannot run (non-global zone)."""
    return _NOT_HERE not in text


def cpus(text: str) -> tuple[CpuRow, ...]:
    """SPARC: the section CPUs; empty where it is not printed, ParseError for a layout that is not known."""
    found = []
    for line in _listed(sections(text).get("CPUs", ["---"])):
        match = next((match for form in _CPU_ROWS if (match := form.fullmatch(line.strip()))), None)
        if match is None:
            refuse("prtdiag -v", line, "is no line of a CPU table that is known")
        named = match.groupdict()
        ids = tuple(int(number) for number in re.split(r",\s*", named["ids"]))
        found.append(CpuRow(ids, int(named["mhz"]), named["impl"], named.get("board") or "", named.get("chip") or ""))
    return tuple(found)


def sockets(text: str) -> list[str]:
    """x86: the processor sockets' lines (``Version  Location Tag``)."""
    return _listed(sections(text).get("Processor Sockets", ["---"]))


def dimms_in_use(text: str) -> int:
    """x86: number of memory device sockets whose status is ``in use``."""
    count = 0
    for line in _listed(sections(text).get("Memory Device Sockets", ["---"])):
        status = re.search(r"\s(in use|empty)\s", line)
        if not status:
            refuse("prtdiag -v", line, "is a memory socket neither in use nor empty")
        count += status[1] == "in use"
    return count


def openboot(text: str) -> str:
    """SPARC: version of the OpenBoot PROM, '' where it is not printed."""
    match = re.search(r"^OBP (\S+) ", text, re.MULTILINE)
    return match[1] if match else ""


def processor_mode(text: str) -> str:
    """M-series: ``SPARC64-VII``, '' where not printed."""
    match = re.search(r"^(SPARC64-\S+) mode\s*$", text, re.MULTILINE)
    return match[1] if match else ""


def parse_openprom(text: str) -> tuple[Machine, str]:
    """``prtconf -vp`` or ``prtconf -b``: the banner, and the root node's banner-name ('' where the PROM gives none)."""
    match = re.search(r"^\s*banner-name:\s+'?(.*?)'?\s*$", text, re.MULTILINE)
    name = match[1] if match else ""
    head = text.partition("System Peripherals")[0]
    return (parse_banner(head) if "System Configuration" in head else Machine("")), name


def parse_memory(text: str) -> int:
    """Bytes of memory from ``prtconf``; ParseError in a zone, where it says ``unavailable``."""
    match = re.search(r"^Memory size: (.*)$", text, re.MULTILINE)
    if not match:
        raise ParseError("prtconf: no line 'Memory size:' in its output")
    return memory_size("prtconf", match[1])
