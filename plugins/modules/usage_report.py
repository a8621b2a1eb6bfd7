# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: usage_report
short_description: Draw what nodes, vServers and guest domains used
version_added: 0.1.0
description:
  - Writes a picture (SVG) for each object that was measured, and C(index.html) that shows them with a table of the figures. No node
    is asked, nothing else than Ansible is needed.
  - A line is the mean, the pale area above it reaches up to the peak. Time of which nothing is known is hatched and no line crosses it.
  - The report ends where the samples end if O(before) is not given. Without new samples its files stay as they are.
options:
  into:
    description: The folder on the controller. It is made if it is missing. Files of other reports in it stay.
    type: path
    required: true
attributes:
  check_mode:
    support: full
    details: Says which files would be written.
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.controller
  - heliostat.vdc.repository
  - heliostat.vdc.usage
seealso:
  - module: heliostat.vdc.usage
  - module: heliostat.vdc.usage_info
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: The last week
  heliostat.vdc.usage_report:
    into: /var/www/usage

- name: The last two years of all vServers, month by month
  heliostat.vdc.usage_report:
    into: /var/www/usage/months
    kind: vserver
    level: months
"""

RETURN = r"""
into:
  description: The folder.
  returned: always
  type: str
files:
  description: The report's files.
  returned: always
  type: list
  elements: str
written:
  description: Those that are other ones now.
  returned: always
  type: list
  elements: str
since:
  description: From when.
  returned: always
  type: str
until:
  description: Up to when.
  returned: always
  type: str
"""
