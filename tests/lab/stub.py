# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one script behind every simulated command's name.

It sends who it is to the lab over loopback TCP and prints what comes back. Request: fields ended by NUL — token, number of
arguments, name, working folder, user, zone, session, profile shell, HOME, PATH, LANG, LC_ALL, TZ, TERM, arguments. Reply lines:
``1 N`` / ``2 N`` (N bytes for stdout / stderr follow), ``x RC`` (end), ``i ID`` (send stdin over a second connection), ``r E A``
(run a program here: NUL-ended folder, E assignments and A arguments follow; the stub answers its exit code) and ``p N`` (prompt
without echo; the stub answers ``l LINE`` or ``e``). It is bash because nothing else everywhere present speaks TCP without a compiler.
"""

from __future__ import annotations

TEXT = r"""#!@BASH@
lab_had=${LC_ALL+set} lab_was=${LC_ALL-}
LC_ALL=C
. "@MACHINE@" || exit 125
if ! { exec 3<>"/dev/tcp/127.0.0.1/$LAB_PORT"; } 2>/dev/null; then echo "lab: does not answer" >&2; exit 125; fi
printf '%s\0' "$LAB_TOKEN" "$#" "${0##*/}" "$PWD" "${LAB_USER-root}" "${LAB_ZONE-}" "${LAB_SESSION-}" "${LAB_PFSH-}" \
  "${HOME-}" "${PATH-}" "${LANG-}" "$lab_was" "${TZ-}" "${TERM-}" "$@" >&3
while read -r kind n more <&3; do
  case $kind in
  1|2)
    if [ "$n" -gt 4096 ]; then "@TOOLS@/head" -c "$n" <&3 >&"$kind"
    else IFS= read -r -N "$n" data <&3; printf %s "$data" >&"$kind"; fi || exit 141 ;;
  x) exit "$n" ;;
  i)
    exec 4>"/dev/tcp/127.0.0.1/$LAB_PORT"
    printf '%s\0' "$LAB_TOKEN" stdin "$n" >&4
    "@TOOLS@/cat" >&4
    exec 4>&- ;;
  r)
    mapfile -d '' -n $((1 + n + more)) -t run <&3
    (
      exec 3>&-
      if [ -n "$lab_had" ]; then LC_ALL=$lab_was; else unset LC_ALL; fi
      [ -z "${run[0]}" ] || cd -- "${run[0]}" || exit 1
      for pair in "${run[@]:1:n}"; do export "${pair?}"; done
      exec "${run[@]:1+n}"
    )
    printf '%s\n' "$?" >&3 ;;
  p)
    IFS= read -r -N "$n" data <&3; printf %s "$data" >&2
    if IFS= read -r -s line; then printf 'l %s\n' "$line" >&3; else printf 'e\n' >&3; fi ;;
  esac
done
exit 137
"""


def text(bash: str, machine: str, tools: str) -> str:
    """The stub's text. ``bash``, ``machine`` (file with LAB_PORT and LAB_TOKEN) and ``tools`` are paths as the stub sees them."""
    return TEXT.replace("@BASH@", bash).replace("@MACHINE@", machine).replace("@TOOLS@", tools)
