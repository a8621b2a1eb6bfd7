# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Views for read-only SQL users: their names and columns stay when tables change."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

VIEWS = {
    "v_pools": """
        SELECT p.name, p.description,
               (SELECT count(*) FROM node n WHERE n.compute_pool_id = p.id) AS nodes,
               (SELECT count(*) FROM vserver v WHERE v.compute_pool_id = p.id) AS vservers,
               (SELECT sum(n.cpus) FROM node n WHERE n.compute_pool_id = p.id) AS cpus,
               (SELECT sum(n.memory) FROM node n WHERE n.compute_pool_id = p.id) AS memory
        FROM compute_pool p""",
    "v_nodes": """
        SELECT n.name, n.kind, n.state, p.name AS compute_pool, c.name AS carried_by, n.address, n.hostname, n.release,
               n.release_description, n.release_update, n.release_version, n.architecture, n.model, n.cpus, n.cores, n.chips,
               n.memory, n.hostid, b.name AS build, b.version AS build_version, n.base_units, n.maintenance, n.quarantine,
               n.flag_reason, (SELECT count(*) FROM vserver v WHERE v.node_id = n.id) AS vservers, n.created, n.changed,
               n.discovered
        FROM node n
        LEFT JOIN compute_pool p ON p.id = n.compute_pool_id
        LEFT JOIN node c ON c.id = n.carried_by_id
        LEFT JOIN build b ON b.id = n.build_id""",
    "v_service_processors": """
        SELECT n.name AS node, s.kind, s.address, s.account, s.domain, s.firmware
        FROM service_processor s JOIN node n ON n.id = s.node_id""",
    "v_networks": "SELECT name, type, subnet, gateway, vlan FROM network",
    "v_node_networks": "SELECT n.name AS node, t.type, t.link FROM node_network t JOIN node n ON n.id = t.node_id",
    "v_links": """
        SELECT n.name AS node, l.name, l.kind, l.mtu, l.state, l.device, l.speed, l.mac, l.vlan, l.zone
        FROM link l JOIN node n ON n.id = l.node_id""",
    "v_addresses": """
        SELECT n.name AS node, a.interface, a.address, a.name, a.state, a.kind, a.zone, a.ipmp_group, a.mac
        FROM address a JOIN node n ON n.id = a.node_id""",
    "v_luns": """
        SELECT l.guid, l.size, l.vendor, l.product, l.array,
               (SELECT count(*) FROM lun_visibility s WHERE s.lun_id = l.id) AS visible_to,
               v.name AS vserver, d.name AS dataset, g.name AS gdom
        FROM lun l
        LEFT JOIN dataset_lun dl ON dl.lun_id = l.id
        LEFT JOIN dataset d ON d.id = dl.dataset_id
        LEFT JOIN vserver v ON v.id = d.vserver_id
        LEFT JOIN gdom_lun gl ON gl.lun_id = l.id
        LEFT JOIN gdom g ON g.id = gl.gdom_id""",
    "v_lun_visibility": """
        SELECT l.guid, n.name AS node, s.device, s.paths
        FROM lun_visibility s JOIN lun l ON l.id = s.lun_id JOIN node n ON n.id = s.node_id""",
    "v_disks": """
        SELECT n.name AS node, d.device, d.size, d.vendor, d.product FROM disk d JOIN node n ON n.id = d.node_id""",
    "v_vservers": """
        SELECT v.name, v.state, p.name AS compute_pool, n.name AS node, v.brand, v.ip_type, v.category, v.priority, v.autoboot,
               v.base_units, v.maintenance, v.quarantine, v.flag_reason, v.created, v.changed
        FROM vserver v
        JOIN compute_pool p ON p.id = v.compute_pool_id
        LEFT JOIN node n ON n.id = v.node_id""",
    "v_datasets": """
        SELECT d.name, v.name AS vserver, p.name AS compute_pool, n.name AS node, d.manager, d.layout,
               (SELECT count(*) FROM dataset_lun dl WHERE dl.dataset_id = d.id) AS luns
        FROM dataset d
        JOIN vserver v ON v.id = d.vserver_id
        JOIN compute_pool p ON p.id = d.compute_pool_id
        LEFT JOIN node n ON n.id = v.node_id""",
    "v_dataset_luns": """
        SELECT v.name AS vserver, d.name AS dataset, dl.position, l.guid, l.size
        FROM dataset_lun dl JOIN dataset d ON d.id = dl.dataset_id
        JOIN vserver v ON v.id = d.vserver_id JOIN lun l ON l.id = dl.lun_id""",
    "v_filesystems": """
        SELECT v.name AS vserver, f.position, f.type, d.name AS dataset, f.name, f.mountpoint, f.source, f.size
        FROM filesystem f JOIN vserver v ON v.id = f.vserver_id LEFT JOIN dataset d ON d.id = f.dataset_id""",
    "v_vserver_networks": """
        SELECT v.name AS vserver, a.position, w.name AS network, w.type, a.address, a.prefix
        FROM vserver_network a JOIN vserver v ON v.id = a.vserver_id JOIN network w ON w.id = a.network_id""",
    "v_dependencies": """
        SELECT s.name AS slave, m.name AS master
        FROM vserver_dependency d JOIN vserver s ON s.id = d.slave_id JOIN vserver m ON m.id = d.master_id""",
    "v_resource_controls": """
        SELECT v.name AS vserver, r.name, r.value FROM resource_control r JOIN vserver v ON v.id = r.vserver_id""",
    "v_gdoms": """
        SELECT g.name, g.state, p.name AS compute_pool, c.name AS cdom, n.name AS node, g.uuid, g.cpus, g.memory, g.category,
               g.priority, g.quarantine
        FROM gdom g
        JOIN compute_pool p ON p.id = g.compute_pool_id
        LEFT JOIN node c ON c.id = g.cdom_id
        LEFT JOIN node n ON n.id = g.node_id""",
    "v_builds": "SELECT name, version, release, architecture, source, description FROM build",
    "v_packages": """
        SELECT n.name AS node, k.name, k.version FROM node_package k JOIN node n ON n.id = k.node_id""",
    "v_patches": """
        SELECT n.name AS node, p.number, p.revision, p.synopsis, p.standard, p.withdrawn
        FROM node_patch k JOIN node n ON n.id = k.node_id JOIN patch p ON p.id = k.patch_id""",
    "v_patch_results": """
        SELECT n.name AS node, s.name AS patch_set, p.number, p.revision, r.outcome, r.message, r.at
        FROM patch_result r JOIN node n ON n.id = r.node_id
        JOIN patch_set s ON s.id = r.patch_set_id JOIN patch p ON p.id = r.patch_id""",
    "v_locks": "SELECT object, owner, host, pid, reason, taken FROM object_lock",
    "v_journal": """
        SELECT j.id, j.operation, j.object, j.node, j.run_by, j.controller, j.pid, j.started, j.ended, j.outcome, j.changed,
               (SELECT count(*) FROM journal_step s WHERE s.journal_id = j.id) AS steps
        FROM journal j""",
    "v_journal_steps": """
        SELECT s.journal_id, s.position, s.object, s.what, s.command, s.rc, s.seconds, s.output_tail, s.started, s.ended
        FROM journal_step s""",
    "v_events": "SELECT id, at, source, severity, object, message, details FROM event",
    "v_usage_hours": "SELECT kind, name, metric, start, samples, minimum, average, maximum FROM usage_hour",
    "v_usage_days": "SELECT kind, name, metric, start, samples, minimum, average, maximum FROM usage_day",
}


def upgrade() -> None:
    for name, query in VIEWS.items():
        op.execute(f"CREATE VIEW {name} AS {query}")
