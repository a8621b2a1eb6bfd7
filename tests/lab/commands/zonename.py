# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zonename(1)."""

from __future__ import annotations

from ..call import Call, command


@command("zonename")
async def zonename(call: Call) -> int:
    if call.args:
        return call.not_simulated(" ".join(call.argv))
    call.out(f"{call.zone or 'global'}\n")
    return 0
