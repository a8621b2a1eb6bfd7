# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of a report on the controller."""

from __future__ import annotations

import os
from pathlib import Path

from ..model.errors import RepositoryError


def write(folder: Path, name: str, content: str, *, check: bool) -> bool:
    """Whole or not at all; True when the file is another one now (or would be, with ``check``). Ends of lines stay as they are.

    Raises RepositoryError where the folder cannot be written.
    """
    path = folder / name
    new = content.encode()
    try:
        if path.exists() and path.read_bytes() == new:
            return False
        if not check:
            folder.mkdir(parents=True, exist_ok=True)
            part = folder / f".{name}.{os.getpid()}"
            part.write_bytes(new)
            part.replace(path)
    except OSError as error:
        raise RepositoryError(f"report {path}: {error}. Choose another folder.") from None
    return True
