# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a group's name, or a command line, to the function that hands a text to the product's parser."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass

from . import groups
from .facts import Table

Parsed = Callable[[str, str, str], object]

#: First words of a command line whose group has another name.
_BY_COMMAND: Mapping[str, str] = {
    "uname": "uname",
    "stmsboot": "mpathadm",
    "mpathadm": "mpathadm",
    "metaset": "metaset",
    "showrev": "pkginfo",
    "patchadd": "pkginfo",
}


def names() -> list[str]:
    """Every group that has a file here, as it is written in an index.yml (``-`` and not ``_``)."""
    return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(groups.__path__))


def adapter(group: str) -> Parsed | None:
    """``parsed`` of the group, None for a group without a file."""
    name = group.replace("-", "_")
    if not name.isidentifier() or name.replace("_", "-") not in names():
        return None
    parsed: Parsed = importlib.import_module(f"{groups.__name__}.{name}").parsed
    return parsed


def of_command(line: str) -> str | None:
    """The group whose file reads the output of a command line."""
    words = line.split()
    if line.strip() == "cat /etc/release":
        return "etc-release"
    word = words[0].rpartition("/")[2] if words else ""
    group = _BY_COMMAND.get(word, word)
    if group in names():
        return group
    starting = [name for name in names() if word.startswith(name)]
    return starting[-1] if starting else None


def plain(value: object) -> object:
    """Parsed values as JSON can hold them."""
    if isinstance(value, Table):
        rows = [plain(row) for row in value.rows]
        return {**{name: plain(item) for name, item in value.about.items()}, "rows": rows} if value.about else rows
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
