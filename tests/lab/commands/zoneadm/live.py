# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Live zone reconfiguration (11.2 and later): what differs between two configurations of a running zone, and what becomes of it.

solaris(5), solaris(7) and the table of the 11.4 configuration guide tell what can be changed live. ``zoneadm apply`` passes over what
cannot; ``zonecfg -r`` refuses it, in words that are not known. Lines: ``Adding``, ``Modifying`` and ``Removing`` a resource as captured on
11.4, ``set property`` and ``clear property`` from an example of the guide.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from ...call import Call
from ...truth import Zone
from ...zonecfg.rules import scaled
from ...zonecfg.tables import ALIASES_ILLUMOS, RESOURCE_ALIASES
from ..options import Refused, Unknown, parse
from ..resources import limits
from . import network, rules, verify
from .config import effective

Config = dict[str, Any]
Resource = dict[str, Any]

PROPERTIES = ("pool", "scheduling-class")
PASSED_OVER = (
    "zonename", "zonepath", "brand", "autoboot", "autoshutdown", "bootargs", "file-mac-profile", "fs-allowed", "limitpriv",
)  # fmt: skip
KINDS = ("anet", "net", "capped-memory", "dedicated-cpu", "device", "fs", "rctl")
KINDS_PASSED_OVER = ("admin", "attr", "dataset", "zpool", "rootzpool")
OF_A_LINK = ("allowed-address", "configure-allowed-address", "defrouter", "evs", "vport")
KEYS = {"anet": ("linkname",), "net": ("physical", "address"), "device": ("match", "storage"), "fs": ("dir",), "rctl": ("name",)}
BEHIND = {rctl: alias for alias, (rctl, _, _) in ALIASES_ILLUMOS.items()}
CAPS = {rctl: alias for alias, (rctl, _, _) in RESOURCE_ALIASES.items()}


@dataclass(frozen=True)
class Change:
    """``text`` is None for one that is not made live."""

    text: str | None
    kind: str
    about: str


def key(resource: Resource) -> tuple[str, ...]:
    return (str(resource["kind"]), *(str(resource.get(word, "")) for word in KEYS.get(str(resource["kind"]), ())))


def _resources(config: Config) -> dict[tuple[str, ...], Resource]:
    return {key(item): item for item in config.get("resources", [])}


def _told(resource: Resource) -> str:
    words = KEYS.get(str(resource["kind"]), ())
    return " ".join([str(resource["kind"]), *(f"{word}={resource[word]}" for word in words if resource.get(word))])


def _value(kind: str, word: str, value: Any) -> str:
    if word == "ncpus":
        return value[0] if value[0] == value[1] else "-".join(value)
    return scaled(int(value)) if kind == "capped-memory" else str(value)


def _without(resource: Resource | None) -> Resource:
    return {word: value for word, value in (resource or {}).items() if word not in OF_A_LINK}


def _of_rctl(old: Resource | None, new: Resource | None, both: tuple[Config, Config]) -> str:
    """A resource control is told as the property or resource that stands for it."""
    name = str((new or old or {})["name"])
    limit = int((new or old or {})["value"][0][1])
    if name in BEHIND:
        alias = BEHIND[name]
        shown = scaled(limit) if alias == "max-shm-memory" else str(limit)
        return f"set property {alias}={shown}" if new else f"clear property {alias}"
    if name in CAPS:
        kind = "capped-cpu" if CAPS[name] == "cpu-cap" else "capped-memory"
        had, has = (any(_of_cap(item, kind) for item in config.get("resources", [])) for config in both)
        verb = "Modifying" if had and has else "Adding" if has else "Removing"
        shown = f"ncpus={limit / 100:.2f}" if kind == "capped-cpu" else f"{CAPS[name]}={scaled(limit)}"
        return f"{verb} {kind}" if verb == "Removing" else f"{verb} {kind} {shown}"
    return f"{'Modifying' if old and new else 'Adding' if new else 'Removing'} rctl name={name}"


def _of_cap(resource: Resource, kind: str) -> bool:
    """Whether it is the resource ``kind`` or a control that is part of it."""
    alias = CAPS.get(str(resource.get("name")))
    part = resource["kind"] == "rctl" and alias is not None and (alias == "cpu-cap") == (kind == "capped-cpu")
    return part or resource["kind"] == kind


