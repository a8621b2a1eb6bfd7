# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: patch_install
short_description: Install patches on a Solaris 10 node, or take them out again
version_added: 0.2.0
description:
  - Brings the task's node to the patches of a target or of patch sets, or installs patches by name. The patch utilities go in first, with
    what they require of the sets. Standard patches go in while everything runs. As soon as one is not standard, all that go in with it do
    so in single user, and the node is rebooted; after a patch that wants a reboot at once nothing goes in before that.
  - What became of a patch is judged by C(showrev -p) of the global zone and of every running zone and by the files of halted zones, never
    by an exit code. One that is there already, or whose work another one does, is no failure. Nor is one that changes no installed
    package. One whose installation was cut off goes in again.
  - A patch that is refused keeps nobody from the others, except for those that require it. No depot has its archive, or it does not go
    with another one. The task fails at its end and names it; in check mode it warns.
  - A run that was killed is taken up by the next. patchadd goes on without the controller, and its result is found again; no patch is
    applied twice.
  - Zones are shut down in the order of their dependencies before the node goes down, and what ran before is booted again. One that does
    not come back keeps no other down. While the node may go down, it is in maintenance, for the placement and for the monitors of the
    heartbeat.
  - Nobody can log in to a node in single user but at its console. So that way is taken only when its service processor answers, or when
    O(console=reachable) says that somebody can get there.
  - O(method=live_upgrade) puts the patches into a copy of the running system and boots that; what runs is not touched before the reboot.
    While another boot environment is the next one, patchadd and patchrm are refused what wants a reboot, which would boot the other one.
    While a copy is made or patched, they are refused all.
  - A node of a cluster (Solaris Cluster 3.2 and later, VCS) is recognised. It is emptied before it is rebooted, and only if the cluster
    keeps its quorum and all that runs there has another node. The inventory must name the cluster, in C(heliostat_patch_cluster).
  - Wants root on the node.
options:
  state:
    description:
      - V(present) installs. V(absent) takes out again, patchrm by patchrm, what requires others first. Named patches are taken out as
        they are named; of sets and of a target only what roll-outs of this collection brought.
      - V(absent) does nothing at all on a node where one of them cannot go, and names it with the reason. Another installed patch
        requires it or took its place and is not to go too, its old files were not kept (patchadd -d), or a zone has it that the global
        zone has no more.
      - Going out takes what going in took. A patch that wants single user or a reboot is taken out in single user, and the node is
        rebooted. Patches of a cluster's own software go out while the node is no member, if they may go out node by node at all; the
        node tells which these are.
      - V(absent) with O(method=live_upgrade) leaves the boot environment O(environment) for the one that ran when that was made the
        next one (C(luactivate), C(init 6)). The zones that ran are shut down before and booted again. One that is only the next is not
        booted any more, and nothing is rebooted. One that neither runs nor is the next is left alone. What was written into the file
        systems of the one that is left (C(/var), the roots of zones) stays there and is not carried back.
      - That is refused where it is not known which one ran before, where that is gone or incomplete, while Live Upgrade is at work, and on
        nodes of clusters.
    type: str
    choices: [present, absent]
    default: present
  target:
    description: Name of a patch target. The node must be part of it. One of O(target), O(sets) and O(patches) is needed,
      except to leave a boot environment, which takes none of them.
    type: str
  sets:
    description: Patch sets, C(name) for the highest version that is frozen or C(name:version), which must be. Overlapping ones are merged.
    type: list
    elements: str
  patches:
    description: Patches by number and revision. They are given to patchadd as they are, no reference is asked. How those go in whose
      archives the repository does not know is read in the node's depot.
    type: list
    elements: str
  depot:
    description:
      - The folder on the node where the patches lie, each unpacked in a folder of its name. It may be mounted.
      - Needed with O(state=present).
    type: str
  method:
    description:
      - V(patchadd) patches what runs. V(live_upgrade) makes a copy (C(lucreate)), patches that (C(luupgrade -t)), has it proven by
        C(showrev -p -R), makes it the next one (C(luactivate)) and boots it (C(init 6)). The environment that ran before is the way back.
      - Live Upgrade wants a root on ZFS. Zones with delegated datasets, or with their roots in other pools, are refused. So is a boot
        environment that is there already and lacks patches or zones of what runs.
    type: str
    choices: [patchadd, live_upgrade]
    default: patchadd
  environment:
    description: Name of the boot environment, at most 30 characters. By default it is made of the sets and their versions. Needed where it
      is to be left (O(state=absent)).
    type: str
  environment_minimum:
    description:
      - Patches that the running system must have before Live Upgrade is used, in that or a higher revision. By default 119254-64 and
        121430-34, which are those of SPARC; on x86 they have to be named.
    type: list
    elements: str
  other_pools:
    description: Whether zones may have their roots in other pools than the root pool, which lucreate then clones there.
    type: bool
    default: false
  zones:
    description:
      - V(all) patches all zones, as patchadd does by itself. V(detach) shuts down and detaches the native
        zones, patches the node, and attaches them again with C(zoneadm attach -u). Zones of other brands are shut down only where the
        node goes down. It is refused while a running vServer of another node needs one of them.
      - V(global) is C(patchadd -G), for software of which each zone may have its own state. A patch for packages that all zones have alike
        (most of the system) is refused, and all that was asked for with it. Zones that are installed later do not get the packages.
      - With O(state=absent) a patch leaves every zone that has it.
    type: str
    choices: [all, global, detach]
    default: all
  zones_at_once:
    description: How many zones patchadd works on at once (C(num_proc) of C(/etc/patch/pdo.conf), which is put back). V(0) leaves it alone.
      Patch utilities (119254, x86 119255) below revision 66 work on one after the other all the same, and a warning says so.
      It has no part in V(global) and V(detach) of O(zones), where patchadd goes into no zone but the global one.
    type: int
    default: 0
  single_user:
    description:
      - V(non_standard) goes to single user for every patch that is not standard, V(asked) only for those that ask for it themselves, and
        for those of which no archive tells how they go in.
    type: str
    choices: [non_standard, asked]
    default: non_standard
  reboot:
    description:
      - V(needed) reboots the node when patches want it. V(later) leaves that to another run; what needs single user or a reboot at once is
        refused then. Where patches want a reconfiguration, whoever reboots the node next makes it (C(/reconfigure)).
    type: str
    choices: [needed, later]
    default: needed
  console:
    description: V(asked) asks the node's service processor before it goes to single user, V(reachable) is the operator's word.
    type: str
    choices: [asked, reachable]
    default: asked
  backout:
    description: Whether what patches replace is kept, so that they can be taken out again. V(false) is C(patchadd -d), and is refused with
      O(method=live_upgrade).
    type: bool
    default: true
  headroom:
    description: Megabytes that must stay free in C(/), C(/var/sadm), C(/var/tmp) and the zones' roots beside what the patches may take.
      With O(method=live_upgrade), in the root pool.
    type: int
    default: 512
  batch_deadline:
    description: Seconds that one call of patchadd may take. It goes on when they are over, and the next run waits for it.
    type: int
    default: 14400
  reboot_deadline:
    description: Seconds from the reboot until all services run. A node that is not back then is not touched any more.
    type: int
    default: 3600
  single_user_deadline:
    description: Seconds that services may take to stop. When they are over nothing is patched and the node reboots.
    type: int
    default: 900
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.acting
  - heliostat.vdc.repository
