/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * The lease, its proof and the takeover (docs/how-a-node-is-judged.md), for one node and MON monitors that may all act at once.
 *
 * Property: what the node had is not taken over while the node may write, nor may it write later while it is taken (its next boot).
 *
 * What is left open, so that everything the daemons could do is among it: a monitor suspects whenever it likes, hearing the node or not; a peer agrees
 * or refuses as it likes; whoever acts gives up or goes on as it likes; every process stands still as long as it likes between any two steps.
 *
 * Network: what was sent may arrive at once, late, never, several times, in any order. So a direction is a set: sending adds, receiving does not take
 * away. Keep-alives and answers differ only by the age of the keep-alive (bit i: i ticks of the node's clock ago); one older than the lease extends
 * nothing and is dropped. Of the replies of a peer to one query the last one sent stays in the set: it tells the greatest age, the most dangerous.
 *
 * Time: whole ticks. All bounds are closed (at least, at most), so a run in continuous time that breaks the property has one in whole ticks that
 * does; how many ticks a lease has is of no account but for the order of events that fit in, which the larger instance makes bigger.
 * Only differences between clocks count. The node's clock may lose one tick of every LEASE + HALT + 1 against the monitors' (that is `drift`); a
 * frozen machine's clock may stand still altogether; a peer's clock may gain one tick over what it tells the age of. Timers that have
 * passed all that is compared with them stand still, so the states are finite.
 *
 * MUTATION takes one rule away (prove); the property must then fail.
 */

#ifndef MON
#define MON 2 /* monitors */
#endif
#ifndef LEASE
#define LEASE 2
#endif
#ifndef HALT
#define HALT 1
#endif
#ifndef TRIES
#define TRIES 2 /* fencings begun, by all of them together */
#endif
#ifndef BOOTS
#define BOOTS 2
#endif
#ifndef RESTARTS
#define RESTARTS 1 /* of monitors */
#endif
#ifndef SLOT
#define SLOT 0 /* there is a disk slot */
#endif
#ifndef FREEZE
#define FREEZE 0 /* machines that stand still as a whole; they have a watchdog */
#endif
#ifndef LEAVE
#define LEAVE 0 /* an administrator stops the agent, and starts it again */
#endif
#ifndef MUTATION
#define MUTATION 0
#endif

#define FROM_RECEIPT 1       /* the lease reaches from the receipt of the answer */
#define WITHHELD_FORGOTTEN 2 /* a monitor's restart forgets what it withholds */
#define NO_GATE 3            /* zones start at boot */
#define NO_DRIFT 4           /* the clocks are believed to agree */
#define NO_WATCHDOG 5        /* there is none, but it is believed */
#define STALE_RELEASE 6      /* a release that comes after a later query is obeyed */
#define ONE_PROMISE 7        /* who releases for one releases for all */
#define NO_HALT 8            /* fencing itself is believed to take no time */
#define AGENT_FORGETS 9      /* a restarted agent does not know of its lease */
#define ANY_ECHO 10          /* an answer to an earlier boot's keep-alive extends */
#define OPEN_PEER 11         /* a peer that does not answer counts as closed */
#define PILL_OF_BOOT 12      /* a pill for another boot does not close the slot */
#define STARTED_CLEAN 13     /* a monitor believes that it answered nothing before its restart */
#define AGE_AS_TOLD 14       /* a peer's age is not shortened by the drift */
#define STALE_REPLY 15       /* the reply to an earlier query counts */
#define UNHEARD_LEAVE 16     /* the agent stops guarding though its good-bye was not answered by all */
#define STALE_KEEPALIVE 17   /* a keep-alive that was sent before the good-bye takes it back */
#define SLOT_OPEN 18         /* the slot is forgotten as a source */
#define UNARMED_PROOF 19     /* whether the lease was said to be held is not looked at */
#define UNASKED_PEER 20      /* a peer agrees though it heard the good-bye, or that the lease is not held */
#define DOG_WHEN_ARMED 21     /* the watchdog is started only when the lease is first held */

#define M(n) (MUTATION == (n))
#if MUTATION == 4
#define LOST 0
#else
#define LOST 1
#endif
#if MUTATION == 8
#define WAIT (LEASE + LOST)
#else
#define WAIT (LEASE + HALT + LOST)
#endif
#define FULL (LEASE + HALT + LOST + 1) /* ages and timers stand still here */

/* The node. */
bool alive = true, frozen, fenced, armed, writing;
byte boot = 1, left, halting, dog = (FREEZE -> HALT : 0), steady;
bool read_clean; byte read_age; /* the slot's last reading that found no pill; its beat is not written yet */
bool leaving, unguarded, was_away;
bool acked;                  /* a monitor answered the good-bye */
/* What is on its way between node and monitors: bit i, sent i ticks ago on the node's clock. */
byte held = 1, unheld;       /* keep-alives by what they say of the lease; to every monitor, in every tick: one that is not sent is one that is lost */
byte answers;
/* The disk. */
byte pill;                   /* boot that the pill is for, 0: none. That its finding ends the lease at once only helps and is left out */
byte pill_since;
/* The monitors. */
mtype = { WATCHING, FENCING, FENCED };
mtype state[MON] = WATCHING;
byte tries, restarts;
bool own[MON];               /* withheld for its own sake */
byte granted[MON];           /* bit n: withheld for monitor n */
byte since[MON];             /* its last answer that extends, or its start */
bool said_held[MON], away[MON];
byte closed[MON];            /* bit n: peer n agreed, in this fencing */
typedef row { byte to[MON] }
row peer_since[MON];
/* Between monitors: [m].to[n] is of m's queries to n. Odd numbers withhold, even ones release. */
byte number[MON];            /* m's newest query; it and every earlier one may arrive */
row obeyed[MON];             /* [n].to[m]: newest query of m that n did */
row reply[MON];              /* number of the query that the reply on its way answers, 0: none */
row reply_age[MON];
bool taken;

#define withheld(m) (own[m] || granted[m] != 0)
#define bit(k) (1 << (k))
#define grown(t) ((t) < FULL -> (t) + 1 : FULL)
#define extend(age) if :: !fenced && LEASE - (age) > left -> left = LEASE - (age); armed = true :: else fi

inline open_gate() {
    if
    :: armed && left > 0 && !fenced && !writing && !halting -> writing = true; assert(!taken)
    :: else
    fi
}

inline speak() {
#if LEAVE
    if
    :: !alive || frozen || leaving || unguarded
    :: else -> if :: armed && left > 0 -> held = held | 1 :: else -> unheld = unheld | 1 fi
    fi
#else
    if :: alive && !frozen -> held = held | 1 :: else fi
#endif
}

/* The machine ends: power, panic, watchdog, self-fencing by stopping. */
inline machine_ends() {
    alive = false; frozen = false; writing = false; armed = false; left = 0; halting = 0; fenced = false; dog = 0; steady = 0;
    read_clean = false; read_age = 0; leaving = false; unguarded = false; acked = false;
    if :: !M(ANY_ECHO) -> answers = 0 :: else fi;
    held = 0; unheld = 0
}

proctype Node() {
    byte age = 0;
end:
    do
    /* An answer that extends. */
    :: atomic { alive && !frozen && !unguarded && answers != 0 ->
        age = 0;
        do :: age < LEASE - 1 -> age++ :: break od;
        if
        :: (answers & bit(age)) ->
            if
            :: M(FROM_RECEIPT) -> extend(0)
            :: else -> extend(age)
            fi;
            open_gate()
        :: else
        fi; age = 0 }
#if SLOT
    :: atomic { alive && !frozen && !unguarded && (pill == 0 || (M(PILL_OF_BOOT) && pill != boot)) -> read_clean = true; read_age = 0 }
    :: atomic { alive && !frozen && !unguarded && read_clean -> extend(read_age); open_gate(); read_clean = false; read_age = 0 }
#endif
    /* The agent starts anew: other incarnation, the lease goes on. */
    :: atomic { alive && !frozen && !unguarded ->
        if :: !M(ANY_ECHO) -> answers = 0 :: else fi;
        held = 0; unheld = 0;
        if :: M(AGENT_FORGETS) && !fenced -> armed = false; left = 0 :: else fi;
        speak() }
    :: atomic { alive -> machine_ends() }
    :: atomic { !alive && boot < BOOTS ->
        alive = true; boot++; dog = (FREEZE -> HALT : 0); speak();
        if :: M(NO_GATE) -> writing = true; assert(!taken) :: else fi }
#if FREEZE
    :: atomic { alive && !frozen -> frozen = true }
    :: atomic { frozen -> frozen = false }
#endif
#if LEAVE
    /* Good-bye. The guard stops only when a monitor answered it; till then the lease counts on. */
    :: atomic { alive && !frozen && !leaving && !unguarded && !was_away && !fenced -> leaving = true; was_away = true }
    :: atomic { leaving && alive && !frozen && !fenced && (acked || M(UNHEARD_LEAVE)) ->
        unguarded = true; leaving = false; armed = false; left = 0; acked = false; answers = 0 }
    :: atomic { unguarded && alive ->
        unguarded = false; held = 0; unheld = 0; speak() }
#endif
    od
}

inline clear_replies() {
    n = 0;
    do :: n < MON -> peer_since[me].to[n] = 0; reply[me].to[n] = 0; reply_age[me].to[n] = 0; n++ :: else -> break od;
    n = 0
}

proctype Monitor(byte me) {
    byte age = 0, n = 0, k = 0;
end:
    do
    /* A keep-alive: answered unless withheld. Once the good-bye was heard, none that was sent before it is believed. */
    :: atomic { (held | unheld) != 0 && (!away[me] || !(leaving || unguarded) || M(STALE_KEEPALIVE)) ->
        do :: age < LEASE - 1 -> age++ :: break od;
        if
        :: (held & bit(age)) -> said_held[me] = LEAVE; away[me] = false
        :: (unheld & bit(age)) -> said_held[me] = false; away[me] = false
        :: else -> age = FULL
        fi;
        if
        :: age < FULL ->
            if :: !withheld(me) -> answers = answers | bit(age); since[me] = 0 :: else fi
        :: else
        fi; age = 0 }
#if LEAVE
    /* A good-bye is answered by whom nothing is withheld, when it is on disk. */
    :: atomic { leaving && alive && !frozen && !withheld(me) ->
        away[me] = true; acked = true }
#endif
    /* It suspects: stops its answers, asks the peers. */
    :: atomic { state[me] == WATCHING && tries < TRIES && !away[me] ->
        state[me] = FENCING; tries++; own[me] = true; number[me]++; closed[me] = bit(me) }
    /* It is asked. */
    :: atomic {
        if :: n = 0 :: n = 1
#if MON > 2
           :: n = 2
#endif
        fi;
        if
        :: n != me && number[n] != 0 ->
            k = number[n];
            do :: k > 1 -> k-- :: break od;
            if
            :: k >= obeyed[me].to[n] || M(STALE_RELEASE) ->
                if
                :: k % 2 == 1 && ((!away[me] && (said_held[me] || !LEAVE)) || M(UNASKED_PEER)) ->
                    obeyed[me].to[n] = k; granted[me] = granted[me] | bit(n);
                    reply[n].to[me] = k;
                    if :: since[me] == 0 || since[me] == FULL -> reply_age[n].to[me] = since[me] :: else -> reply_age[n].to[me] = since[me] + 1 fi
                :: k % 2 == 0 ->
                    obeyed[me].to[n] = k;
                    if :: M(ONE_PROMISE) -> granted[me] = 0 :: else -> granted[me] = granted[me] & ~bit(n) fi
                :: else
                fi
            :: else
            fi
        :: else
        fi; n = 0; k = 0 }
    /* A peer agreed. */
    :: atomic { state[me] == FENCING ->
        if :: n = 0 :: n = 1
#if MON > 2
           :: n = 2
#endif
        fi;
        if
        :: n != me && reply[me].to[n] != 0 && (reply[me].to[n] == number[me] || M(STALE_REPLY)) ->
            closed[me] = closed[me] | bit(n);
            if
            :: !M(AGE_AS_TOLD) && reply_age[me].to[n] > 0 && reply_age[me].to[n] < FULL -> peer_since[me].to[n] = reply_age[me].to[n] - 1
            :: else -> peer_since[me].to[n] = reply_age[me].to[n]
            fi;
            reply[me].to[n] = 0; reply_age[me].to[n] = 0
        :: else
        fi; n = 0 }
#if SLOT
    :: atomic { state[me] == FENCING && pill == 0 -> if :: pill = boot :: pill = 1 fi; pill_since = 0 }
#endif
    /* It hears the node again, or gives up: what was withheld for it is released. */
    :: atomic { state[me] == FENCING ->
        state[me] = WATCHING; own[me] = false; number[me]++; closed[me] = 0;
        if :: !M(STALE_REPLY) -> clear_replies() :: else fi;
        if :: M(ONE_PROMISE) -> granted[me] = 0 :: else fi }
    /* The lease is over. */
    :: atomic { state[me] == FENCING && since[me] >= WAIT && (said_held[me] || !LEAVE || M(UNARMED_PROOF)) &&
                ((pill != 0 && pill_since >= WAIT) || !SLOT || M(SLOT_OPEN)) ->
        k = 1;
        do
        :: n < MON && n != me && !M(OPEN_PEER) && (!(closed[me] & bit(n)) || peer_since[me].to[n] < WAIT) -> k = 0; n++
        :: n < MON && !(n != me && !M(OPEN_PEER) && (!(closed[me] & bit(n)) || peer_since[me].to[n] < WAIT)) -> n++
        :: n >= MON -> break
        od;
        if :: k == 1 -> state[me] = FENCED; taken = true; assert(!writing); closed[me] = 0; clear_replies() :: else fi;
        n = 0; k = 0 }
    /* It starts anew: what it withholds and what it was about is on disk, what it was told is not. */
    :: atomic { restarts < RESTARTS ->
        restarts++;
        if :: M(STARTED_CLEAN) -> since[me] = FULL :: else -> since[me] = 0 fi;
        if :: M(WITHHELD_FORGOTTEN) -> granted[me] = 0 :: else fi;
        closed[me] = bit(me);
        clear_replies() }
    od
}

proctype Clock() {
    byte m = 0, n = 0;
    bool runs = true;
end:
    do
    :: atomic {
        /* Does the node's clock advance in this tick? */
        runs = true;
        if
        :: runs = true
        :: steady >= LEASE + HALT && alive -> runs = false
        :: frozen -> runs = false
        fi;
        if
        :: runs ->
            steady = (steady < LEASE + HALT -> steady + 1 : steady);
            if :: M(ANY_ECHO) && boot > 1 -> skip /* times of another boot's clock */ :: else -> answers = (answers << 1) & (bit(LEASE) - 1) fi;
            held = (held << 1) & (bit(LEASE) - 1); unheld = (unheld << 1) & (bit(LEASE) - 1);
            if :: read_clean && read_age + 1 >= LEASE -> read_clean = false; read_age = 0 :: read_clean && read_age + 1 < LEASE -> read_age++ :: else fi;
            if
            :: halting > 0 && !frozen ->
                halting--;
                if :: halting == 0 -> writing = false :: else fi
            :: halting > 0 && frozen && halting > 1 -> halting--
            :: armed && left > 0 ->
                left--;
                if :: left == 0 -> fenced = true; halting = HALT :: else fi
            :: else
            fi
        :: else -> if :: !frozen -> steady = 0 :: else fi
        fi;
        /* The watchdog is fed from the agent's start until the lease ends, as long as the guard runs; it bites within HALT. */
        if
        :: FREEZE && alive && !M(NO_WATCHDOG) && (armed || fenced || !M(DOG_WHEN_ARMED)) ->
            if
            :: !frozen && !fenced -> dog = HALT
            :: else -> if :: dog > 0 -> dog-- :: else fi; if :: dog == 0 -> machine_ends() :: else fi
            fi
        :: else
        fi;
        speak();
        if :: pill != 0 -> pill_since = grown(pill_since) :: else fi;
        do
        :: m < MON ->
            since[m] = grown(since[m]);
            do
            :: n < MON -> if :: closed[m] & bit(n) -> peer_since[m].to[n] = grown(peer_since[m].to[n]) :: else fi; n++
            :: else -> break
            od; n = 0; m++
        :: else -> break
        od; m = 0 }
    od
}

init {
    atomic {
        byte m = 0;
        do :: m < MON -> run Monitor(m); m++ :: else -> break od;
        run Node(); run Clock()
    }
}
