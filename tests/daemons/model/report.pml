/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * Every dead node is eventually reported, fenced or unknown (docs/how-a-node-is-judged.md): the way through the states, for one monitor, one peer and
 * one node, without the lease's arithmetic (lease.pml). Fair: whoever can take a step all the time takes it some time; nothing more is promised of
 * messages, probes, service processors or the peer, so each wait must end by itself. Assumed: the monitor's own network works from some time on, and
 * nobody says good-bye or is in maintenance, where silence means nothing. A peer's good-bye that was taken back since is as PEER_BY_HEARSAY.
 *
 * MUTATION takes one such end away; the property must then fail.
 */
#ifndef MUTATION
#define MUTATION 0
#endif
#define M(n) (MUTATION == (n))
#define PROBE_FOREVER 1  /* probing ends only when a probe answers */
#define FENCE_FOREVER 2  /* a fencing level that hangs is waited for */
#define PEER_FOREVER 3   /* a peer that cannot be reached is waited for */
#define RESTART_FORGETS 4 /* a restarted monitor does not know of a fencing under way, and has never heard the node */
#define PEER_BY_HEARSAY 5 /* a peer says that it hears a node though that was long ago */
#ifndef KIND
#define KIND 0 /* the peer agrees some time: then the lease proves it */
#endif

#define SILENT 2
#define PATIENCE 3

mtype = { UNHEARD, ALIVE, SUSPECT, PROBING, UNREACHABLE, FENCING, FENCED, UNKNOWN };
mtype state = ALIVE;
bool dead, connected, cut = true, closed, level_ended;
byte silence, peer_silence, wait, restarts;

#define reported (state == FENCED || state == UNKNOWN)
#if KIND
ltl eventually { ([] (<> connected) && <> [] connected) -> [] (dead -> <> (state == FENCED)) }
#else
ltl eventually { (<> [] connected) -> [] (dead -> <> reported) }
#endif

active proctype Node() {
    do
    :: atomic { !dead -> silence = 0;
        if
        :: state == ALIVE || state == UNHEARD || state == SUSPECT || state == PROBING || state == UNREACHABLE -> state = ALIVE
        :: else
        fi }
    :: !dead -> peer_silence = 0
    :: !dead -> dead = true; break
    od
}

active proctype Network() {
    do
    :: atomic { cut -> connected = !connected }
    :: atomic { cut -> cut = false; connected = true; break }
    od
}

active proctype Clock() {
    do
    :: d_step {
        if :: silence < SILENT -> silence++ :: else fi;
        if :: peer_silence < SILENT -> peer_silence++ :: else fi;
        if :: wait < PATIENCE -> wait++ :: else fi }
    od
}

/* The peer agrees to withhold, or says that it hears the node; or nothing, ever. */
active proctype Peer() {
    do
    :: atomic { (state == FENCING || state == UNKNOWN) && !closed && peer_silence == SILENT -> closed = true }
    :: atomic { (state == SUSPECT || state == FENCING) && (peer_silence < SILENT || M(PEER_BY_HEARSAY)) ->
        state = ALIVE; silence = 0; closed = false }
#if !KIND
    :: true -> break
#endif
    od
}

active proctype Monitor() {
    do
    :: atomic { state == ALIVE && silence == SILENT -> state = SUSPECT }
    :: atomic { state == SUSPECT && connected -> state = PROBING; wait = 0 }
    :: atomic { state == PROBING && wait == PATIENCE && !M(PROBE_FOREVER) -> state = UNREACHABLE }
    :: atomic { state == UNREACHABLE -> state = FENCING; wait = 0; level_ended = false }
    :: atomic { state == FENCING && wait == PATIENCE && !level_ended && !M(FENCE_FOREVER) -> level_ended = true; wait = 0 }
    :: atomic { state == FENCING && level_ended && wait == PATIENCE && closed -> state = FENCED }
    :: atomic { state == FENCING && level_ended && wait == PATIENCE && !closed && !M(PEER_FOREVER) -> state = UNKNOWN; wait = 0 }
    :: atomic { state == UNKNOWN && wait == PATIENCE -> state = FENCING; wait = 0; level_ended = false }
    od
}

/* Restarts: what was concluded is on disk; silence is measured anew. */
active proctype Restart() {
    do
    :: atomic { restarts < 1 ->
        restarts++; silence = 0; wait = 0; level_ended = false;
        if
        :: M(RESTART_FORGETS) -> state = UNHEARD; closed = false
        :: else -> if :: state == SUSPECT || state == PROBING || state == UNREACHABLE -> state = ALIVE :: else fi
        fi }
    :: break
    od
}
