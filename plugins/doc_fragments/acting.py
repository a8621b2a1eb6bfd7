# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """What every module has that changes a node, or could."""

    DOCUMENTATION = r"""
attributes:
  check_mode:
    support: full
    details: Looks at the node and returns the very plan that would run. Nothing is changed, recorded or locked.
  diff_mode:
    support: full
  async:
    description: Supports being used with the C(async) keyword.
    support: none
    details: Long steps run as jobs on the node. A second run finds them again.
  platform:
    platforms: solaris
    details: Solaris 10, and 11.1 to 11.4. The node needs sshd and C(/bin/sh), no Python.
"""

    READING = r"""
attributes:
  check_mode:
    support: full
    details: Never changes anything.
  diff_mode:
    support: none
  async:
    description: Supports being used with the C(async) keyword.
    support: none
  platform:
    platforms: solaris
    details: Solaris 10, and 11.1 to 11.4. The node needs sshd and C(/bin/sh), no Python.
"""

    VSERVERS = r"""
options:
  state:
    description:
      - V(defined) has datasets, file systems and the zone's configuration. V(installed) is installed besides, V(running) is
        booted and its milestone multi-user-server reached, V(halted) is installed and shut down.
      - V(restarted) is shut down and booted again. With O(dependencies=follow) those that depend on it are stopped before and booted
        after it.
      - A service in maintenance in a booted zone is a warning with its name, at every run, and no failure, even when the milestone
        is not reached because of it.
      - V(detached) is detached and its datasets exported, ready to be attached elsewhere.
      - V(absent) is gone from the node. Its data stays on the LUNs, except for datasets named in O(destroy).
      - V(rendered) returns the commands of a deployment without looking at the node. A node that the repository does not know is
        asked for its release alone.
      - V(gathered) returns the node's zones as inventory variables.
    type: str
    choices: [defined, installed, running, halted, restarted, detached, absent, rendered, gathered]
    default: running
  scope:
    description:
      - V(whole) brings all of the vServer to what is declared. V(run_state) boots, stops or restarts it as it is, whatever else differs.
      - Only V(run_state) is there for O(state=restarted).
    type: str
    choices: [whole, run_state]
    default: whole
  dependencies:
    description:
      - What to do where a master (C(depends_on)) of a vServer that is to run does not run, or a slave of one that is to be stopped does.
      - V(refuse) leaves that vServer as it is and fails, showing the chain with the run states that were measured.
      - V(follow) boots the masters first, all the way, or stops the slaves first. Their run state is changed, nothing else of them.
      - V(defer) installs a vServer whose masters do not run and does not boot it; its name is in RV(deferred). No failure.
      - vServers of the same task are always booted and stopped in the order of their dependencies.
    type: str
    choices: [refuse, follow, defer]
    default: refuse
  deadline:
    description: Seconds that a clean shutdown may take. After that the task fails and nothing is halted; the shutdown itself goes on.
    type: int
    default: 600
  apply:
    description:
      - When what differs from the declaration takes effect in a running vServer. It is written to the zone's configuration in any case.
      - V(now) brings to the running zone what can be brought there, and refuses, naming the property, what would cut off its
        management address (see O(force)) or take away a file system that is in use. The rest waits for the next boot.
      - V(next_boot) leaves the running zone as it is.
    type: str
    choices: [now, next_boot]
    default: next_boot
  destroy:
    description:
      - Names of datasets that O(state=absent) destroys with all their data. One that is exported is imported for that.
      - In other states what is no longer declared and is named here is destroyed, a dataset by its name, a file system as
        C(DATASET/NAME). A dataset that is not named is exported, a file system stays.
    type: list
    elements: str
    default: []
  force:
    description:
      - Halt a running vServer instead of shutting it down cleanly. Needed for O(state=absent) of a running one.
      - With O(apply=now), an address in a network of type management may be taken from a running vServer.
    type: bool
    default: false
notes:
  - What a vServer is to be is declared in the variable C(heliostat_vserver) of the inventory host of its name. Networks and
    LUNs are declared in C(heliostat_networks) and C(heliostat_luns), the node in C(heliostat_node).
  - The task's host is the node. A vServer that lives on another node is refused.
  - On a host that is no node (one without C(heliostat_node), usually localhost) the task works on all nodes where the repository knows
    the vServers to live, in one operation, and in the order of their dependencies across nodes. Each node's own variables say how it
    is reached. A node that does not answer fails its vServers and those that wait for them, no others.
"""
