# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Long runs: python -m tests.histories [--seed N] [--count N] [--steps N]."""

from __future__ import annotations

import argparse
import random
import sys
import time

from .running import run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.histories")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--as-found", action="store_true", help="show a failing history as it is, without looking for a smaller one")
    asked = parser.parse_args()
    seed = random.randrange(1 << 32) if asked.seed is None else asked.seed
    print(f"{asked.count} histories of up to {asked.steps} steps, seed {seed}", flush=True)
    began = time.monotonic()
    try:
        counted, reasons = run(seed, asked.count, asked.steps, shrink=not asked.as_found)
    finally:
        print(f"seed {seed}, {time.monotonic() - began:.0f} s")
    print(", ".join(f"{what}: {number}" for what, number in counted.most_common()))
    for why, number in reasons.most_common(25):
        print(f"{number:6} {why}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
