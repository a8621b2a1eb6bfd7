# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the inventory declares, found in a task's variables."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from typing import Any

from ..model import declaration, names, storage_declaration
from ..model.errors import InvalidDefinition
from ..model.network import NETWORK_TYPES, Network, NetworkType
from ..model.options import Options
from ..model.resource_controls import MOST_UNITS
from ..model.vserver import VServer
from ..placement.declared import affinities, policies
from ..placement.estate import Affinities
from ..placement.rebalance import Policy

NETWORKS = "heliostat_networks"
LUNS = "heliostat_luns"
VSERVER = "heliostat_vserver"
NODE = "heliostat_node"
AFFINITIES = "heliostat_affinities"
FROZEN = "heliostat_frozen"
REBALANCE = "heliostat_rebalance"

_OF_NODE = ("base_units", "compute_pool", "failure_domains", "networks", "service_processor")


class Inventory:
    """Reads our variables of any host, resolved by ``template`` (the action's templar)."""

    def __init__(self, task_vars: Mapping[str, Any], template: Callable[[Any], Any]) -> None:
        self._vars = task_vars
        self._template = template

    @cached_property
    def networks(self) -> dict[str, Network]:
        return declaration.networks(self._mapping(NETWORKS))

    @cached_property
    def luns(self) -> dict[str, str]:
        return declaration.luns(self._mapping(LUNS))

    @cached_property
    def arrays(self) -> dict[str, str]:
        """The array of each LUN (by GUID) of which that is declared."""
        return storage_declaration.arrays(self._mapping(LUNS))

    def affinities(self, known: Collection[str]) -> Affinities:
        """Which of the ``known`` vServers are to be apart, and which together."""
        return affinities(self._mapping(AFFINITIES), known)

    @property
    def frozen(self) -> dict[str, str]:
        """vServers that stay where they are whatever else moves, with the reason: frozen by a person, owned by a cluster."""
        return {str(name): str(why) for name, why in self._mapping(FROZEN).items()}

    @property
    def rebalancing(self) -> dict[str, Policy]:
        """The compute pools whose owners let vServers be moved for balance, with what they allow."""
        return policies(self._mapping(REBALANCE))

    def failure_domains(self, node: str) -> dict[str, str]:
        """What a node shares its fate with, level → name (``chassis: m10-1``)."""
        declared = self.node(node).get("failure_domains") or {}
        if not isinstance(declared, Mapping):
            raise InvalidDefinition(f"node {node}: failure_domains is no mapping of levels to names, such as chassis: m10-1.")
        return {str(level): str(name) for level, name in declared.items() if name not in (None, "")}

    def vserver(self, name: str) -> VServer:
        """The declaration of the inventory host ``name``."""
        hostvars = self._vars.get("hostvars", {})
        if name not in hostvars:
            raise InvalidDefinition(f"vServer {name} is not a host of the inventory. Add it with its variable {VSERVER}.")
        declared = hostvars[name].get(VSERVER)
        if not isinstance(declared, Mapping):
            raise InvalidDefinition(f"vServer {name}: the inventory host has no variable {VSERVER} (a mapping).")
        return declaration.vserver(name, self._template(declared), self.networks, self.luns)

    def vservers(self) -> list[str]:
        """The inventory hosts that declare a vServer."""
        return [name for name in self._vars.get("hostvars", {}) if self.declares(name)]

    def declares(self, name: str) -> bool:
        return VSERVER in self._vars.get("hostvars", {}).get(name, {})

    def links(self, node: str) -> dict[NetworkType, str]:
        """The node's link for each network type, from its variable ``heliostat_node``."""
        options = Options.of(self.node(node).get("networks") or {}, f"node {node}, networks", NETWORK_TYPES)
        return {kind: options.checked(kind, names.link_name) for kind in NETWORK_TYPES if options.has(kind)}

    def rating(self, node: str) -> int | None:
        """What the node's CPUs are worth in base units; None where it is not rated."""
        return Options(f"node {node}", self.node(node)).whole("base_units", 1, MOST_UNITS)

    def is_node(self, name: str) -> bool:
        """Whether the inventory describes the host as a node; on any other a task works on all nodes."""
        return NODE in self._vars.get("hostvars", {}).get(name, {})

    def service_processor(self, name: str) -> str:
        """The inventory host that is the node's service processor; '' where none is declared."""
        return str(self.node(name).get("service_processor") or "")

    def node(self, name: str) -> Mapping[str, Any]:
        declared = self._vars.get("hostvars", {}).get(name, {}).get(NODE)
        if not isinstance(declared, Mapping):
            raise InvalidDefinition(f"node {name}: the inventory host has no variable {NODE} (a mapping with compute_pool and networks).")
        found = self._template(declared)
        unknown = sorted(set(found) - set(_OF_NODE))
        if unknown:
            raise InvalidDefinition(f"node {name}: unknown option {unknown[0]!r} in {NODE}; known are {', '.join(_OF_NODE)}.")
        return dict(found)

    def _mapping(self, name: str) -> Mapping[str, Any]:
        found = self._template(self._vars.get(name) or {})
        if not isinstance(found, Mapping):
            raise InvalidDefinition(f"{name} is not a mapping.")
        return found
