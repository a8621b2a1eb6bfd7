# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ctrun(1): a program in a process contract of its own. The lab has no contracts, so it runs the program; with ``-l none`` the real one may
return sooner."""

from __future__ import annotations

from ...call import Call
from ..honest import simulated
from ..options import Unknown, parse


@simulated("ctrun")
async def ctrun(call: Call) -> int:
    flags, words = parse(call.args, "l:")
    if dict(flags).get("l") not in ("child", "none") or not words or call.run is None:
        raise Unknown()
    return await call.run(words, {}, "")
