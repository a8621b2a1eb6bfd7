# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declarations: what they become, and that every refusal names the object and the option."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model import declaration, options
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import Dataset, Resources, VServer

from ..lifecycle.estate import LUNS, NETWORKS, WEB1, vserver

ROOT = {"type": "root", "dataset": "web1"}
DATA = {"type": "data", "dataset": "web1", "mountpoint": "/srv/www"}
LOFS = {"type": "lofs", "source": "/export", "mountpoint": "/mnt"}
LEG = {"network": "public", "address": "10.41.0.51"}
SET = {"name": "web1", "luns": ["lun1"]}


def test_what_is_not_said_has_its_default() -> None:
    found = vserver(filesystems=[ROOT], resources=None)
    assert (found.brand, found.ip_type, found.autoboot, found.category, found.priority) == ("solaris", "exclusive", False, "normal", 50)
    assert (found.timezone, found.nameservers, found.domain, found.archive, found.resources) == ("UTC", (), "", "", Resources())
    assert found.datasets == (Dataset("web1", (LUNS["lun1"], LUNS["lun2"]), "mirror"),)
    assert (found.root.zfs, found.zonepath) == ("web1/zone", "/zones/web1")


def test_what_yaml_and_jinja_make_of_values_is_understood() -> None:
    found = vserver(
        autoboot="yes",
        priority="70",
        resources={"memory": 4 << 30, "swap": "6g", "cpu_cap": "1.5", "cpu_shares": "20"},
        datasets=[{"name": "web1", "luns": [int("6" * 32)]}],
        nameservers=["10.40.0.2"],
        domain="example.org",
        timezone="Europe/Berlin",
        archive="",
    )
    assert (found.autoboot, found.priority, found.nameservers) == (True, 70, ("10.40.0.2",))
    assert found.resources == Resources(4 << 30, 6 << 30, None, 1.5, 20)
    assert found.datasets[0].luns == ("6" * 32,)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"brand": "bhyve"}, "vServer web1: brand 'bhyve' is no brand of a vServer. It is one of native, solaris, solaris10, "),
        ({"brand": ["solaris"]}, "vServer web1: brand ['solaris'] is no text."),
        ({"compute_pool": ""}, "vServer web1: compute_pool is not set."),
        ({"compute_pool": "a b"}, "vServer web1, compute_pool: name 'a b'"),
        ({"compute_pool": {"a": 1}}, "vServer web1: compute_pool {'a': 1} is no text."),
        ({"category": "high"}, "vServer web1: category 'high' is none of critical, important, normal, best_effort."),
        ({"ip_type": "both"}, "vServer web1: ip_type 'both' is none of shared, exclusive."),
        ({"priority": "high"}, "vServer web1: priority 'high' is not a whole number from 0 to 100."),
        ({"priority": 101}, "vServer web1: priority 101 is not"),
        ({"autoboot": "maybe"}, "vServer web1: autoboot 'maybe' is neither true nor false."),
        ({"autoboot": 1}, "vServer web1: autoboot 1 is neither"),
        ({"archive": "a.flar"}, "vServer web1, archive: mount point 'a.flar'"),
        ({"timezone": "UTC\nroot_password=x"}, "vServer web1, timezone: time zone 'UTC\\nroot_password=x' is no name"),
        ({"timezone": 'a"/><x y="'}, "vServer web1, timezone: "),
        ({"domain": "a }\nx"}, "vServer web1, domain: domain 'a }\\nx' is no DNS domain"),
        ({"nameservers": ["ns1"]}, "vServer web1: nameservers 'ns1' is no IP address."),
        ({"nameservers": "10.40.0.2"}, "vServer web1: nameservers '10.40.0.2' must be a list."),
        ({"nameservers": ["10.40.0.2", "10.40.0.2"]}, "vServer web1: nameservers has 10.40.0.2, 10.40.0.2: it takes at most 3 different"),
        ({"nameservers": [f"10.40.0.{last}" for last in range(4)]}, "vServer web1: nameservers has 10.40.0.0, "),
        ({"memory": "4G"}, "vServer web1: unknown option 'memory'; known are archive, archive_zone, autoboot,"),
        ({"datasets": []}, "vServer web1: datasets is empty"),
        ({"datasets": None}, "vServer web1: datasets must be a list, and is not set."),
        ({"datasets": {"name": "web1"}}, "vServer web1: datasets {'name': 'web1'} must be a list."),
        ({"datasets": ["web1"]}, "vServer web1, datasets: a mapping of options (layout, luns, manager, name, rootzpool) is wanted, not a "),
        ({"datasets": [SET, SET]}, "vServer web1: dataset web1 is declared twice."),
        ({"datasets": [SET, SET | {"name": "web2"}]}, f"vServer web1: LUN {LUNS['lun1']} is declared twice."),
        ({"networks": []}, "vServer web1: networks is empty"),
        ({"networks": [None]}, "vServer web1, networks: a mapping of options (address, link, network) is wanted, not nothing."),
        ({"networks": [LEG, LEG]}, "vServer web1: address 10.41.0.51 is declared twice."),
        ({"filesystems": []}, "vServer web1: filesystems is empty"),
        ({"filesystems": [ROOT, ROOT | {"name": "other"}]}, "vServer web1: filesystems needs exactly one"),
        ({"filesystems": [ROOT, DATA, DATA]}, "vServer web1: mount point /srv/www is declared twice."),
        ({"filesystems": [ROOT, DATA, DATA | {"mountpoint": "/srv_www"}]}, "vServer web1: file system web1/srv_www is declared twice."),
        ({"resources": "4G"}, "vServer web1, resources: a mapping of options ("),
        ({"resources": {"cores": 1}}, "vServer web1, resources: unknown option 'cores'"),
        ({"resources": {"memory": "4X"}}, "vServer web1, resources: memory '4X' is no size"),
        ({"resources": {"memory": 0}}, "vServer web1, resources: memory 0 is no size"),
        ({"resources": {"memory": True}}, "vServer web1, resources: memory True is no size"),
        ({"resources": {"memory": "512K"}}, "vServer web1, resources: memory '512K' is below 1048576 bytes"),
        ({"resources": {"swap": "10M"}}, "vServer web1, resources: swap '10M' is below 52428800 bytes"),
        ({"resources": {"memory": "1G", "locked": "2G"}}, "vServer web1, resources: locked 2147483648 is more than memory"),
        ({"resources": {"cpu_cap": 0.001}}, "vServer web1, resources: cpu_cap 0.001 is not a number from 0.01 to"),
        ({"resources": {"cpu_cap": "two"}}, "vServer web1, resources: cpu_cap 'two' is not a number"),
        ({"resources": {"cpu_cap": float("nan")}}, "vServer web1, resources: cpu_cap nan is not a number"),
        ({"resources": {"cpu_shares": 0}}, "vServer web1, resources: cpu_shares 0 is not a whole number from 1 to 65535."),
        ({"resources": {"cpu_shares": 1.5}}, "vServer web1, resources: cpu_shares 1.5 is not"),
    ],
)
def test_a_vserver_that_cannot_be_is_refused_by_name(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidDefinition) as refusal:
        vserver(**change)
    assert str(refusal.value).startswith(message)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"name": "mirror1"}, "vServer web1, dataset mirror1, name: dataset name 'mirror1'"),
        ({"name": None}, "vServer web1, dataset None, name: dataset name ''"),
        ({"manager": "lvm"}, "vServer web1, dataset web1: manager 'lvm' is none of zfs, svm, vxvm."),
        ({"luns": ["lun99"]}, "vServer web1, dataset web1: luns names LUN 'lun99', which is not in heliostat_luns."),
        ({"luns": "lun1"}, "vServer web1, dataset web1: luns 'lun1' must be a list."),
        ({"luns": [["lun1"]]}, "vServer web1, dataset web1: luns holds ['lun1'], which is no text."),
        ({"luns": ["6" * 20]}, f"vServer web1, dataset web1, luns: LUN '{'6' * 20}': a GUID has 16 or 32"),
        ({"luns": ["lun1", LUNS["lun1"]], "layout": "mirror"}, "vServer web1, dataset web1: luns names a LUN twice."),
        ({"name": "rpool"}, "vServer web1, dataset rpool: name is the node's own root pool"),
        ({"layout": "raidz"}, "vServer web1, dataset web1: layout 'raidz' is none of single, mirror, stripe, stripe_of_mirrors."),
        ({"luns": []}, "vServer web1, dataset web1: luns has 0 LUNs; layout single takes 1."),
        ({"layout": "mirror"}, "vServer web1, dataset web1: luns has 1 LUNs; layout mirror takes 2 to 4."),
        (
            {"layout": "stripe_of_mirrors", "luns": [f"lun{number}" for number in range(1, 6)]},
            "vServer web1, dataset web1: luns has 5 LUNs; layout stripe_of_mirrors takes 4 to 64, in pairs.",
        ),
        ({"size": "1G"}, "vServer web1, dataset web1: unknown option 'size'"),
    ],
)
def test_a_dataset_that_cannot_be_is_refused_by_name(entry: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidDefinition) as refusal:
        vserver(datasets=[SET | entry], filesystems=[ROOT])
    assert str(refusal.value).startswith(message)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (DATA | {"type": "ufs"}, "vServer web1, file system /srv/www: type 'ufs' is none of root, data, lofs."),
        (DATA | {"dataset": "other"}, "vServer web1, file system /srv/www: dataset 'other' is not among the vServer's datasets."),
        (DATA | {"mountpoint": "srv"}, "vServer web1, file system srv, mountpoint: mount point 'srv'"),
        (DATA | {"mountpoint": None}, "vServer web1, file system data, mountpoint: mount point ''"),
        (DATA | {"name": "a/b"}, "vServer web1, file system /srv/www, name: name 'a/b' is no ZFS file system name"),
        (DATA | {"mountpoint": "/.ssh"}, "vServer web1, file system /.ssh, name: name '.ssh' is no ZFS file system name; set name"),
        (DATA | {"size": "big"}, "vServer web1, file system /srv/www: size 'big' is no size"),
        (DATA | {"source": "/x"}, "vServer web1, file system /srv/www: source has no meaning for a file system of type data."),
        (DATA | {"options": "ro"}, "vServer web1, file system /srv/www: options 'ro' must be a list."),
        (DATA | {"options": ["ro;reboot"]}, "vServer web1, file system /srv/www: options ['ro;reboot'] hold something"),
        (DATA | {"options": ["ro\n"]}, "vServer web1, file system /srv/www: options ['ro\\n'] hold something"),
        (LOFS | {"source": None}, "vServer web1, file system /mnt: source is not set"),
        (LOFS | {"source": "/a b"}, "vServer web1, file system /mnt, source: mount point '/a b'"),
        (LOFS | {"size": "1G"}, "vServer web1, file system /mnt: size has no meaning for a file system of type lofs."),
        (LOFS | {"quota": "1G"}, "vServer web1, file system /mnt: unknown option 'quota'"),
        ("/mnt", "vServer web1, filesystems: a mapping of options ("),
    ],
)
def test_a_file_system_that_cannot_be_is_refused_by_name(entry: Any, message: str) -> None:
    with pytest.raises(InvalidDefinition) as refusal:
        vserver(filesystems=[ROOT, entry])
    assert str(refusal.value).startswith(message)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"network": "storage"}, "vServer web1, network storage: network 'storage' is not in heliostat_networks, which has management, "),
        ({"address": "10.40.0.51"}, "vServer web1, network public: address 10.40.0.51 is outside network public (10.41.0.0/24)."),
        ({"address": "10.41.0.1"}, "vServer web1, network public: address 10.41.0.1 is the network, broadcast or gateway"),
        ({"address": "10.41.0.51/16"}, "vServer web1, network public: address 10.41.0.51/16 has another prefix than network public"),
        ({"address": "www.example.org"}, "vServer web1, network public: address 'www.example.org' is no IP address."),
        ({"address": None}, "vServer web1, network public: address '' is no IP address."),
        ({"link": "net0;x"}, "vServer web1, network public, link: link 'net0;x'"),
        ({"vlan": 12}, "vServer web1, network public: unknown option 'vlan'"),
    ],
)
def test_a_leg_that_cannot_be_is_refused_by_name(entry: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidDefinition) as refusal:
        vserver(networks=[LEG | entry])
    assert str(refusal.value).startswith(message)


