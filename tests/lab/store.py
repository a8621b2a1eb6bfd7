# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The truth on disk: one JSON file for the data centre and one per machine, replaced atomically."""

from __future__ import annotations

import dataclasses
import json
import os
import types
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from .truth import DataCentre, Machine

HINTS: dict[type, dict[str, Any]] = {}


def plain(value: object) -> str:
    """JSON text of a truth value (dataclasses as objects)."""
    return json.dumps(value, default=vars, separators=(",", ":"))


def build(kind: Any, data: Any) -> Any:
    """A typed value from plain data. Raises TypeError on a field the truth does not know."""
    origin = get_origin(kind)
    if origin in (types.UnionType, Union):
        if data is None:
            return None
        return build(next(option for option in get_args(kind) if option is not type(None)), data)
    if origin is list:
        return [build(get_args(kind)[0], item) for item in data]
    if origin is dict:
        return {key: build(get_args(kind)[1], item) for key, item in data.items()}
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = HINTS.setdefault(kind, get_type_hints(kind))
        unknown = set(data) - set(hints)
        if unknown:
            raise TypeError(f"{kind.__name__}: unknown fields {', '.join(sorted(unknown))}")
        return kind(**{name: build(hints[name], item) for name, item in data.items()})
    if kind is float and isinstance(data, int):
        return float(data)
    return data


def write_atomically(path: Path, text: str) -> None:
    aside = path.with_name(path.name + ".new")
    aside.write_text(text)
    os.replace(aside, path)


class Store:
    """``STATE/truth/``: centre.json (all but the machines) and machine files; only what changed is written."""

    def __init__(self, state: Path) -> None:
        self.folder = state / "truth"
        self.written: dict[str, str] = {}

    def exists(self) -> bool:
        return (self.folder / "centre.json").exists()

    def save(self, centre: DataCentre, machines: set[str] | None = None) -> None:
        """Write the data centre and the machines named (None: all)."""
        self.folder.mkdir(exist_ok=True)
        shallow = vars(centre) | {"machines": list(centre.machines)}
        texts = {"centre": plain(shallow)}
        for name, machine in centre.machines.items():
            if machines is None or name in machines:
                texts["machine-" + name] = plain(machine)
        for name, text in texts.items():
            if self.written.get(name) != text:
                write_atomically(self.folder / f"{name}.json", text)
                self.written[name] = text

    def load(self) -> DataCentre:
        """The truth as last written. Raises OSError, ValueError or TypeError when it cannot be read."""
        plain_centre = json.loads((self.folder / "centre.json").read_text())
        names = plain_centre.pop("machines")
        centre: DataCentre = build(DataCentre, plain_centre)
        for name in names:
            machine: Machine = build(Machine, json.loads((self.folder / f"machine-{name}.json").read_text()))
            centre.machines[name] = machine
        return centre
