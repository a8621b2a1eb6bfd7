# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pkg(1)."""

from __future__ import annotations

import re

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import pkg, pkg_plan, pkg_publisher, pkg_tables, pkg_verify

from ..facts import Table
from ..shapes import ValueOrItems, row


def parsed(command: str, os: str, text: str) -> object | None:
    words = command.split()
    if words[:1] != ["pkg"] or len(words) < 2:
        return None
    what, rest = words[1], words[2:]
    options = "".join(word for word in rest if re.fullmatch(r"-[A-Za-z]+", word))
    if what == "list" and not set(options) & set("sqF"):
        return _listing(pkg.parse_list(text))
    if what == "info":
        return Table([_info(one) for one in pkg.parse_info(text)], "name")
    if what == "publisher":
        return _publishers(rest, text)
    if what == "history" and "l" not in options:
        rows = [
            {"start": one.start, "operation": one.operation, "client": one.client, "outcome": one.outcome}
            for one in pkg_plan.parse_history(text)
        ]
        failed = [row for row in rows if row["outcome"] == "Failed"]
        return Table(rows, "start", {"failed": failed})
    if what == "freeze":
        bare = not [word for word in rest if not word.startswith("-")]
        found = pkg.parse_frozen(text) if bare else pkg.parse_freezing(text)
        return Table([{"package": one.name, "version": one.version.text, "comment": one.comment} for one in found], "package")
    if what == "unfreeze":
        return Table([{"package": name} for name in pkg.parse_unfreezing(text)], "package")
    if what in ("install", "update", "uninstall", "exact-install"):
        return _plan(pkg_plan.parse_parsable(text) if any(word.startswith("--parsable") for word in rest) else pkg_plan.parse_plan(text))
    return _other(what, options, rest, text)


def _other(what: str, options: str, rest: list[str], text: str) -> object | None:
    """Subcommands the product has no step for but reads."""
    if what in ("verify", "fix"):
        return _verified(pkg_verify.parse(text))
    if what == "history":
        details = [row(one) for one in pkg_tables.parse_history_details(text)]
        return Table(details, "start_time", {"failed": [one for one in details if "Fail" in str(one.get("outcome"))]})
    if what in ("search", "contents", "property", "mediator", "facet", "variant") and "H" not in options:
        rows = [row(one) for one in pkg_tables.parse_columns(text, f"pkg {what}")]
        key = next(iter(rows[0])) if rows else ""
        single = bool(rows) and len(rows[0]) == 1
        return Table(rows, key, {"rows": ValueOrItems([one[key] for one in rows])} if single else {}, value="value")
    if what == "purge-history":
        return {"purged": text.strip() == "History purged."}
    if what == "rebuild-index":
        done = re.search(r"^Building new search index +([0-9]+)/([0-9]+)$", text, re.MULTILINE)
        return {"items": done[2]} if done else None
    if what in ("set-publisher", "unset-publisher"):
        changed = pkg_publisher.parse_changed(text)
        return {name: ValueOrItems(publishers, ",".join(publishers)) for name, publishers in changed.items()}
    return None


def _verified(found: pkg_verify.Verified) -> dict[str, object]:
    statuses = {status for status, _said in found.packages.values()}
    return {
        "ok": not found.damaged,
        "verified": statuses.pop() if len(statuses) == 1 else None,
        "packages": {fmri: status for fmri, (status, _said) in found.packages.items()},
        "errors": list(found.damaged),
        "snapshot": found.snapshot,
        "repaired": list(found.repaired),
        "exception": found.exception,
    }


def _listing(listing: pkg.Listing) -> object:
    rows = []
    for one in listing.packages:
        row: dict[str, object] = {
            "name": one.name,
            "publisher": one.publisher,
            "installed": one.installed,
            "ifo": one.flags,
            "flags": one.flags,
            "state": "installed" if one.installed else "known",
            "frozen": one.frozen,
            "obsolete": one.obsolete,
            "renamed": one.renamed,
            "version": one.version.component if one.version.timestamp else one.version.text,
            "build": one.version.build,
            "branch": one.version.branch,
            "timestamp": one.version.timestamp,
        }
        if one.upgradable is not None:
            row["upgradable"] = one.upgradable
        rows.append(row)
    about: dict[str, object] = {"warnings": len(listing.expiring)}
    if listing.expiring:
        about["cert_days_left"] = min(listing.expiring.values())
    if len(rows) != 1:
        installed = sum(one.installed for one in listing.packages)
        about["installed"] = installed if rows else False
    if rows:
        about["newest"] = listing.packages[0].version.text
        if len({one.publisher for one in listing.packages}) == 1:
            about["publisher"] = listing.packages[0].publisher
    return Table(rows, "name", about, value="version")


def _info(one: dict[str, str]) -> dict[str, object]:
    facts: dict[str, object] = {label.lower().replace(" ", "_"): value for label, value in one.items()}
    publisher, name, version = pkg.fmri(one["FMRI"])
    return {**facts, "name": name, "publisher": publisher or one.get("Publisher"), "version": version.component, "branch": version.branch}


def _publishers(rest: list[str], text: str) -> object:
    if any(not word.startswith("-") for word in rest) and "-F" not in rest:
        details = pkg_publisher.parse_details(text)
        rows: list[dict[str, object]] = [
            {
                "publisher": one.publisher,
                "origin": one.origins[0] if one.origins else None,
                "origins": one.origins,
                "mirrors": one.mirrors,
                "enabled": one.enabled,
                "ssl_key": one.facts.get("SSL Key"),
                "ssl_cert": one.facts.get("SSL Cert"),
                "cert_expires": one.facts.get("Cert. Expiration Date"),
                "uuid": one.facts.get("Client UUID"),
            }
            for one in details
        ]
        about: dict[str, object] = {f"{one.publisher}_origins": len(one.origins) for one in details}
        about |= {f"{one.publisher}_cert_expires": date for one in details if (date := one.facts.get("Cert. Expiration Date"))}
        return Table(rows, "publisher", {**about, "publishers": [one.publisher for one in details]})
    found = pkg_publisher.parse_tsv(text) if "-F" in rest else pkg_publisher.parse_table(text)
    rows = []
    for origin in found:
        flag = "T" if origin.proxied else "F"
        row: dict[str, object] = {"publisher": origin.publisher, "type": origin.kind, "status": origin.status, "location": origin.location}
        rows.append({**row, "origin": origin.location, "proxied": flag, "p_flag": flag, "sticky": origin.sticky, "enabled": origin.enabled})
    summary: dict[str, object] = {
        "publishers": list(dict.fromkeys(origin.publisher for origin in found)),
        "syspub": sum(origin.syspub for origin in found),
    }
    for name in ("location", "proxied", "p_flag"):
        if len({row[name] for row in rows}) == 1:
            summary[name] = rows[0][name]
    return Table(rows, "publisher", summary)


def _plan(plan: pkg_plan.Planned) -> dict[str, object]:
    facts: dict[str, object] = {"changed": plan.changed, **plan.counts}
    for name, value in (
        ("be", plan.boot_environment),
        ("backup_be", plan.backup),
        ("boot_archive", plan.boot_archive),
        ("activate", plan.activate),
    ):
        if value is not None:
            facts[name] = value
    if plan.available:
        facts |= {"space_available": plan.available, "space_needed": plan.consumed}
    if plan.changes:
        facts["new_packages"] = sum(not change.old for change in plan.changes)
        facts["version_form"] = plan.changes[0].new
    return facts
