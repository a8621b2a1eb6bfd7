# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""dladm(1M): which subcommand it is. Solaris 10 has a dialect of its own."""

from __future__ import annotations

from ...call import Call
from ..honest import simulated
from ..options import Unknown
from . import dladm_change, dladm_s10, dladm_show

SOLARIS_11 = {
    "show-link": dladm_show.show_link,
    "show-phys": dladm_show.show_phys,
    "show-vnic": dladm_show.show_vnic,
    "show-vlan": dladm_show.show_vlan,
    "show-aggr": dladm_show.show_aggr,
    "show-etherstub": dladm_show.show_etherstub,
    "show-linkprop": dladm_show.show_linkprop,
    "create-vnic": dladm_change.create_vnic,
    "create-vlan": dladm_change.create_vlan,
    "create-aggr": dladm_change.create_aggr,
    "create-etherstub": dladm_change.create_etherstub,
    "delete-vnic": dladm_change.delete,
    "delete-vlan": dladm_change.delete,
    "delete-aggr": dladm_change.delete,
    "delete-etherstub": dladm_change.delete,
    "set-linkprop": dladm_change.set_linkprop,
}
SOLARIS_10 = {
    "show-dev": dladm_s10.show_dev,
    "show-link": dladm_s10.show_link,
    "show-aggr": dladm_s10.show_aggr,
    "create-aggr": dladm_s10.create_aggr,
    "delete-aggr": dladm_s10.delete_aggr,
}


@simulated("dladm")
async def dladm(call: Call) -> int:
    table = SOLARIS_10 if call.machine.release == "s10" else SOLARIS_11
    if not call.args or call.args[0] not in table:
        raise Unknown()
    return table[call.args[0]](call, call.args[1:])