def test_a_prefix_that_is_the_networks_is_taken() -> None:
    assert vserver(networks=[LEG | {"address": "10.41.0.51/24"}]) == vserver(networks=[LEG])


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"a": LUNS["lun1"], "b": f"naa.{LUNS['lun1'].lower()}"}, f"LUN b: GUID {LUNS['lun1']} already has the name a."),
        ({"a": "lun"}, "LUN a, guid: LUN 'lun': a GUID has"),
        ({"a": None}, "LUN a, guid: LUN ''"),
        ({"a b": LUNS["lun1"]}, "LUN a b: name 'a b'"),
    ],
)
def test_lun_names_are_refused_by_name(declared: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidDefinition) as refusal:
        declaration.luns(declared)
    assert str(refusal.value).startswith(message)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("5G", 5 << 30), ("1.5T", 3 << 39), ("512m", 512 << 20), ("512 MiB", 512 << 20), (4096, 4096), ("9007199254740993", 2**53 + 1)],
)
def test_sizes(text: str | int, expected: int) -> None:
    assert options.size(text) == expected


@given(st.integers(1, 2**40), st.sampled_from(["", "K", "M"]))
def test_a_size_is_exact(number: int, unit: str) -> None:
    assert options.size(f"{number}{unit}") == number * {"": 1, "K": 1024, "M": 1024**2}[unit]


