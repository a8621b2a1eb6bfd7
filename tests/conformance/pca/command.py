# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A command line of PCA, as its manual page describes it, in the terms of our selection."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.selection import Group, Selection, wanted

FORMAT: Final = "%p %i %e %c %r%s%b %a %y"
#: Long name → (letter, what follows). ``flag``: nothing; ``word``, ``number``; ``list``: words that add up. By the manual page and usage.
OPTIONS: Final[dict[str, tuple[str, str]]] = {
    "list": ("l", "flag"), "listhtml": ("L", "flag"), "download": ("d", "flag"), "install": ("i", "flag"), "pretend": ("I", "flag"),
    "readme": ("r", "flag"), "unzip": ("u", "flag"), "getxref": ("x", "flag"), "xrefdir": ("X", "word"), "nocheckxref": ("y", "flag"),
    "xrefown": ("", "flag"), "nocache": ("", "flag"), "patchdir": ("P", "word"), "askauth": ("a", "flag"), "user": ("", "word"),
    "passwd": ("", "word"), "supplevel": ("", "flag"), "patchurl": ("", "word"), "xrefurl": ("", "word"), "stop": ("", "list"),
    "ignore": ("", "list"), "rec": ("", "list"), "sec": ("", "list"), "pattern": ("p", "word"), "noreboot": ("n", "flag"),
    "minage": ("", "number"), "maxage": ("", "number"), "nodep": ("", "flag"), "minimal": ("", "flag"), "syslog": ("", "word"),
    "nobackup": ("k", "list"), "backdir": ("B", "word"), "safe": ("s", "flag"), "currentzone": ("G", "flag"), "patchadd": ("", "word"),
    "noheader": ("H", "flag"), "format": ("", "word"), "fromfiles": ("f", "word"), "dltries": ("", "number"), "force": ("F", "flag"),
    "root": ("R", "word"), "wget": ("", "word"), "wgetproxy": ("", "word"), "wgetopt": ("", "list"), "logger": ("", "word"),
    "threads": ("t", "number"), "update": ("", "word"), "pcaurl": ("", "word"), "ssprot": ("", "word"), "sshost": ("", "word"),
    "ohost": ("", "word"), "norootchk": ("", "flag"), "cffile": ("", "list"), "debug": ("V", "flag"), "help": ("h", "flag"),
    "man": ("m", "flag"), "version": ("v", "flag"),
}  # fmt: skip
_LETTERS: Final = {letter: name for name, (letter, _kind) in OPTIONS.items() if letter}
_ARCHIVE = re.compile(r".*?(?P<id>[0-9]{6}-[0-9]{2})\.(?:zip|jar|tar\.Z|tar)\Z")
#: What changes no listing: where things come from, who asks, how it is logged.
_ASIDE: Final = frozenset(
    "list install pretend xrefdir nocheckxref xrefown nocache patchdir askauth user passwd patchurl xrefurl stop ignore rec sec pattern "
    "noreboot minage maxage nodep minimal syslog nobackup backdir currentzone patchadd noheader format fromfiles dltries force root wget "
    "wgetproxy wgetopt logger update pcaurl ssprot sshost ohost norootchk cffile".split()
)


class Usage(Exception):
    """PCA refuses it, and so do we: a wrong option (2), an operand that means nothing (1)."""

    def __init__(self, why: str, status: int) -> None:
        super().__init__(why)
        self.status = status


class NotUnderstood(Exception):
    """Nothing here knows what it asks for."""


@dataclass(frozen=True)
class Asked:
    """``operands`` as they are printed. ``system`` and ``reference``: where they are read, as written. ``patches``: the folder of patches,
    where some are to be installed."""

    operands: tuple[str, ...]
    selection: Selection
    system: str
    reference: str
    header: bool = True
    format: str = FORMAT
    patches: str = ""
    install: bool = False
    pretend: bool = False
    root: str = ""


def parse(line: str, folder: Path) -> Asked:
    """``folder`` is where it was run: pca.conf and files of operands lie there. Raises Usage, NotUnderstood."""
    words = shlex.split(line)
    given: dict[str, list[str]] = {}
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        name, _, value = words.pop(0).partition("=")
        if name.startswith("PCA_"):
            given.setdefault(name[4:].lower(), []).append(value)
    if not words or Path(words.pop(0)).name not in ("pca", "pca.pl"):
        raise NotUnderstood(f"{line!r} is not pca")
    given = _configured(folder) | given
    rest = _options(words, given)
    for name, values in given.items():
        if name not in _ASIDE and values[-1] not in ("0", ""):
            raise NotUnderstood(f"--{name} is not compared")
    if "fromfiles" not in given:
        raise NotUnderstood("without -f it is about the machine that it ran on")
    operands = tuple(_expanded(rest or given.get("operands", ["missing"])[-1].split(), folder))
    install = any(given.get(name, ["0"])[-1] not in ("0", "") for name in ("install", "pretend"))
    return Asked(
        operands,
        _selection(operands, given),
        given["fromfiles"][-1],
        given.get("xrefdir", ["/var/tmp"])[-1],
        not _set(given, "noheader"),
        given.get("format", [FORMAT])[-1],
        given.get("patchdir", ["."])[-1],
        install,
        _set(given, "pretend"),
        given.get("root", [""])[-1],
    )


