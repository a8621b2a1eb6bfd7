# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""svcs(1). Formats from the public illumos and OpenSolaris sources and recorded output."""

from __future__ import annotations

import time

from ...call import Call, command
from ...truth import Service
from ..options import BadOption, parse
from . import repository
from .explain import explain

WIDTHS = {"CTID": 6, "DESC": 100, "FMRI": 50, "INST": 20, "N": 1, "NSTA": 5, "NSTATE": 14, "S": 2, "SCOPE": 16, "SN": 2}
WIDTHS |= {"SVC": 20, "STA": 5, "STATE": 14, "STIME": 8, "ZONE": 16}
ABBREVIATIONS = {"legacy_run": "LRC", "online": "ON", "offline": "OFF", "maintenance": "MNT", "disabled": "DIS", "degraded": "DGD"}
ABBREVIATIONS |= {"uninitialized": "UN", "-": "-"}
RANK = {"legacy_run": 0, "disabled": 1, "online": 2, "degraded": 3, "offline": 4, "maintenance": 5, "uninitialized": 6}


def stime(now: int, then: int) -> str:
    """HH:MM:SS within a day, Mon_DD within 360 days, else the year."""
    moment = time.gmtime(then)
    if now - then < 24 * 60 * 60:
        return time.strftime("%k:%M:%S", moment)
    return time.strftime("%b_%d  " if now - then < 12 * 30 * 24 * 60 * 60 else "%Y    ", moment)


def moving(service: Service) -> bool:
    return service.next_state not in ("-", "", "none")


def cell(call: Call, zone: str, fmri: str, service: Service, column: str, star: bool) -> str:
    """One column. ``star``: a state in transition is marked; not so when a column shows the next state."""
    name, _, instance = fmri.partition(":/")[2].partition(":")
    following = service.next_state if moving(service) else "-"
    match column:
        case "FMRI":
            return fmri
        case "STATE":
            return service.state + ("*" if moving(service) and star else "")
        case "NSTATE":
            return following
        case "STA":
            return ABBREVIATIONS.get(service.state, "?") + ("*" if moving(service) and star else "")
        case "NSTA":
            return ABBREVIATIONS.get(following, "?")
        case "STIME":
            return stime(call.now(), service.since)
        case "SVC":
            return name
        case "INST":
            return instance or "-"
        case "SCOPE":
            return "localhost"
        case "ZONE":
            return zone
        case "DESC":
            return repository.NAMES.get(f"{name}:{instance}", "-")
    raise KeyError(column)


def line(cells: list[str], columns: list[str]) -> str:
    text = "".join(f"{text:<{WIDTHS[column]}} " for text, column in zip(cells, columns, strict=True))
    return text.rstrip(" ") + "\n"


@command("svcs")
async def svcs(call: Call) -> int:
    old = call.machine.release == "s10"
    try:
        options, rest = parse(call.args, "aHo:lpvdDxR:s:S:" + ("" if old else "z:ZLn:"))
    except BadOption as err:
        call.err(f"svcs: option requires an argument -- {err.letter}\n" if err.missing else f"svcs: illegal option -- {err.letter}\n")
        call.err("Usage: svcs [-aHpv] [-o col[,col ... ]] [-R restarter] [-sS col] [<service> ...]\n")
        return 2
    flags = dict(options)
    if flags.keys() & {"R", "s", "S", "L", "n", "p"}:
        return call.not_simulated(" ".join(call.argv))
    zones: list[str | None] = [None]
    if "Z" in flags:
        running = [zone for zone in call.machine.zones.values() if zone.state == "running"]
        zones = ["global", *[zone.name for zone in sorted(running, key=lambda zone: zone.zone_id or 0)]]
    elif "z" in flags:
        zones = [flags["z"]]
    if ("Z" in flags or "z" in flags) and call.zone is not None:
        return call.not_simulated("svcs -z in a zone")
    tables: list[tuple[str, dict[str, Service]]] = []
    for zone in zones:
        try:
            tables.append((zone or call.zone or "global", repository.of_caller(call, zone)))
        except KeyError:
            call.err(f"svcs: invalid zone '{zone}'\n")
            return 1
    selected, failed = _select(call, tables, rest)
    named = "z" in flags or "Z" in flags
    if "x" in flags:
        for zone, services in tables:
            explain(call, services, selected[zone] if rest else None, "v" in flags, zone if named else None)
        return failed
    if "l" in flags:
        blocks = [detail(call, services, fmri, zone if named else None) for zone, services in tables for fmri in selected[zone]]
        call.out("\n".join(blocks))
        return failed
    return _table(call, flags, tables, selected, bool(rest)) or failed


