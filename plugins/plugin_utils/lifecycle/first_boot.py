# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a new zone is told of itself before its first boot: an SC profile (Solaris 11) or a sysidcfg (Solaris 10)."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from ..model.errors import Refused
from ..model.vserver import VServer
from .context import NodeContext
from .zone_definition import default_attachment, zone_link

#: Without it names of hosts are looked for in files only, whatever name servers there are: nsswitch.conf(4) is made of this service.
_SWITCH = (
    '  <service version="1" type="service" name="system/name-service/switch">\n    <property_group type="application" name="config">\n'
    '      <propval type="astring" name="default" value="files"/>\n      <propval type="astring" name="host" value="files dns"/>\n'
    '    </property_group>\n    <instance enabled="true" name="default"/>\n  </service>\n'
)


def sc_profile(vserver: VServer, context: NodeContext) -> str:
    """System configuration profile for ``zoneadm install -c``, smf(5) service_bundle(4); addresses are in the zone's configuration."""
    servers = "".join(f"<value_node value={quoteattr(server)}/>" for server in vserver.nameservers)
    dns = (
        '  <service version="1" type="service" name="network/dns/client">\n    <property_group type="application" name="config">\n'
        f'      <property type="net_address" name="nameserver"><net_address_list>{servers}</net_address_list></property>\n'
        + (f'      <propval type="astring" name="domain" value={quoteattr(vserver.domain)}/>\n' if vserver.domain else "")
        + '    </property_group>\n    <instance enabled="true" name="default"/>\n  </service>\n'
        + _SWITCH
        if vserver.nameservers
        else ""
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<!DOCTYPE service_bundle SYSTEM "/usr/share/lib/xml/dtd/service_bundle.dtd.1">\n'
        '<service_bundle type="profile" name="sysconfig">\n'
        '  <service version="1" type="service" name="system/identity">\n    <instance enabled="true" name="node">\n'
        '      <property_group type="application" name="config">\n'
        f'        <propval type="astring" name="nodename" value={quoteattr(vserver.name)}/>\n'
        "      </property_group>\n    </instance>\n  </service>\n"
        '  <service version="1" type="service" name="system/timezone">\n    <instance enabled="true" name="default">\n'
        '      <property_group type="application" name="timezone">\n'
        f'        <propval type="astring" name="localtime" value={quoteattr(vserver.timezone)}/>\n'
        "      </property_group>\n    </instance>\n  </service>\n"
        '  <service version="1" type="service" name="system/config-user">\n    <instance enabled="true" name="default">\n'
        '      <property_group type="application" name="root_account">\n'
        f'        <propval type="astring" name="password" value={quoteattr(context.root_password_hash)}/>\n'
        '        <propval type="astring" name="type" value="normal"/>\n'
        "      </property_group>\n    </instance>\n  </service>\n"
        f"{dns}</service_bundle>\n"
    )


def sysidcfg(vserver: VServer, context: NodeContext) -> str:
    """sysidcfg(4). A shared-IP zone has its addresses from the global zone, an exclusive one is told them here.

    Refused where the first boot would stop and ask: what is missing here is asked on the zone's console. A keyword that the
    system does not know makes it pass over the whole file, so Solaris 8 and 9 get theirs only (Advanced Installation Guides).
    """
    older = vserver.brand in ("solaris8", "solaris9")
    lines = ["system_locale=C", "terminal=vt100", f"timezone={vserver.timezone}", "security_policy=NONE"]
    if not older:
        lines.append("nfs4_domain=dynamic")
    lines.append(f"root_password={context.root_password_hash}")
    if vserver.nameservers:
        if not vserver.domain:
            raise Refused(
                f"vServer {vserver.name}: nameservers without domain: its first boot would wait for the domain's name. Set domain."
            )
        lines.append(f"name_service=DNS {{domain_name={vserver.domain} name_server={','.join(vserver.nameservers)}}}")
    else:
        lines.append("name_service=NONE")
    if vserver.ip_type == "shared":
        lines.append(f"network_interface=PRIMARY {{hostname={vserver.name} protocol_ipv6=no}}")
        return "\n".join(lines) + "\n"
    if older and len(vserver.networks) > 1:
        raise Refused(
            f"vServer {vserver.name}: a sysidcfg of brand {vserver.brand} tells an exclusive-IP zone one network, and it has "
            f"{len(vserver.networks)}. Declare ip_type shared, or one network."
        )
    default = default_attachment(vserver, context.networks)
    for index, attachment in enumerate(vserver.networks):
        if attachment.address.version != 4:
            raise Refused(
                f"vServer {vserver.name}: address {attachment.address.ip}: sysidcfg tells an exclusive-IP zone IPv4 addresses only."
            )
        gateway = context.networks[attachment.network].gateway
        route = str(gateway) if attachment == default and gateway else "" if older else "NONE"
        link = zone_link(vserver, attachment, index, context)
        primary = "primary hostname" if index == 0 and not older else "hostname"
        hostname = vserver.name if index == 0 else f"{vserver.name}-{link}"
        lines.append(
            f"network_interface={link} {{{primary}={hostname} ip_address={attachment.address.ip} "
            f"netmask={attachment.address.netmask} protocol_ipv6=no{f' default_route={route}' if route else ''}}}"
        )
    return "\n".join(lines) + "\n"
