# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A node that does what the steps of a plan say, in memory: what is left afterwards is what the next look would see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import zonecfg
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.actual import NodeActual, ZonePath
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Command
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.plan import Plan
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.storage import Pool, Vdev, Zfs
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneConfig, ZoneResource, ZoneStatus

from .declared import exported
from .estate import zfs


def _layout(words: Sequence[str]) -> tuple[Vdev, ...]:
    found: list[Vdev] = []
    for word in words:
        disk = Vdev(word, "disk", "ONLINE")
        if word == "mirror":
            found.append(Vdev(f"mirror-{len(found)}", "mirror", "ONLINE"))
        elif found and found[-1].kind == "mirror":
            found[-1] = replace(found[-1], children=(*found[-1].children, disk))
        else:
            found.append(disk)
    return tuple(found)


def _edited(config: ZoneConfig, script: str) -> ZoneConfig:
    """The configuration after an update script: set, clear, add, remove, select ... end."""
    properties = dict(config.properties)
    resources = [ZoneResource(one.kind, dict(one.properties)) for one in config.resources]
    scope: ZoneResource | None = None
    for line in script.splitlines():
        verb, _blank, rest = line.partition(" ")
        key, _equals, value = rest.partition("=")
        if verb in ("verify", "commit", "exit"):
            continue
        if verb == "end":
            scope = None
        elif verb == "set":
            target = properties if scope is None else scope.properties
            listed = key in ("allowed-address", "options")
            target[key] = tuple(value.split(",")) if listed else value.strip('"')  # type: ignore[index]
        elif verb == "clear":
            (properties if scope is None else scope.properties).pop(rest)  # type: ignore[union-attr]
        elif verb == "add" and scope is None:
            scope = ZoneResource(rest, {})
            resources.append(scope)
        elif verb in ("add", "remove") and scope is not None:
            name, _blank, item = rest.partition(" ")
            have = tuple(scope.properties.get(name, ()))
            scope.properties[name] = (*have, item) if verb == "add" else tuple(one for one in have if one != item)  # type: ignore[index]
        else:
            kind, *words = rest.split(" ")
            keys = dict(word.replace('"', "").split("=", 1) for word in words)
            (chosen,) = [one for one in resources if one.kind == kind and keys.items() <= dict(one.properties).items()]
            if verb == "select":
                scope = chosen
            else:
                resources.remove(chosen)
    return ZoneConfig(properties, tuple(resources))


@dataclass
class Node:
    """``asleep`` are the file systems of pools that are not imported."""

    actual: NodeActual
    asleep: dict[str, dict[str, Zfs]] = field(default_factory=dict)
    ran: list[tuple[str, ...]] = field(default_factory=list)

    def run(self, plans: Sequence[Plan]) -> NodeActual:
        for step in (step for plan in plans for step in plan.steps):
            self._do(step.command)
        return self.actual

    def _do(self, command: Command) -> None:
        words = tuple(word if isinstance(word, str) else word.content for word in command.argv)
        self.ran.append(words)
        match words:
            case ("zpool", "create", "-O", "mountpoint=none", name, *rest):
                self._pool(Pool(name, "ONLINE", _layout(rest)))
            case ("zpool", "import", name):
                (pool,) = [pool for pool in self.actual.importable or () if pool.name == name]
                left = tuple(one for one in self.actual.importable or () if one is not pool)
                self._pool(replace(pool, pool_id=""))
                self.actual = replace(self.actual, importable=left, zfs={**self.actual.zfs, **self.asleep.pop(name, {})})
            case ("zpool", "export" | "destroy", name):
                pools = {key: pool for key, pool in self.actual.pools.items() if key != name}
                kept = {key: one for key, one in self.actual.zfs.items() if key.partition("/")[0] != name}
                self.actual = replace(self.actual, pools=pools, zfs=kept)
            case ("zfs", "create", *options, name):
                values = dict(option.split("=", 1) for option in options if option != "-o")
                self._zfs(zfs(name, values["mountpoint"], int(values.get("quota", 0))))
            case ("zfs", "set", setting, name):
                have = self.actual.zfs[name].properties
                self._zfs(zfs(name, have["mountpoint"].value, int(setting.partition("=")[2]), have["mounted"].value))
            case ("zfs", "mount", name):
                have = self.actual.zfs[name].properties
                self._zfs(zfs(name, have["mountpoint"].value, int(have["quota"].value)))
            case ("chmod", "700", path):
                self._path(path.rpartition("/")[2], True)
            case ("zonecfg", "-z", name, "-f", script):
                self._configure(name, script)
            case ("zonecfg", "-z", name, "delete", "-F"):
                self._forget(name)
            case ("zoneadm", "-z", name, verb, *_options):
                self._zoneadm(name, verb)
            case ("cp", _content, target):
                assert target.endswith("/root/etc/sysidcfg")
            case ("zlogin", name, "/sbin/init", "5"):
                self._state(name, "installed")
            case _:
                raise AssertionError(f"the simulated node does not know {words}")

    def _pool(self, pool: Pool) -> None:
        self.actual = replace(self.actual, pools={**self.actual.pools, pool.name: pool})

    def _zfs(self, have: Zfs) -> None:
        self.actual = replace(self.actual, zfs={**self.actual.zfs, have.name: have})

    def _path(self, name: str, empty: bool) -> None:
        self.actual = replace(self.actual, zonepaths={**(self.actual.zonepaths or {}), name: ZonePath("drwx------", empty)})

    def _configure(self, name: str, script: str) -> None:
        if script.startswith("create"):
            made = zonecfg.parse_export(script)
            ip_type = made.properties["ip-type"]
            status = ZoneStatus(
                name, "configured", made.properties["zonepath"], brand=made.properties.get("brand", "native"), ip_type=ip_type
            )
            self.actual = replace(self.actual, zones={**self.actual.zones, name: status})
        else:
            made = _edited(self.actual.configs[name], script)
        self.actual = replace(self.actual, configs={**self.actual.configs, name: exported(made, self.actual.zones[name])})

    def _forget(self, name: str) -> None:
        zones = {key: status for key, status in self.actual.zones.items() if key != name}
        self.actual = replace(self.actual, zones=zones, configs={key: one for key, one in self.actual.configs.items() if key != name})

    def _zoneadm(self, name: str, verb: str) -> None:
        before = self.actual.zones[name].state
        then = {
            "install": ("configured", "installed"),
            "attach": ("configured", "installed"),
            "boot": ("installed", "running"),
            "shutdown": ("running", "installed"),
            "halt": ("running", "installed"),
            "detach": ("installed", "configured"),
            "uninstall": ("installed", "configured"),
        }
        assert before in (then[verb][0], "incomplete" if verb == "uninstall" else "ready"), f"zoneadm {verb} of a zone that is {before}"
        if verb == "install":
            assert self.actual.zonepaths and self.actual.zonepaths[name].empty, "zoneadm installs into an empty private directory only"
        if verb in ("install", "uninstall"):
            self._path(name, verb == "uninstall")
        self._state(name, then[verb][1])

    def _state(self, name: str, state: str) -> None:
        zones = {**self.actual.zones, name: replace(self.actual.zones[name], state=state)}
        self.actual = replace(self.actual, zones=zones, milestones={name: "online"} if state == "running" else {})
