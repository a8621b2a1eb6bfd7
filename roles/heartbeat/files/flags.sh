#!/bin/sh
# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# flags.sh FILE - finds what the compiler and the linker at hand take, and writes it to FILE as shell variables: compile, link, libraries, and alone
# (for the agent, which asks nothing of the system's libraries that may not stand in itself).
# From the environment: CC, PLATFORM (linux, solaris), SHA256 (libcrypto, libmd). A flag that is refused, or only warned about, is left out.
# shellcheck disable=SC2086  # lists of words
set -eu

file=$1
trial=$file.trial
trap 'rm -f "$trial".c "$trial".out "$trial".said' 0

cat >"$trial.c" <<'PROGRAM'
#include <stdio.h>
#include <string.h>
_Static_assert(sizeof(long) >= 4, "C11");
int main(int count, char **words)
{
    char copy[16];

    (void)snprintf(copy, sizeof copy, "%s", words[count - 1]);
    return (int)strlen(copy) < 0;
}
PROGRAM

taken() {
    $CC "$@" -o "$trial.out" "$trial.c" >"$trial.said" 2>&1 && [ ! -s "$trial.said" ]
}

compile=
link=
libraries=

want() {
    if taken $compile $1 $link; then compile="$compile $1"; fi
}

want_link() {
    if taken $compile $link $1; then link="$link $1"; fi
}

first_library() {
    for library in "$@"; do
        if taken $compile $link $library; then
            libraries="$libraries $library"
            return
        fi
    done
    echo "flags.sh: none of these can be linked: $*" >&2
    exit 1
}

case $PLATFORM in
linux) compile="-D_XOPEN_SOURCE=600 -D_FILE_OFFSET_BITS=64" ;;
solaris) compile="-D_XOPEN_SOURCE=600 -D__EXTENSIONS__ -D_FILE_OFFSET_BITS=64" ;;
*)
    echo "flags.sh: PLATFORM is linux or solaris, not $PLATFORM" >&2
    exit 1
    ;;
esac
want -std=c11
if taken $compile; then :; else # Solaris 10's sh has no !
    echo "flags.sh: $CC does not compile C11:" >&2
    cat "$trial.said" >&2
    exit 1
fi
for flag in -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes; do want $flag; done
if [ "$PLATFORM" = solaris ]; then want -m64; fi
want -fstack-protector-strong
want "-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -O2"
if taken $compile -fPIE -pie; then
    compile="$compile -fPIE"
    link="-pie"
fi
for flag in -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack; do want_link $flag; done
if [ "$PLATFORM" = solaris ]; then
    for flag in -Wl,-z,aslr=enable -Wl,-M,/usr/lib/ld/map.noexstk; do want_link $flag; done
fi

# Locked into memory, of the shared libc all is resident, although a tenth is used.
alone=
if [ "$PLATFORM" = linux ] && taken $compile $link -static-pie; then alone=-static-pie; fi

case $SHA256 in
# Statically where it is there: of the shared one all is mapped, although three functions are used.
libcrypto) first_library -l:libcrypto.a -lcrypto ;;
libmd)
    compile="$compile -DSHA256_LIBMD"
    first_library -lmd
    ;;
*)
    echo "flags.sh: SHA256 is libcrypto or libmd, not $SHA256" >&2
    exit 1
    ;;
esac
if [ "$PLATFORM" = solaris ]; then
    for library in -lsocket -lnsl -lrt -lkstat; do first_library $library; done
fi

{
    echo "compile='$compile'"
    echo "link='$link'"
    echo "libraries='$libraries'"
    echo "alone='$alone'"
} >"$file"
