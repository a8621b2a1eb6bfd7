# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: patch_info
short_description: Prove the state of every patch of every patch set on every node
version_added: 0.1.0
description:
  - Asks the nodes of patch targets side by side what they have, in the global zone and in every zone (C(showrev -p); of a zone that does
    not run the pkginfo files), and holds it against their patch sets and against what roll-outs and back-outs kept in the repository.
    Nothing is changed on nodes.
  - Every patch of every set on every node is in one state. C(installed), C(obsoleted) (a newer one does its work) and C(not_applicable)
    need nobody any more. C(missing) is not there, C(failed) went wrong or is half patched (in the global zone, not in a zone that has its
    package), C(pending_reboot) works only after a reboot, C(unknown) is what nobody could be asked for.
  - What was asked for in the global zone only is not half patched; C(zones) tells which lack it.
  - Drift is told too. C(removed) was there after the last roll-out and is there no more, C(besides) came without one.
  - A node that has been in the maintenance of a roll-out or back-out for longer than a day is named in a warning. Nobody brought it back.
  - With O(into) the same rows are written as files. Without changes they stay as they are.
options:
  targets:
    description: The patch targets. If not given, all.
    type: list
    elements: str
  nodes:
    description: Only these of their nodes.
    type: list
    elements: str
  into:
    description:
      - A folder on the controller for the files C(patches.html), C(patches.csv) and C(patches.json). It is made if it is missing.
      - The HTML file needs no other file and no script. The CSV file is as RFC 4180 wants it; a cell that a spreadsheet would take for a
        formula has an apostrophe before it.
    type: path
  formats:
    description: Which of the files.
    type: list
    elements: str
    choices: [html, csv, json]
    default: [html, csv, json]
  fail_on:
    description: V(open) fails the task where a patch is in a state that needs somebody, or there is drift, for scheduled jobs.
    type: str
    choices: [never, open]
    default: never
attributes:
  check_mode:
    support: full
    details: Says which files would be written.
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.controller
  - heliostat.vdc.repository
seealso:
  - module: heliostat.vdc.patch_install
  - module: heliostat.vdc.patch_target
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: Everything
  heliostat.vdc.patch_info:
  register: proof

- name: Files for the auditors
  heliostat.vdc.patch_info:
    targets: [winter]
    into: /var/www/patches
    formats: [html, csv]
"""

RETURN = r"""
rows:
  description: One for each patch of each set on each node, then drift besides the sets, by node.
  returned: always
  type: list
  elements: dict
  contains:
    node:
      description: The node.
      type: str
    set:
      description: The patch set. Null for drift that no set of the node knows.
      type: str
    version:
      description: Its version.
      type: int
    patch:
      description: The patch, such as V(119254-66).
      type: str
    state:
      description: C(installed), C(obsoleted), C(not_applicable), C(missing), C(failed), C(pending_reboot) or C(unknown).
      type: str
    reason:
      description: Why.
      type: str
    zones:
      description: The zones that lack what the global zone has.
      type: list
      elements: str
    drift:
      description: C(removed), C(besides), or empty.
      type: str
    at:
      description: When a roll-out or a back-out that was about it saw it last, whether it did anything for it or not.
      type: str
    synopsis:
      description: What the cross-reference says of the patch.
      type: str
    log:
      description: Where the node keeps more of it, or the end of what was printed.
      type: str
totals:
  description: How many are in which state, under C(all), and by C(nodes), C(sets) and C(groups) of the inventory.
  returned: always
  type: dict
open:
  description: How many rows need somebody.
  returned: always
  type: int
clean:
  description: Whether none does.
  returned: always
  type: bool
unknown:
  description: Node that told nothing → why.
  returned: always
  type: dict
table:
  description: The totals, then what needs somebody.
  returned: always
  type: str
into:
  description: The folder.
  returned: with O(into)
  type: str
files:
  description: The files of the report.
  returned: with O(into)
  type: list
  elements: str
written:
  description: Those that are other ones now.
  returned: with O(into)
  type: list
  elements: str
"""
