# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The repository's schema, revision by revision. Each file of ``versions`` is complete in itself and never changes again.

What they repeat of each other and of ``schema`` is repeated on purpose: shared code would change what an old repository becomes on its way.
"""

from __future__ import annotations

from pathlib import Path

#: All revisions, oldest first. Known without Alembic, so that opening a repository stays cheap; a test compares them.
REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012")
DIRECTORY = Path(__file__).parent
