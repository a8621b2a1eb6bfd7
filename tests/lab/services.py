# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SMF services of a freshly installed release, by FMRI."""

from __future__ import annotations

from .truth import Service

COMMON = [
    "system/svc/restarter:default",
    "milestone/single-user:default",
    "milestone/multi-user:default",
    "milestone/multi-user-server:default",
    "milestone/network:default",
    "milestone/name-services:default",
    "milestone/devices:default",
    "milestone/sysconfig:default",
    "network/loopback:default",
    "network/physical:default",
    "network/initial:default",
    "network/service:default",
    "network/ssh:default",
    "network/inetd:default",
    "network/rpc/bind:default",
    "network/rpc/gss:default",
    "network/nfs/client:default",
    "network/nfs/cbd:default",
    "network/nfs/mapid:default",
    "network/nfs/status:default",
    "network/nfs/nlockmgr:default",
    "network/shares/group:default",
    "network/routing-setup:default",
    "network/smtp:sendmail",
    "system/boot-archive:default",
    "system/coreadm:default",
    "system/cron:default",
    "system/cryptosvc:default",
    "system/device/local:default",
    "system/dumpadm:default",
    "system/fmd:default",
    "system/filesystem/root:default",
    "system/filesystem/usr:default",
    "system/filesystem/minimal:default",
    "system/filesystem/local:default",
    "system/filesystem/autofs:default",
    "system/identity:node",
    "system/identity:domain",
    "system/keymap:default",
    "system/manifest-import:default",
    "system/name-service-cache:default",
    "system/picl:default",
    "system/pools:default",
    "system/pools/dynamic:default",
    "system/rmtmpfiles:default",
    "system/sac:default",
    "system/scheduler:default",
    "system/sysevent:default",
    "system/system-log:default",
    "system/utmp:default",
    "system/zones:default",
    "system/console-login:default",
    "system/auditd:default",
    "system/rcap:default",
    "application/management/snmpdx:default",
]

ELEVEN = [
    "network/datalink-management:default",
    "network/ip-interface-management:default",
    "network/install:default",
    "network/location:default",
    "network/netcfg:default",
    "network/dns/client:default",
    "network/dns/multicast:default",
    "system/name-service/switch:default",
    "system/name-service/cache:default",
    "application/pkg/system-repository:default",
    "application/pkg/zones-proxyd:default",
    "application/pkg/server:default",
    "system/zones-install:default",
    "system/zones-monitoring:default",
    "system/rad:local",
    "system/rad:remote",
    "system/ca-certificates:default",
    "system/devfsadm:default",
    "system/device/fc-fabric:default",
    "system/logadm-upgrade:default",
    "system/config-user:default",
    "system/timezone:default",
    "system/environment:init",
    "system/ocm:default",
    "network/iscsi/initiator:default",
    "network/ntp:default",
]

TEN = [
    "system/webconsole:console",
    "system/metainit:default",
    "system/mdmonitor:default",
    "network/rpc/meta:default",
    "network/rpc/smserver:default",
    "system/device/fc-fabric:default",
    "network/dns/client:default",
    "network/ntp:default",
    "network/iscsi/initiator:default",
    "system/basicreg:default",
    "system/sysidtool:net",
    "system/sysidtool:system",
    "network/nfs/rquota:default",
    "application/font/fc-cache:default",
    "system/installupdates:default",
    "application/cde-printinfo:default",
]

NOT_IN_ELEVEN = {
    "milestone/sysconfig:default",
    "system/sac:default",
    "network/initial:default",
    "system/name-service-cache:default",
    "application/management/snmpdx:default",
}
OFF = {
    "system/pools:default",
    "system/pools/dynamic:default",
    "system/rcap:default",
    "network/nfs/mapid:default",
    "network/nfs/cbd:default",
    "network/nfs/status:default",
    "network/nfs/nlockmgr:default",
    "network/nfs/client:default",
    "application/pkg/server:default",
    "application/pkg/zones-proxyd:default",
    "application/pkg/system-repository:default",
    "network/dns/multicast:default",
    "system/rad:remote",
    "network/ntp:default",
    "network/nfs/rquota:default",
    "network/rpc/meta:default",
    "system/metainit:default",
    "system/mdmonitor:default",
    "network/iscsi/initiator:default",
}
ONLINE_IN_ELEVEN = {"application/pkg/system-repository:default", "network/iscsi/initiator:default"}


def of_release(release: str, since: int) -> dict[str, Service]:
    """FMRI -> service of a release ('s10', 's11.3', 's11.4'): what is enabled is online."""
    names = set(COMMON) | set(TEN) if release == "s10" else (set(COMMON) | set(ELEVEN)) - NOT_IN_ELEVEN
    if release == "s11.4":
        names |= {"system/sstore:default", "system/compliance:default", "network/firewall:default"}
    off = (OFF if release == "s10" else OFF - ONLINE_IN_ELEVEN) | {"network/firewall:default"}
    return {
        f"svc:/{name}": Service("disabled" if name in off else "online", since=since, enabled=name not in off) for name in sorted(names)
    }