def _set(given: dict[str, list[str]], name: str) -> bool:
    return given.get(name, ["0"])[-1] not in ("0", "")


def _configured(folder: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    path = folder / "pca.conf"
    for line in path.read_text().splitlines() if path.exists() else ():
        name, equals, value = line.partition("#")[0].partition("=")
        if equals and name.strip() in {*OPTIONS, "operands"}:
            found.setdefault(name.strip(), []).append(value.strip())
    return found


def _options(words: Sequence[str], given: dict[str, list[str]]) -> list[str]:
    """Getopt::Long with bundling: letters run together, long names after two dashes, cut short where that is unique, ``no`` takes back."""
    rest, queue = [], list(words)
    while queue:
        word = queue.pop(0)
        if word == "--":
            return rest + queue
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            long, on = _long(name)
            if OPTIONS[long][1] == "flag":
                if equals:
                    raise Usage(f"--{name} takes nothing", 2)
                given[long] = ["1" if on else "0"]
            else:
                _keep(given, long, value if equals else _next(queue, name))
        elif word.startswith("-") and len(word) > 1:
            letters = word[1:]
            while letters:
                letter, letters = letters[0], letters[1:]
                if letter not in _LETTERS:
                    raise Usage(f"-{letter} is no option", 2)
                if OPTIONS[_LETTERS[letter]][1] == "flag":
                    given[_LETTERS[letter]] = ["1"]
                else:
                    _keep(given, _LETTERS[letter], letters.removeprefix("=") or _next(queue, letter))
                    letters = ""
        else:
            rest.append(word)
    return rest


def _next(queue: list[str], name: str) -> str:
    if not queue:
        raise Usage(f"{name} wants a value", 2)
    return queue.pop(0)


def _keep(given: dict[str, list[str]], name: str, value: str) -> None:
    if OPTIONS[name][1] == "number" and not re.fullmatch(r"[-+]?[0-9]+", value):
        raise Usage(f"--{name} wants a number", 2)
    given[name] = [*given.get(name, []), value] if OPTIONS[name][1] == "list" else [value]


def _long(name: str) -> tuple[str, bool]:
    for text, on in ((name, True), (name.removeprefix("no").removeprefix("-"), False)):
        found = [name for name in OPTIONS if name == text] or [name for name in OPTIONS if name.startswith(text)]
        if len(found) == 1 and (on or (name.startswith("no") and OPTIONS[found[0]][1] == "flag")):
            return found[0], on
    raise Usage(f"--{name} is no option", 2)


def _expanded(words: Sequence[str], folder: Path, within: tuple[str, ...] = ()) -> list[str]:
    found = []
    for word in words:
        archive = _ARCHIVE.match(word)
        if re.fullmatch(r"(?:missing|installed|all|total|unbundled|bad|[miatub])r?s?|[0-9]{6}(?:-[0-9]{2})?", word):
            found.append(word)
        elif archive:
            found.append(archive["id"])
        elif (folder / word).is_file() and word not in within:
            lines = (folder / word).read_text().splitlines()
            found += _expanded([line.split(" ")[0] for line in lines if line], folder, (*within, word))
        else:
            raise Usage(f"Unknown operand: {word}", 1)
    return found


def _selection(operands: Sequence[str], given: dict[str, list[str]]) -> Selection:
    def days(name: str) -> int | None:
        return int(given[name][-1]) or None if name in given else None

    for name in ("stop", "rec", "sec"):
        for word in given.get(name, ()):
            if not re.fullmatch(r"[0-9]{6}(?:-[0-9]{2})?", word):
                raise Usage(f"Invalid patch ID with --{name}: {word}", 1)
    selection = Selection(
        tuple(wanted(one) for one in operands),
        days("minage"),
        days("maxage"),
        given.get("pattern", [""])[-1],
        tuple(given.get("ignore", ())),
        tuple(given.get("stop", ())),
        frozenset(word[:6] for word in given.get("rec", ())),
        frozenset(word[:6] for word in given.get("sec", ())),
        not _set(given, "nodep"),
        _set(given, "minimal"),
        _set(given, "noreboot"),
    )
    if any(isinstance(one, str) and one in selection.stop for one in selection.wanted):
        selection = replace(selection, stop=tuple(one for one in selection.stop if one not in operands))
    try:
        selection.check()
    except ParseError as error:
        raise Usage(str(error), 1) from None
    return selection


def only_groups(asked: Asked) -> bool:
    return all(isinstance(one, Group) for one in asked.selection.wanted)