def _select(call: Call, tables: list[tuple[str, dict[str, Service]]], patterns: list[str]) -> tuple[dict[str, list[str]], int]:
    """Per zone the FMRIs that match; a pattern that matches nothing anywhere is reported."""
    selected: dict[str, list[str]] = {zone: [] for zone, _ in tables}
    failed = 0
    for pattern in patterns:
        found = False
        for zone, services in tables:
            matching = repository.match(services, pattern)
            found = found or bool(matching)
            selected[zone] += [fmri for fmri in matching if fmri not in selected[zone]]
        if not found:
            call.err(f"svcs: Pattern '{pattern}' doesn't match any instances\n")
            failed = 1
    return selected, failed


def _table(
    call: Call, flags: dict[str, str], tables: list[tuple[str, dict[str, Service]]], selected: dict[str, list[str]], named: bool
) -> int:
    standard = "state,nstate,stime,ctid,fmri" if "v" in flags else "state,stime,fmri"
    columns = [word.upper() for word in flags.get("o", ("zone," if "Z" in flags else "") + standard).split(",")]
    for column in columns:
        if column not in WIDTHS:
            call.err(f'svcs: Unknown column "{column.lower()}".\n')
            return 2
        if column in ("CTID", "S", "N", "SN"):
            return call.not_simulated(f"svcs column {column}")
    star = not {"NSTATE", "NSTA"} & set(columns)
    if "H" not in flags:
        call.out(line(columns, columns))
    rows = []
    for zone, services in tables:
        if "d" in flags or "D" in flags:
            follow = repository.needed if "d" in flags else repository.dependents
            shown = sorted({other for fmri in selected[zone] for other in follow(services, fmri)})
        elif named:
            shown = selected[zone]
        else:
            running = [fmri for fmri, service in services.items() if repository.enabled(service) or service.state != "disabled"]
            shown = list(services) if "a" in flags else running
        rows += [(RANK.get(services[fmri].state, 7), services[fmri].since, fmri, zone, services[fmri]) for fmri in shown]
    for _, _, fmri, zone, service in sorted(rows, key=lambda row: row[:3]):
        call.out(line([cell(call, zone, fmri, service, column, star) for column in columns], columns))
    return 0


def detail(call: Call, services: dict[str, Service], fmri: str, zone: str | None) -> str:
    """svcs -l: labels padded to 13 characters. Common names are known for some services only, contracts for none."""
    service = services[fmri]
    rows = [("fmri", fmri)]
    if fmri[5:] in repository.NAMES:
        rows.append(("name", repository.NAMES[fmri[5:]]))
    if zone is not None:
        rows.insert(1, ("zone", zone))
    on = repository.enabled(service)
    rows.append(("enabled", ("true" if on else "false") + (" (temporary)" if on != service.enabled else "")))
    rows += [("state", service.state), ("next_state", service.next_state if moving(service) else "none")]
    rows.append(("state_time", time.strftime("%a %b %e %H:%M:%S %Y", time.gmtime(service.since))))
    rows += [("logfile", repository.log_file(fmri)), ("restarter", "svc:/system/svc/restarter:default")]
    for grouping, restart, names in repository.dependencies(services, fmri):
        if names:
            states = " ".join(f"{name} ({services[repository.match(services, name)[0]].state})" for name in names)
            rows.append(("dependency", f"{grouping}/{restart} {states}"))
    return "".join(f"{label:<13}{text}\n" for label, text in rows)
