# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vserver_info
short_description: Show a node's zones as inventory variables
version_added: 0.1.0
description:
  - Returns the run state of the task's host's zones, and the variables C(heliostat_vserver) that would declare them.
  - Fed back to M(heliostat.vdc.vserver) they change nothing.
options:
  names:
    description: The zones. If not given, all.
    type: list
    elements: str
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.acting.reading
  - heliostat.vdc.repository
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: Adopt what exists
  heliostat.vdc.vserver_info:
  register: found

- name: Show the variables of one zone
  ansible.builtin.debug:
    var: found.vservers.web1
"""

RETURN = r"""
vservers:
  description: C(heliostat_vserver) by zone.
  returned: always
  type: dict
incomplete:
  description: What the variables cannot express, or what deploying them would change, by zone. Only zones that have such a thing.
  returned: always
  type: dict
states:
  description: Run state by zone, as C(zoneadm) names it.
  returned: always
  type: dict
  sample: {web1: running}
resources:
  description:
    - For each running zone that has resource controls how their live values stand to its configuration. C(applied), C(waits for
      reboot), C(differs live) with the live value, or C(unknown) with the reason.
  returned: always
  type: dict
  sample: {web1: {capped-cpu.ncpus: "differs live: 200", capped-memory.physical: applied}}
entitlements:
  description: For each vServer that owns base units its part of the node's rating.
  returned: always
  type: dict
  sample: {web1: 50 of 400 base units (12.5 %)}
"""