@pytest.mark.parametrize("text", ["", "G", "-1G", "1e9", "5GG", "5 G B", "٣G", "0", "0.0K", "9" * 400, "99999999P", None, "5G\n6G"])
def test_what_is_no_size(text: Any) -> None:
    with pytest.raises(InvalidDefinition, match="is no size"):
        options.size(text)


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        found += _places(inner, (*path, key))
    return found


FULL = WEB1 | {"timezone": "UTC", "domain": "example.org", "nameservers": ["10.40.0.2"], "filesystems": [ROOT, DATA, LOFS]}
FULL |= {"priority": 1, "category": "normal", "archive": "/a.flar", "autoboot": True, "brand": "solaris", "ip_type": "exclusive"}


@settings(max_examples=300)
@given(st.sampled_from(_places(FULL)), junk)
def test_whatever_stands_in_any_place_there_is_a_vserver_or_a_refusal(place: tuple[Any, ...], thing: Any) -> None:
    declared = copy.deepcopy(FULL)
    inner: Any = declared
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = thing
    made: VServer | InvalidDefinition
    try:
        made = declaration.vserver("web1", declared, declaration.networks(NETWORKS), declaration.luns(LUNS))
    except InvalidDefinition as refusal:
        made = refusal
    if isinstance(made, InvalidDefinition):
        assert str(made).startswith("vServer web1")
        assert str(place[0]).removesuffix("s")[:7] in str(made).replace("file system", "filesystem"), "the option is named"
