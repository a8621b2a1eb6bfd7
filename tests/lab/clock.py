# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's clock: ``speed`` simulated seconds pass in a real second; it goes on where it was after a restart."""

from __future__ import annotations

import asyncio
import time

from .truth import DataCentre


class Clock:
    def __init__(self, centre: DataCentre) -> None:
        self.centre = centre
        self.anchor = time.time()

    def seconds(self) -> float:
        real = time.time()
        return real + self.centre.clock_offset + (real - self.anchor) * (self.centre.speed - 1)

    def now(self) -> int:
        return int(self.seconds())

    def fold(self) -> None:
        """Put the time gained so far into the truth, so that it is kept when the truth is written."""
        seconds, real = self.seconds(), time.time()
        self.anchor = real
        self.centre.clock_offset = seconds - real

    def set_speed(self, speed: float) -> None:
        """Raises ValueError when not positive."""
        if speed <= 0:
            raise ValueError(f"speed {speed} is not positive")
        self.fold()
        self.centre.speed = speed

    def jump(self, seconds: float) -> None:
        self.fold()
        self.centre.clock_offset += seconds

    async def sleep(self, seconds: float) -> None:
        """Lets ``seconds`` of the lab's clock pass, at the speed of the moment."""
        await asyncio.sleep(max(0.0, seconds) / self.centre.speed)
