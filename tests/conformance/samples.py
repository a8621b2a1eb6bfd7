# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders of samples: ``index.yml`` beside one file a sample."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Sample:
    """One entry of an index: the command, the release it ran on, what it printed, and what is to be got out of it."""

    name: str
    group: str
    command: str
    os: str
    text: str
    expect: Any


def corpus() -> Path | None:
    """The folder of samples, if there is one: HELIOSTAT_CORPUS, or ``../shared/corpus`` beside the checkout."""
    told = os.environ.get("HELIOSTAT_CORPUS")
    folder = Path(told) if told else Path(__file__).resolve().parents[2].parent / "shared" / "corpus"
    return folder if folder.is_dir() else None


def read(folder: Path) -> list[Sample]:
    """Samples of a folder with an index.yml. An entry without ``group`` goes by its ``area``."""
    entries = yaml.safe_load((folder / "index.yml").read_text(encoding="utf-8"))
    found = []
    for entry in entries:
        text = (folder / entry["file"]).read_text(encoding="utf-8", errors="replace")
        release = str(entry.get("os") or f"{entry.get('product', '')} {entry.get('version', '')}".strip())
        group = str(entry.get("group") or entry.get("area"))
        found.append(Sample(entry["file"], group, str(entry["command"]), release, text, entry["expect"]))
    return found
