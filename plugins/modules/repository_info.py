# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: repository_info
short_description: Ask the configuration repository
version_added: 0.1.0
description:
  - Returns rows of one kind of object. The columns are those of the SQL view of the same name with C(v_) before it. They are
    kept when the schema changes.
  - Runs on the controller, whatever the task's host. No node is asked. What is returned is what was recorded last.
options:
  kind:
    description: What to return.
    type: str
    required: true
    choices:
      - pools
      - nodes
      - service_processors
      - networks
      - node_networks
      - links
      - addresses
      - luns
      - lun_visibility
      - disks
      - vservers
      - datasets
      - dataset_luns
      - filesystems
      - vserver_networks
      - dependencies
      - resource_controls
      - gdoms
      - builds
      - packages
      - patches
      - patch_references
      - patch_archives
      - patch_sets
      - patch_set_patches
      - patch_targets
      - patch_target_nodes
      - patch_target_sets
      - patch_results
      - locks
      - journal
      - journal_steps
      - events
      - usage_samples
      - usage_hours
      - usage_days
      - usage_months
      - usage_years
      - usage_gaps
  filters:
    description: Columns and the value that a row must have there, or a list of values of which it must have one.
    type: dict
    default: {}
  limit:
    description: Return this many rows at most. V(journal) and V(events) come youngest first.
    type: int
  query:
    description: JMESPath expression for the list of rows. Its value is returned as RV(result).
    type: str
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.controller.reading
  - heliostat.vdc.repository
requirements:
  - jmespath, on the controller, for O(query)
seealso:
  - module: heliostat.vdc.repository
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: vServers that are activated on a node
  heliostat.vdc.repository_info:
    kind: vservers
    filters: {node: t8a, state: activated}
  register: found

- name: Names of the LUNs that nothing uses
  heliostat.vdc.repository_info:
    kind: luns
    query: "[?vserver==null && gdom==null].guid"
  register: free

- name: The last failed operations
  heliostat.vdc.repository_info:
    kind: journal
    filters: {outcome: failed}
    limit: 10
"""

RETURN = r"""
rows:
  description: The rows. Sizes are bytes, times are UTC in ISO 8601.
  returned: always
  type: list
  elements: dict
  sample: [{name: web1, state: activated, compute_pool: production, node: t8a, brand: solaris}]
result:
  description: The value of O(query).
  returned: when O(query) is given
  type: raw
"""
