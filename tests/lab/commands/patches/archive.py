# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An unpacked patch on a machine's disk, as patchadd reads it: package folders with pkginfo and pkgmap, patchinfo, scripts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from ... import filesystem
from ...truth import Machine
from ..options import Unknown

ID = re.compile(r"(?:[A-Z]+)?\d{6}-\d{2,3}\Z")  # PatchIdFormat of the script, with revisions above 99
SCRIPTS = ("prepatch", "postpatch", "prebackout", "postbackout")
KERNEL_FILE = "kernel/genunix"


class Damaged(Exception):
    """patchadd cannot use the archive: its words and its exit code."""

    def __init__(self, text: str, rc: int) -> None:
        super().__init__(text)
        self.text, self.rc = text, rc


@dataclass(frozen=True)
class Part:
    """A package folder of the patch. ``broken``: pkgadd cannot install it."""

    folder: str
    name: str
    architecture: str
    version: str
    all_zones: bool
    broken: bool = False


@dataclass(frozen=True)
class Archive:
    id: str
    path: str  # as the machine names it
    parts: tuple[Part, ...]
    requires: tuple[str, ...] = ()
    obsoletes: tuple[str, ...] = ()
    incompatibles: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    deferred: bool = False
    kernel: bool = False
    kilobytes: int = 0
    scripts: dict[str, int] = field(default_factory=dict)  # exit codes

    @property
    def single_user(self) -> bool:
        return any(word.startswith("singleuser") and word != "singleusernone" for word in self.properties)

    @property
    def reboot(self) -> str:
        """The strongest of the words that ask for one, '' for none."""
        order = ("reconfigimmediate", "rebootimmediate", "reconfigafter", "rebootafter")
        return next((word for word in order if word in self.properties), "")


def parameters(text: str) -> dict[str, str]:
    """NAME=VALUE lines of a pkginfo or patchinfo file."""
    pairs = (line.split("=", 1) for line in text.splitlines() if "=" in line)
    return {name.strip(): value.strip().strip("'\"") for name, value in pairs}


def exit_code(text: str) -> int:
    """Of a script that does nothing but end. Raises Unknown for others: the lab runs no script of a patch."""
    body = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found = re.fullmatch(r"exit\s+(\d+)", body[0]) if len(body) == 1 else None
    if found is None:
        raise Unknown("a patch's script that does more than exit")
    return int(found[1])


def scripts(place: Path) -> dict[str, int]:
    return {name: exit_code((place / name).read_text()) for name in SCRIPTS if (place / name).is_file()}


def read(machine: Machine, path: str) -> Archive:
    """``path`` is the patch's folder. Raises Damaged and Unknown."""
    place = filesystem.resolve(machine, path)
    if not place.is_dir():
        raise Damaged(f"Patch directory {path} does not exist.\n", 1)
    parts, texts = [], []
    for folder in sorted(entry for entry in place.iterdir() if (entry / "pkginfo").is_file()):
        info = parameters((folder / "pkginfo").read_text())
        if not {"PKG", "ARCH", "VERSION", "SUNW_PATCHID"} <= info.keys():
            text = f"The pkginfo file for package: {folder.name} is either corrupt or missing.\n"
            raise Damaged(
                text + f"A fsck of the file system or re-installing {folder.name}\nis recommended before installing any patches!\n", 28
            )
        parts.append(part(folder, info))
        texts.append(info)
    if not parts:
        text = f"{path} packages are not proper patch packages.\nSee Instructions for applying the patch in the README file.\n"
        raise Damaged(text, 7)
    first = texts[0]
    if not ID.match(first["SUNW_PATCHID"]):
        raise Damaged(f"Invalid patch id format: {first['SUNW_PATCHID']}.\n", 29)
    said = parameters((place / "patchinfo").read_text()) if (place / "patchinfo").is_file() else {}
    lists = [tuple(first.get(word, "").split()) for word in ("SUNW_REQUIRES", "SUNW_OBSOLETES", "SUNW_INCOMPAT")]
    maps = [(place / one.folder / "pkgmap").read_text() if (place / one.folder / "pkgmap").is_file() else "" for one in parts]
    return Archive(
        first["SUNW_PATCHID"], path, tuple(parts), *lists, tuple(said.get("PATCH_PROPERTIES", "").split()) or of_readme(place),
        any(info.get("SUNW_PATCH_SAFEMODE") == "true" for info in texts), any(KERNEL_FILE in text for text in maps),
        sum(blocks(text) for text in maps) // 2, scripts(place),
    )  # fmt: skip


def part(folder: Path, info: dict[str, str]) -> Part:
    map_text = (folder / "pkgmap").read_text() if (folder / "pkgmap").is_file() else ""
    true = info.get("SUNW_PKG_ALLZONES", "false") == "true"
    return Part(folder.name, info["PKG"], info["ARCH"], info["VERSION"], true, not re.match(r": \d+ \d+", map_text))


def blocks(text: str) -> int:
    """Blocks of 512 bytes that a pkgmap(4) says in its first line (``: parts size``)."""
    found = re.match(r": \d+ (\d+)", text)
    return int(found[1]) if found else 0


def of_readme(place: Path) -> tuple[str, ...]:
    """What the README of a patch without patchinfo asks for; patchadd itself does not read it."""
    text = "".join(path.read_text() for path in place.glob("README.*")).lower()
    words = {
        "rebootimmediate": "reboot immediately after patch is installed", "reconfigimmediate": "reconfigure immediately after patch",
        "rebootafter": "reboot after patch is installed", "reconfigafter": "reconfigure after patch", "singleuser": "single user mode",
    }  # fmt: skip
    return tuple(word for word, phrase in words.items() if phrase in text)
