# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Of what, and of which time, usage is asked."""

    DOCUMENTATION = r"""
options:
  names:
    description: Nodes, vServers or guest domains. If not given, all.
    type: list
    elements: str
  kind:
    description: Only objects of this kind.
    type: str
    choices: [node, vserver, gdom]
  level:
    description: Single samples, or roll-ups. Days, months and years are those of UTC.
    type: str
    choices: [samples, hours, days, months, years]
    default: hours
  since:
    description:
      - From when on, V(2026-03-10T12:00:00Z) or how long ago, V(24h), V(7d), V(4w).
      - If not given, a day of samples, 7 days of hours, 90 of days, two years of months, ten of years.
    type: str
  before:
    description: Up to when, in the same forms.
    type: str
"""