attributes:
  platform:
    platforms: posix
    details: Solaris 10.
seealso:
  - module: heliostat.vdc.patch_target
  - module: heliostat.vdc.evacuation
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: What would be done, and what it takes
  heliostat.vdc.patch_install:
    patches: [120001-02, 120002-01]
    depot: /export/patches
  check_mode: true

- name: Two standard patches, while everything runs
  heliostat.vdc.patch_install:
    patches: [120001-02, 120002-01]
    depot: /export/patches

- name: One that wants single user; somebody sits at the console
  heliostat.vdc.patch_install:
    patches: [120012-07]
    depot: /export/patches
    console: reachable

- name: What would have to go, and whether it can
  heliostat.vdc.patch_install:
    patches: [120001-02, 120002-01]
    state: absent
  check_mode: true

- name: What would be done to leave a boot environment for the one that ran before
  heliostat.vdc.patch_install:
    state: absent
    method: live_upgrade
    environment: hl-june
  check_mode: true
"""

RETURN = r"""
patches:
  description:
    - Every patch that was asked for, or where a boot environment was left those that went with it, each with C(state) (installed,
      obsoleted, not_applicable, missing, failed, pending_reboot, unknown), C(reason) and C(log), which is a file on the node or the end
      of what patchadd printed.
  returned: always
  type: dict
  sample: {120001-02: {state: installed, reason: '', log: /var/sadm/patch/120001-02/log}}
counts:
  description: How many patches are in each state.
  returned: always
  type: dict
  sample: {installed: 2}
reboot_pending:
  description: Whether a patch is there that works only after a reboot, or the next boot leads into another boot environment.
  returned: always
  type: bool
  sample: false
plan:
  description: The steps, in order. The same in check mode and in the run.
  returned: always
  type: list
  elements: dict
  sample:
    - object: t4a
      node: t4a
      what: install 120001-02
      why: 'standard patches: everything runs on'
      command: /bin/sh -c '…' batch 1 <ids> none patchadd -t /export/patches/120001-02
before:
  description: The state of each patch and of each zone, by node. With O(method=live_upgrade) of each patch, and which boot environment
    runs or is the next; where one is left, of boot environments and zones.
  returned: always
  type: dict
after:
  description: The same now. In check mode as it would be.
  returned: always
  type: dict
journal:
  description: Number of the repository's journal entry by node. Empty in check mode.
  returned: always
  type: dict
  sample: {t4a: 12}
failures:
  description: Message by node. It names every patch that did not go in.
  returned: when something failed
  type: dict
"""