def differences(old: Config, new: Config) -> list[Change]:
    """Raises Unknown for what no page tells of."""
    found = []
    for word in sorted({*old, *new} - {"resources"}):
        if old.get(word, "") == new.get(word, ""):
            continue
        if word not in PROPERTIES and word not in PASSED_OVER:
            raise Unknown(f"live reconfiguration of {word}")
        text = f"set property {word}={new[word]}" if new.get(word) else f"clear property {word}"
        found.append(Change(text if word in PROPERTIES else None, "property", word))
    before, after = _resources(old), _resources(new)
    for name in [*before, *(other for other in after if other not in before)]:
        was, now = before.get(name), after.get(name)
        if was == now:
            continue
        kind = name[0]
        if kind not in KINDS and kind not in KINDS_PASSED_OVER:
            raise Unknown(f"live reconfiguration of {kind}")
        about = _told(now or was or {})
        if kind in KINDS_PASSED_OVER:
            found.append(Change(None, kind, about))
        elif kind == "rctl":
            found.append(Change(_of_rctl(was, now, (old, new)), kind, about))
        elif was is None or now is None:
            detail = "" if KEYS.get(kind) or now is None else " " + _details({}, now)
            found.append(Change(f"{'Adding' if now else 'Removing'} {about}{detail}", kind, about))
        elif _without(was) == _without(now):
            found.append(Change(None, kind, f"{about}: {', '.join(word for word in OF_A_LINK if was.get(word) != now.get(word))}"))
        else:
            found.append(Change(f"Modifying {about}" + ("" if KEYS.get(kind) else " " + _details(was, now)), kind, about))
    return found


def _details(was: Resource, now: Resource) -> str:
    kind = str(now["kind"])
    return " ".join(f"{word}={_value(kind, word, now[word])}" for word in now if word != "kind" and was.get(word) != now[word])


def merged(old: Config, new: Config) -> Config:
    """The live configuration after ``new`` was applied: what is passed over stays as it was."""
    before = _resources(old)
    result = {word: value for word, value in old.items() if word not in (*PROPERTIES, "resources")}
    result |= {word: new[word] for word in PROPERTIES if word in new}
    kept = [item for item in old.get("resources", []) if item["kind"] in KINDS_PASSED_OVER]
    for item in new.get("resources", []):
        if item["kind"] in ("net", "anet"):
            was = before.get(key(item), {})
            item = _without(item) | {word: was[word] for word in OF_A_LINK if word in was}
        if item["kind"] not in KINDS_PASSED_OVER:
            kept.append(item)
    return copy.deepcopy({**result, "resources": kept})


def enact(call: Call, zone: Zone, new: Config) -> None:
    """The running zone becomes as ``new`` says. Raises Refused or Unknown before anything has changed."""
    old = effective(zone)
    if new.get("pool", "") != old.get("pool", ""):
        raise Unknown("live reconfiguration of a resource pool by name")
    before, after = _resources(old), _resources(new)
    added = [item for name, item in after.items() if before.get(name) != item]
    removed = [item for name, item in before.items() if after.get(name) != item]
    trial = Zone(zone.name, zonepath=zone.zonepath, brand=zone.brand, ip_type=zone.ip_type, config={"resources": added})
    wrong = verify.filesystems(call, trial)
    if wrong:
        raise Refused("".join(f"{text}\n" for text in wrong))
    network.lower_link(call, trial)
    network.withdraw(call, zone, [item for item in removed if item["kind"] in ("net", "anet")])
    try:
        network.plumb(call, zone, [item for item in added if item["kind"] == "net"])
    except Refused:
        network.plumb(call, zone, [item for item in removed if item["kind"] == "net"])
        raise
    zone.live = new
    if any(item["kind"] in ("rctl", "capped-memory", "dedicated-cpu") for item in (*added, *removed)):
        limits.copied(call, zone)
    call.save()


async def apply(call: Call, zone: Zone, args: list[str]) -> int:
    """zoneadm apply: the stored configuration becomes the live one as far as that goes. -n: only tell, -q: tell nothing."""
    options, rest = parse(args, "nqv")
    flags = {letter for letter, _ in options}
    if rest or "v" in flags:
        raise Unknown("zoneadm apply -v, or with operands")
    if zone.state != "running":
        raise Unknown(f"zoneadm apply to a zone that is {zone.state}: refused, in words not known")
    with rules.lock(call.machine, zone.name):
        changes = [change.text for change in differences(effective(zone), zone.config) if change.text]
        if not changes:
            return 0
        if "q" not in flags:
            call.out("".join(rules.daemon(call, zone.name, f"Checking: {text}") + "\n" for text in changes))
        if "n" in flags:
            return 0
        enact(call, zone, merged(effective(zone), zone.config))
        if "q" not in flags:
            call.out(rules.daemon(call, zone.name, "Applying the changes") + "\n")
        await call.sleep(1)
    return 0
