# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a node is in terms of virtualisation: ``virtinfo`` (SPARC from Solaris 10 9/10, x86 from 11.?).

Three forms: parsable ``-ap`` (records ``DOMAINROLE|impl=LDoms|control=false``), text ``Domain role: LDoms guest``
(Solaris 10 and 11.1, and with -a), and from 11.2 on a table NAME CLASS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..model.command import Command, Output
from ..model.errors import ParseError
from .tables import lines, refuse, worded

_FLAGS = ("control", "I/O", "service", "root")


@dataclass(frozen=True, slots=True)
class Domain:
    """A logical domain's own view. ``flags`` of control, io, service, root; None where the form does not tell."""

    implementation: str
    flags: Mapping[str, bool] = field(default_factory=dict)
    name: str = ""
    uuid: str = ""
    control_domain: str = ""
    chassis: str = ""


def probes() -> dict[str, Command]:
    return {"virtinfo": Command.of("virtinfo", "-a", "-p", ok=(0, 1))}


def parse(outputs: Mapping[str, Output]) -> Domain | None:
    """The node's domain; None where there is no virtinfo, or it says that it does not apply here. Other failures are ParseErrors."""
    output = outputs["virtinfo"]
    if output.missing:
        return None
    if output.rc != 0:
        said = output.stderr.strip() or output.stdout.strip()
        if "can only be run" in said or "not supported" in said:
            return None
        raise ParseError(f"virtinfo failed with exit code {output.rc}: {said or 'no message'}")
    return parse_parsable(output.stdout)


def parse_parsable(text: str) -> Domain:
    """``virtinfo -a -p``."""
    rows = lines(text)
    if not rows or rows[0] != "VERSION 1.0":
        refuse("virtinfo -ap", rows[0] if rows else "", "is not 'VERSION 1.0'")
    records: dict[str, dict[str, str]] = {}
    for line in rows[1:]:
        word, *pairs = line.split("|")
        if not pairs or any("=" not in pair for pair in pairs):
            refuse("virtinfo -ap", line)
        records[word] = dict(pair.split("=", 1) for pair in pairs)
    if "impl" not in records.get("DOMAINROLE", {}):
        refuse("virtinfo -ap", text.strip(), "has no record DOMAINROLE with impl")
    role = records["DOMAINROLE"]
    flags = {name: value == "true" for name, value in role.items() if value in ("true", "false")}
    return Domain(
        role["impl"],
        flags,
        records.get("DOMAINNAME", {}).get("name", ""),
        records.get("DOMAINUUID", {}).get("uuid", ""),
        records.get("DOMAINCONTROL", {}).get("name", ""),
        records.get("DOMAINCHASSIS", {}).get("serialno", ""),
    )


def parse_text(text: str) -> Domain:
    """``virtinfo -a`` and, to 11.1, ``virtinfo``: lines ``Label: value``."""
    facts: dict[str, str] = {}
    for line in lines(text):
        label, separator, value = line.partition(":")
        if not separator:
            refuse("virtinfo", line)
        facts[label.strip()] = value.strip()
    role = facts.get("Domain role", "").split()
    if not role or any(word not in (*_FLAGS, "guest") for word in role[1:]):
        refuse("virtinfo", facts.get("Domain role", text.strip()), "is not a domain role")
    flags = {word.lower().replace("/", ""): word in role[1:] for word in _FLAGS}
    return Domain(
        role[0],
        flags,
        facts.get("Domain name", ""),
        facts.get("Domain UUID", ""),
        facts.get("Control domain", ""),
        facts.get("Chassis serial#", ""),
    )


def parse_table(text: str) -> dict[str, list[str]]:
    """``virtinfo`` from 11.2: names by class (``current``, ``supported``, ``parent``)."""
    classes: dict[str, list[str]] = {}
    for row in worded("virtinfo", text, needs=("NAME", "CLASS")):
        classes.setdefault(row["CLASS"], []).append(row["NAME"])
    return classes
