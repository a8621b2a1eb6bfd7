# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The name of a patch: ``119254-42`` is number and revision, ``IDR148363-26`` an interim relief, which only Oracle's support gives out."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..errors import ParseError

#: Regular expressions, for where a patch is named in other text.
NUMBER = r"(?:IDR)?[0-9]{6}"
ID = rf"{NUMBER}-[0-9]{{2,3}}"
_ID = re.compile(rf"(?P<number>{NUMBER})-(?P<revision>[0-9]{{2,3}})\Z")


class PatchId(NamedTuple):
    """Sorts by number, then revision."""

    number: str
    revision: int

    @classmethod
    def parse(cls, text: str) -> PatchId:
        """Raises ParseError."""
        found = _ID.match(text)
        if not found:
            raise ParseError(f"{text!r} is no patch id such as 119254-42.")
        return cls(found["number"], int(found["revision"]))

    @property
    def interim(self) -> bool:
        return self.number.startswith("IDR")

    def __str__(self) -> str:
        return f"{self.number}-{self.revision:02}"
