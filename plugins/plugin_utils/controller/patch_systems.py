# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Systems as patch analysis sees them: asked now, or from files in which their answers were saved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..commands import svr4
from ..engine.node_shell import NodeShell
from ..engine.nodes import Nodes
from ..model.command import At, Command, Output
from ..model.errors import CommandFailed, HeliostatError, InvalidDefinition, ParseError, Refused
from ..model.patching.system import System
from .action import HeliostatAction
from .other_nodes import impatient

if TYPE_CHECKING:
    from ..repository.store import Repository

LOOK = {
    "uname": Command.of("uname", "-a"),
    "packages": Command.of("pkginfo", "-x"),
    "patches": Command.of("showrev", "-p"),
}
#: Where the three lie: as somebody saved them by hand, and in an Oracle Explorer's folder.
LAYOUTS = (
    {"uname": ("uname.out",), "packages": ("pkginfo.out", "pkginfo-l.out"), "patches": ("showrev.out",)},
    {
        "uname": ("sysconfig/uname-a.out",),
        "packages": ("patch+pkg/pkginfo-x.out", "patch+pkg/pkginfo-l.out"),
        "patches": ("patch+pkg/showrev-p.out",),
    },
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Of each node either its system or why it told nothing; ``answers`` are those to ``LOOK`` and to what else was asked. ``nodes``: to
    ask on.
    """

    nodes: Nodes
    answers: Mapping[str, Mapping[str, Output]]
    systems: dict[str, System]
    silent: dict[str, str]


def ask(action: HeliostatAction, names: Iterable[str]) -> tuple[dict[str, System], dict[str, str]]:
    """One round trip to each node, side by side: node → its system, and node → why it told nothing, or is no host of the inventory."""
    asked = ask_more(action, names, {})
    return asked.systems, asked.silent


def ask_more(action: HeliostatAction, names: Iterable[str], more: Mapping[str, Command]) -> Asked:
    """The same with further probes in that round trip."""
    wanted = sorted(set(names))
    shells: dict[str, NodeShell] = {}
    silent: dict[str, str] = {}
    for name in wanted:
        try:
            shells[name] = impatient(action, name)
        except HeliostatError as error:
            silent[name] = line(error)
    nodes = Nodes(shells.__getitem__)
    found = nodes.ask({At(name, probe): command for name in shells for probe, command in {**LOOK, **more}.items()})
    answers: dict[str, dict[str, Output]] = {}
    for key, answer in found.items():
        answers.setdefault(key.node, {})[key.probe] = answer
    systems: dict[str, System] = {}
    for name in wanted:
        try:
            if name in answers:
                systems[name] = read(name, answers[name])
            elif name not in silent:
                raise HeliostatError(nodes.unreachable.get(name, f"node {name} does not answer"))
        except HeliostatError as error:
            silent[name] = line(error)
    return Asked(nodes, answers, systems, silent)


def line(error: HeliostatError) -> str:
    return " ".join(str(error).split())


def read(node: str, answers: Mapping[str, Output]) -> System:
    """The answers to ``LOOK``. Raises CommandFailed, ParseError."""
    for probe, command in LOOK.items():
        if answers[probe].rc not in command.ok:
            said = (answers[probe].stderr or answers[probe].stdout).strip()
            raise CommandFailed(f"node {node}: {' '.join(map(str, command.argv))} ended with {answers[probe].rc}: {said[:200]}")
    try:
        return svr4.system(answers["uname"].stdout, answers["packages"].stdout, answers["patches"].stdout)
    except ParseError as error:
        raise ParseError(f"node {node}: {error}") from None


def from_folder(folder: str) -> System:
    """What one system's answers were when they were saved. Raises InvalidDefinition, ParseError."""
    path = Path(folder)
    for layout in LAYOUTS:
        found = {probe: next((path / name for name in names if (path / name).is_file()), None) for probe, names in layout.items()}
        files = [one for one in found.values() if one]
        if len(files) == len(found):
            try:
                texts = [one.read_text(encoding="utf-8", errors="surrogateescape") for one in files]
                return svr4.system(*texts)
            except OSError as error:
                raise InvalidDefinition(f"{folder}: {error}") from None
            except ParseError as error:
                raise ParseError(f"{folder}: {error}") from None
    wanted = " or ".join(", ".join(" or ".join(names) for names in layout.values()) for layout in LAYOUTS)
    raise InvalidDefinition(f"{folder} has no saved system: wanted are {wanted}.")


def named(action: HeliostatAction, repository: Repository, words: Iterable[str]) -> tuple[list[str], list[str]]:
    """Nodes by name, or by inventory group, of which those count that run Solaris 10: their names sorted, and what was left out.

    Raises InvalidDefinition for a word that is neither, Refused for a node of another release that is named itself.
    """
    known = {record.name: record for record in repository.nodes()}
    groups: Mapping[str, Iterable[str]] = action.vars.get("groups") or {}
    found: set[str] = set()
    left: set[str] = set()
    for word in words:
        if word in known:
            if not known[word].facts.release.is_solaris10:
                raise Refused(f"node {word} runs {known[word].facts.release.description}: patches are for Solaris 10. Leave it out.")
            found.add(word)
        elif word in groups:
            members = [name for name in groups[word] if name in known]
            if not members:
                raise InvalidDefinition(f"inventory group {word} has no node that the repository knows. Register its nodes first.")
            old = {name for name in members if known[name].facts.release.is_solaris10}
            found |= old
            left |= set(members) - old
        else:
            raise InvalidDefinition(f"{word} is neither a node of the repository nor a group of the inventory. Register the node first.")
    return sorted(found), [f"node {name} runs no Solaris 10 and is left out" for name in sorted(left - found)]
