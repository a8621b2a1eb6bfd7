# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin through ansible-inventory, against a golden file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from netaddr import IPNetwork

from ansible_collections.heliostat.vdc import plugins
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.network import Network
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.release import Release
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.opening import open_repository

from .samples import facts, vserver

GOLDEN = Path(__file__).with_name("inventory.json")
COLLECTIONS = Path(plugins.__path__[0]).parents[3]


def estate(url: str) -> None:
    solaris10 = Release("s10", "Oracle Solaris 10 1/13 s10s_u11wos_24a SPARC", "sparc", 11, "Generic_147147-26")
    with open_repository(url) as repository:
        repository.record_network(Network("lan", "public", IPNetwork("198.51.100.0/24")))
        repository.record_node(
            "t8-a", facts(1), compute_pool="production", networks={"management": "net0", "public": "net1"}, address="192.0.2.1"
        )
        repository.record_node("t4a", facts(2, release=solaris10, brands=("native",)), compute_pool="legacy", networks={}, address="")
        repository.record_vserver(vserver("web1", 1), "t8-a", "activated")
        repository.record_vserver(vserver("db1", 2, compute_pool="legacy", brand="native"), None, "defined")


def listed(path: Path, **environment: str) -> tuple[dict[str, Any], str]:
    """What ansible-inventory makes of ``path``, and what it complains about."""
    settings = {
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
    }
    inherited = {name: value for name, value in os.environ.items() if name != "HELIOSTAT_REPOSITORY"}
    words = [str(Path(sys.executable).with_name("ansible-inventory")), "-i", str(path), "--list"]
    done = subprocess.run(words, capture_output=True, text=True, env=inherited | settings | environment, cwd=path.parent)
    return (json.loads(done.stdout, object_hook=_bare) if done.stdout else {}), done.stderr


def _bare(value: dict[str, Any]) -> Any:
    """Nodes are not trusted to write templates: ansible-inventory shows that on every string."""
    return value.get("__ansible_unsafe", value)


def described(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "estate.repository.yml"
    path.write_text(f"plugin: heliostat.vdc.repository\n{text}")
    return path


def test_the_whole_inventory(url: str, tmp_path: Path) -> None:
    estate(url)
    found, errors = listed(described(tmp_path, f"repository: {url}\n"))
    assert "WARNING" not in errors
    if os.environ.get("HELIOSTAT_UPDATE_GOLDEN"):
        GOLDEN.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
    assert found == json.loads(GOLDEN.read_text())


def test_what_a_node_says_is_no_template(url: str, tmp_path: Path) -> None:
    """Whoever owns a node must not run code on the controller by way of /etc/release."""
    evil = replace(facts(1).release, description="{{ lookup('pipe', 'touch " + str(tmp_path / "owned") + "') }}")
    with open_repository(url) as repository:
        repository.record_node("t8a", facts(1, release=evil), compute_pool="production", networks={}, address="")
    playbook = tmp_path / "show.yml"
    playbook.write_text(
        "- hosts: t8a\n  gather_facts: false\n  tasks: [{debug: {msg: '{{ repository_release_description }}'}, delegate_to: localhost}]\n"
    )
    words = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", str(described(tmp_path, f"repository: {url}\n")), str(playbook)]
    done = subprocess.run(words, capture_output=True, text=True, env=os.environ | {"ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS)})
    assert "lookup('pipe'" in done.stdout
    assert not (tmp_path / "owned").exists()


def test_constructed_groups_and_variables(url: str, tmp_path: Path) -> None:
    estate(url)
    text = (
        f"repository: {url}\nstrict: true\nprefix: r_\n"
        "compose: {size: r_memory | default(0)}\n"
        "groups: {large: r_kind is defined and r_memory > 1}\n"
        "keyed_groups: [{key: r_category | default('none'), prefix: category}]\n"
    )
    found, errors = listed(described(tmp_path, text))
    assert "WARNING" not in errors
    assert found["large"]["hosts"] == ["t4a", "t8-a"]
    assert found["category_normal"]["hosts"] == ["db1", "web1"]
    assert found["_meta"]["hostvars"]["t4a"]["size"] == 512 << 30
    assert found["_meta"]["hostvars"]["web1"]["size"] == 0


def test_the_environment_names_the_repository(url: str, tmp_path: Path) -> None:
    estate(url)
    found, _ = listed(described(tmp_path, ""), HELIOSTAT_REPOSITORY=url)
    assert found["nodes"]["hosts"] == ["t4a", "t8-a"]


def test_the_cache_answers_when_the_repository_has_changed(url: str, tmp_path: Path) -> None:
    estate(url)
    cache = {
        "ANSIBLE_INVENTORY_CACHE": "true",
        "ANSIBLE_INVENTORY_CACHE_PLUGIN": "jsonfile",
        "ANSIBLE_INVENTORY_CACHE_CONNECTION": str(tmp_path / "cache"),
    }
    path = described(tmp_path, f"repository: {url}\n")
    first, _ = listed(path, **cache)
    with open_repository(url) as repository:
        repository.forget_vserver("web1")
    assert listed(path, **cache)[0] == first
    assert "web1" not in listed(path)[0]["vservers"]["hosts"]


@pytest.mark.parametrize(("missing", "complaint"), [("fail", "does not exist. Run heliostat.vdc.repository state=present"), ("empty", "")])
def test_a_missing_repository(empty_url: str, tmp_path: Path, missing: str, complaint: str) -> None:
    found, errors = listed(described(tmp_path, f"repository: {empty_url}\nmissing: {missing}\n"))
    assert "web1" not in json.dumps(found)
    assert complaint in " ".join(errors.split())
    assert ("does not exist" in errors) is bool(complaint)


def test_names_that_become_one_group_are_refused(url: str, tmp_path: Path) -> None:
    with open_repository(url) as repository:
        for number, pool in ((1, "a-b"), (2, "a.b")):
            repository.record_node(f"n{number}", facts(number), compute_pool=pool, networks={}, address="")
    _, errors = listed(described(tmp_path, f"repository: {url}\n"))
    assert "pool a.b and pool a-b would both be group pool_a_b" in " ".join(errors.split())
