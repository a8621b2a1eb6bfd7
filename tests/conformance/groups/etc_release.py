# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""/etc/release."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import release

#: What Ansible's facts call the distributions.
_DISTRIBUTIONS = {"Open Storage Appliance": "Nexenta", "OpenIndiana Development": "OpenIndiana", "OpenIndiana Hipster": "OpenIndiana"}


def parsed(command: str, os: str, text: str) -> object | None:
    if not command.startswith("cat "):
        return None
    banner = release.parse_banner(text)
    facts: dict[str, object] = {
        "product": banner.product,
        "update": banner.update,
        "build": banner.build,
        "arch": banner.architecture,
        "distribution_release": banner.description,
    }
    number = banner.version or (banner.product.rpartition(" ")[2] if "Solaris " in banner.product else "")
    if "Solaris " in banner.product:
        facts["distribution"] = "Solaris"
    else:
        facts["distribution"] = _DISTRIBUTIONS.get(banner.product, banner.product)
    if banner.version and banner.product != "OmniOS":  # v11 or r151026: which of the two is its version, nobody says
        facts["version"] = banner.version
    if number and facts["distribution"] not in ("SmartOS", "OpenIndiana"):  # Ansible takes these from uname -v
        facts["distribution_version"] = number
    return facts
