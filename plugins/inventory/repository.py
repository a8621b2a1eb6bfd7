# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration repository as inventory: nodes and vServers as hosts, in groups."""

from __future__ import annotations

DOCUMENTATION = r"""
name: repository
short_description: Nodes and vServers of the configuration repository
version_added: 0.1.0
description:
  - Turns the configuration repository into hosts and groups. It says what was recorded last. No node is asked.
  - Every node and every vServer is a host. Their variables have the prefix of O(prefix). A node gets C(ansible_host) as well, a
    vServer C(heliostat_zone) and, where it has a node, C(heliostat_zlogin_node), so that C(ansible_connection=heliostat.vdc.zlogin)
    is all that it takes to work inside it (P(heliostat.vdc.zlogin#connection)).
  - "Groups: C(nodes), C(vservers), C(pool_NAME), C(release_NAME), C(build_NAME), C(state_NAME), C(brand_NAME),
    C(network_TYPE), and C(on_NODE) with the vServers of each node. Characters that a group name cannot have become C(_)."
  - The file's name ends in C(repository.yml) or C(repository.yaml).
extends_documentation_fragment:
  - constructed
  - inventory_cache
options:
  plugin:
    description: Always V(heliostat.vdc.repository).
    type: str
    required: true
    choices: [heliostat.vdc.repository]
  repository:
    description:
      - URL of the configuration repository, C(sqlite:///PATH) or C(postgresql://USER@HOST/DATABASE).
      - Where it is not set it is C(sqlite:///~/.heliostat/repository.db) of the user who runs Ansible.
    type: str
    env:
      - name: HELIOSTAT_REPOSITORY
    vars:
      - name: heliostat_repository
  prefix:
    description: Put before the name of every variable but C(ansible_host), C(heliostat_zone) and C(heliostat_zlogin_node).
    type: str
    default: repository_
  missing:
    description:
      - What a repository that does not exist means. V(empty) is for inventories that are read before the first run makes it.
    type: str
    choices: [fail, empty]
    default: fail
requirements:
  - SQLAlchemy >= 2.0
  - alembic >= 1.12
  - psycopg >= 3.1, for PostgreSQL
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
# production.repository.yml: everything, and a group for each priority class
plugin: heliostat.vdc.repository
repository: postgresql://heliostat@mgmt1/heliostat
cache: true
keyed_groups:
  - key: repository_category
    prefix: category
compose:
  ansible_host: repository_addresses | selectattr('type', 'eq', 'management') | map(attribute='address') | first | default(ansible_host)
groups:
  large: repository_kind is defined and repository_memory > 1099511627776
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import ansible.template
from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ..plugin_utils.model.errors import HeliostatError
from ..plugin_utils.repository import location, opening

if hasattr(ansible.template, "trust_as_template"):  # only what is marked so is a template

    def untrusted(value: Any) -> Any:
        return value

else:
    from ansible.utils.unsafe_proxy import wrap_var as untrusted  # ansible-core 2.18: all is, but what is marked otherwise


Hosts = Mapping[str, Mapping[str, Any]]


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    NAME = "heliostat.vdc.repository"

    def verify_file(self, path: str) -> bool:
        return bool(super().verify_file(path)) and path.endswith(("repository.yml", "repository.yaml"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        self._names = _GroupNames(self._sanitize_group_name)
        try:
            found = self._hosts(path, cache)
            self._add(found["nodes"], "nodes")
            self._add(found["vservers"], "vservers")
        except HeliostatError as error:
            raise AnsibleParserError(str(error)) from None

    def _hosts(self, path: str, cache: bool) -> Mapping[str, Hosts]:
        self.load_cache_plugin()
        key = self.get_cache_key(path)
        use = cache and self.get_option("cache")
        if use and key in self._cache:
            kept: Mapping[str, Hosts] = self._cache[key]
            return kept
        found = self._ask()
        if self.get_option("cache"):
            self._cache[key] = found
        return found

    def _ask(self) -> Mapping[str, Hosts]:
        url = location.resolve({location.OPTION: self.get_option("repository")}, {}, self.templar.template)
        if self.get_option("missing") == "empty" and not opening.repository_exists(url):
            return {"nodes": {}, "vservers": {}}
        with opening.open_repository(url, read_only=True) as repository:
            return repository.inventory()

    def _add(self, hosts: Hosts, role: str) -> None:
        prefix, strict = self.get_option("prefix"), self.get_option("strict")
        compose, groups, keyed = (self.get_option(name) for name in ("compose", "groups", "keyed_groups"))
        names = self._names
        members: dict[str, list[str]] = defaultdict(list)
        self.inventory.add_group(role)
        for name, facts in hosts.items():
            self.inventory.add_host(name, role)
            variables = {f"{prefix}{key}": value for key, value in facts.items() if value is not None}
            if role == "nodes":
                members[names.of("on", name)] = []
                if facts["address"]:
                    variables["ansible_host"] = facts["address"]
            else:
                variables["heliostat_zone"] = name
                if facts["node"]:
                    variables["heliostat_zlogin_node"] = facts["node"]
            host = self.inventory.hosts[name]
            for key, value in variables.items():
                host.set_variable(key, untrusted(value))
            for kind, value in _places(facts, role):
                members[names.of(kind, value)].append(name)
        for group, inside in members.items():
            self.inventory.add_group(group)
            for name in inside:
                self.inventory.add_child(group, name)
        if not (compose or groups or keyed):
            return
        for name in hosts:
            values = self.inventory.hosts[name].get_vars()
            self._set_composite_vars(compose, values, name, strict=strict)
            self._add_host_to_composed_groups(groups, values, name, strict=strict)
            self._add_host_to_keyed_groups(keyed, values, name, strict=strict)


class _GroupNames:
    """Group names by what they stand for. Two things whose names become the same group are refused, not mixed."""

    def __init__(self, sanitize: Any) -> None:
        self._sanitize = sanitize
        self._known: dict[tuple[str, str], str] = {}
        self._meaning: dict[str, tuple[str, str]] = {}

    def of(self, kind: str, value: str) -> str:
        if (kind, value) not in self._known:
            name = self._sanitize(f"{kind}_{value}")
            other = self._meaning.setdefault(name, (kind, value))
            if other != (kind, value):
                raise AnsibleParserError(f"{kind} {value} and {other[0]} {other[1]} would both be group {name}. Rename one of them.")
            self._known[kind, value] = name
        return self._known[kind, value]


def _places(facts: Mapping[str, Any], role: str) -> dict[tuple[str, str], None]:
    """What a host is grouped by: kind and value, each once, always in the same order."""
    found = [("pool", facts["compute_pool"]), ("release", facts["release"]), ("build", facts["build"]), ("state", facts["state"])]
    if role == "nodes":
        found += [("brand", brand) for brand in facts["brands"]] + [("network", type_) for type_ in facts["networks"]]
    else:
        found += [("brand", facts["brand"]), ("on", facts["node"])] + [("network", leg["type"]) for leg in facts["addresses"]]
    return {(kind, value): None for kind, value in found if value}
