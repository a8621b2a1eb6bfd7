# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Usage and help as zonecfg prints them. Only the syntax lines are kept; the explaining sentences under them are left out."""

from __future__ import annotations

from .dialect import Dialect

SYNTAX: dict[str, str] = {
    "add": "add <resource-type>\n\t(global scope)\nadd <property-name> <property-value>\n\t(resource scope)",
    "cancel": "cancel",
    "clear": "clear <property-name>",
    "commit": "commit",
    "create": "create [-F] [ -a <path> | -b | -t <template> ]",
    "delete": "delete [-F]",
    "end": "end",
    "exit": "exit [-F]",
    "export": "export [-f output-file]",
    "help": "help [commands] [syntax] [usage] [<command-name>]",
    "info": "info [<resource-type> [property-name=property-value]*]",
    "remove": (
        "remove [-F] <resource-type> [ <property-name>=<property-value> ]*\n\t(global scope)\n"
        "remove <property-name> <property-value>\n\t(resource scope)"
    ),
    "revert": "revert [-F]",
    "select": "select <resource-type> { <property-name>=<property-value> }",
    "set": "set <property-name>=<property-value>",
    "verify": "verify",
}
# What follows the usage of a command when it is asked for, or when its arguments make no sense.
EXTRA = {"add": "rp", "clear": "p", "info": "rp", "remove": "rp", "select": "rp", "set": "p"}

USAGE = (
    "usage:\tzonecfg help\n\tzonecfg -z <zone>\t\t\t(interactive)\n\tzonecfg -z <zone> <command>\n\tzonecfg -z <zone> -f <command-file>\n"
)
ZONE_SYNTAX = (
    "<zone> := [A-Za-z0-9][A-Za-z0-9_.-]*\n\t(except the reserved words 'global' and anything starting with 'SUNW')\n"
    "\tName must be less than 64 characters.\n"
)


def command_usage(command: str) -> str:
    return f"usage:\n{SYNTAX[command]}\n"


def commands() -> str:
    return "Commands:\n\n" + "".join(f"{syntax}\n" for syntax in SYNTAX.values())


def resources(dialect: Dialect) -> str:
    return "<resource type> := " + " | ".join(dialect.kinds) + "\n\n"


def properties(dialect: Dialect) -> str:
    lines = ["For resource type ... there are property types ...:"]
    lines += [f"\t(global)\t{word}" for word in (*dialect.globals, *dialect.aliases)]
    lines += [f"\t{name}\t{', '.join(kind.words)}" for name, kind in dialect.kinds.items()]
    return "\n".join(lines) + "\n"


def extra(command: str, dialect: Dialect) -> str:
    wanted = EXTRA.get(command, "")
    return (resources(dialect) if "r" in wanted else "") + (properties(dialect) if "p" in wanted else "")


def scope(kind: str, dialect: Dialect) -> str:
    """Help inside a resource: the properties that can be set there."""
    known = dialect.kinds[kind]
    lines = ["Valid commands:"]
    for word in known.words:
        verbs = ("add", "remove") if word in known.lists else ("set",)
        lines += [f"\t{verb} {word}{' ' if verb != 'set' else '='}<value>" for verb in verbs]
    return "\n".join(lines) + "\n"
