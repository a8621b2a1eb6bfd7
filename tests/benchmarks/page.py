# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where in a page of the documentation the measured tables stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

BEGIN, END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"


def merged(page: str, sections: Mapping[str, str], order: Iterable[str]) -> str:
    """What is between the page's marks, with these sections (by title, each from its ``### TITLE`` on) in place of those it had. What has
    no title of ``order`` goes."""
    between = page.partition(BEGIN)[2].partition(END)[0]
    known = {}
    for part in between.split("### ")[1:]:
        known[part.partition("\n")[0]] = f"### {part.rstrip()}"
    known |= sections
    return "\n\n".join(known[title] for title in order if title in known) + "\n"


def write(text: str, page: Path) -> None:
    """Replace what stands between the page's marks. Raises ValueError where they are missing."""
    before, begin, rest = page.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} has not the lines {BEGIN.strip()} and {END.strip()}")
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")
