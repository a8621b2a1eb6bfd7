# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be asked of the repository: kinds and their columns. Read without any database library."""

from __future__ import annotations

KINDS: dict[str, tuple[str, ...]] = {
    kind: tuple(columns.split())
    for kind, columns in {
        "pools": "name description nodes vservers cpus memory",
        "nodes": "name kind state compute_pool carried_by address hostname release release_description release_update release_version "
        "architecture model cpus cores chips memory hostid build build_version base_units maintenance quarantine flag_reason vservers "
        "created changed discovered",
        "service_processors": "node kind address account domain firmware",
        "networks": "name type subnet gateway vlan",
        "node_networks": "node type link",
        "links": "node name kind mtu state device speed mac vlan zone",
        "addresses": "node interface address name state kind zone ipmp_group mac",
        "luns": "guid size vendor product array visible_to vserver dataset gdom",
        "lun_visibility": "guid node device paths",
        "disks": "node device size vendor product",
        "vservers": "name state compute_pool node brand ip_type category priority autoboot base_units maintenance quarantine flag_reason "
        "created changed",
        "datasets": "name vserver compute_pool node manager layout luns",
        "dataset_luns": "vserver dataset position guid size",
        "filesystems": "vserver position type dataset name mountpoint source size",
        "vserver_networks": "vserver position network type address prefix",
        "dependencies": "slave master",
        "resource_controls": "vserver name value",
        "gdoms": "name state compute_pool cdom node uuid cpus memory category priority quarantine",
        "builds": "name version release architecture source description",
        "packages": "node name version",
        "patches": "node number revision standard since",
        "patch_references": "digest as_of file revisions recommended security withdrawn malformed imported",
        "patch_archives": "number revision depot file size checksum problem properties reboot reconfigure single_user deferred all_zones "
        "standard",
        "patch_sets": "name version release frozen baseline reference description patches",
        "patch_set_patches": "patch_set version position number revision",
        "patch_targets": "name description nodes sets",
        "patch_target_nodes": "target node",
        "patch_target_sets": "target position patch_set version",
        "patch_results": "node number revision outcome message global_only at patch_set version journal_id log",
        "locks": "object owner host pid reason taken",
        "journal": "id operation object node run_by controller pid started ended outcome changed steps",
        "journal_steps": "journal_id position object what command rc seconds output_tail started ended",
        "events": "id at source severity object message details",
        "usage_samples": "kind name metric start ended value",
        **dict.fromkeys(
            ("usage_hours", "usage_days", "usage_months", "usage_years"),
            "kind name metric start samples minimum average maximum p95 covered last",
        ),
        "usage_gaps": "kind name start ended reason",
    }.items()
}
