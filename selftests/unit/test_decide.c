// SPDX-License-Identifier: GPL-2.0
/* Who becomes active, when, and who leaves it to another. */
#include "port.h"
#include "tap.h"

/* The very file: there is no interface that is only for tests. */
#include "../../ctl/decide.c"

#define ACTIVE	FLOWSYNC_ROLE_ACTIVE
#define STANDBY	FLOWSYNC_ROLE_STANDBY
#define HOLDS	FLOWSYNC_STANDING_HOLDS
#define COMPLETE FLOWSYNC_STANDING_COMPLETE
#define HANDOVER FLOWSYNC_STANDING_HANDOVER
#define NOW	1000000

static struct policy policy;
static struct memory memory;
static struct group_state state;
static struct decision d;

/* Node 2 with priority 100 that holds everything, in group 1, without members */
static void begin(void)
{
	policy = (struct policy){
		.preempt_delay = 10000, .hold_down = 100, .start_wait = 5000,
		.patience = 3000,
	};
	memory = (struct memory){ .started = NOW - 60000 };
	state = (struct group_state){
		.id = 1, .node = 2, .role = STANDBY, .priority = 100,
		.epoch = 7, .standing = HOLDS,
	};
}

static struct member_state *member(u32 id, u32 role, u32 priority, u32 standing)
{
	struct member_state *m = &state.member[state.count++];

	*m = (struct member_state){
		.id = id, .up = true, .session = 99, .told = true,
		.role = role, .priority = priority, .epoch = 7,
		.standing = standing,
	};
	snprintf(m->name, sizeof(m->name), "r%u", id);
	return m;
}

static enum verdict at(u64 ms)
{
	decide(&policy, &memory, &state, NOW + ms, &d);
	return d.verdict;
}

static void test_active_dies(void)
{
	struct member_state *m;

	begin();
	m = member(1, ACTIVE, 150, HOLDS | COMPLETE);
	check(at(0) == STAY && !d.wake);
	m->up = false;
	check(at(1000) == STAY && d.wake == NOW + 1100);
	check(at(1099) == STAY);
	check(at(1100) == TAKE && *d.reason);
	/* heard again just in time */
	begin();
	m = member(1, ACTIVE, 150, HOLDS | COMPLETE);
	m->up = false;
	check(at(0) == STAY);
	m->up = true;
	check(at(90) == STAY);
	m->up = false;
	check(at(110) == STAY && d.wake == NOW + 210);
	check(at(210) == TAKE);
	/* an active is never told to become active, or anything */
	state.role = ACTIVE;
	check(at(300) == STAY && !memory.headless);
	m->up = true;
	check(at(400) == STAY);
}

static void test_start(void)
{
	struct member_state *m;

	begin();
	memory.started = NOW;
	m = member(1, 0, 0, 0);
	m->up = false;
	m->told = false;
	m->session = 0;
	check(at(0) == STAY && d.wake == NOW + 5000);
	check(at(4999) == STAY);
	check(at(5000) == STAY && d.wake == NOW + 5100);
	check(at(5100) == TAKE);
	/* it is heard, but what it is it has not said */
	begin();
	memory.started = NOW;
	m = member(1, 0, 0, 0);
	m->told = false;
	check(at(0) == STAY && at(4999) == STAY);
	m->told = true;
	m->role = ACTIVE;
	check(at(5000) == STAY && at(50000) == STAY);
	/* once it was heard, and is not any more, there is nothing to wait for */
	begin();
	memory.started = NOW;
	m = member(1, STANDBY, 100, HOLDS);
	m->up = false;
	check(at(0) == STAY && at(100) == TAKE);
}

/* Exactly one of two nodes that start at the same moment goes first. */
static void test_two_start(void)
{
	u32 own, other, hold, n;

	for (n = 0; n < 3 * 3 * 4; n++) {
		enum verdict here, there;

		own = n % 3;
		other = n / 3 % 3;
		hold = n / 9;
		begin();
		state.priority = own;
		state.standing = hold & 1 ? HOLDS : 0;
		member(1, STANDBY, other, hold & 2 ? HOLDS : 0);
		at(0);
		here = at(100);
		begin();
		state.node = 1;
		state.priority = other;
		state.standing = hold & 2 ? HOLDS : 0;
		member(2, STANDBY, own, hold & 1 ? HOLDS : 0);
		at(0);
		there = at(100);
		check((here == TAKE) + (there == TAKE) == (own || other));
		check((own || here != TAKE) && (other || there != TAKE));
	}
}

static void test_best(void)
{
	begin();
	member(1, STANDBY, 200, 0);		/* higher, but holds less */
	at(0);
	check(at(100) == TAKE);
	begin();
	state.standing = 0;
	member(1, STANDBY, 50, HOLDS);
	at(0);
	check(at(100) == STAY && at(3099) == STAY && d.wake == NOW + 3100);
	check(at(3100) == TAKE);		/* its daemon does not live */
	begin();
	member(1, STANDBY, 100, HOLDS);		/* the lower id */
	at(0);
	check(at(100) == STAY);
	begin();
	member(3, STANDBY, 100, HOLDS);
	at(0);
	check(at(100) == TAKE);
	begin();
	member(1, STANDBY, 0, HOLDS);		/* does not want to */
	at(0);
	check(at(100) == TAKE);
	begin();
	member(1, STANDBY, 200, HOLDS)->up = false;
	at(0);
	check(at(100) == TAKE);
	begin();
	state.priority = 0;
	member(1, STANDBY, 200, HOLDS)->up = false;
	at(0);
	check(at(100) == STAY && at(100000) == STAY);
}

static void test_preempt(void)
{
	struct member_state *m;

	begin();
	state.priority = 200;
	m = member(1, ACTIVE, 100, HOLDS | COMPLETE);
	check(at(0) == STAY && at(60000) == STAY && !d.wake);
	policy.preempt = true;
	check(at(70000) == STAY && d.wake == NOW + 80000);
	check(at(80000) == RELIEVE);
	/* not while there is something left to be told */
	begin();
	policy.preempt = true;
	state.priority = 200;
	m = member(1, ACTIVE, 100, HOLDS);
	check(at(0) == STAY && at(60000) == STAY);
	m->standing |= COMPLETE;
	state.standing = 0;
	check(at(70000) == STAY && at(90000) == STAY);
	state.standing = HOLDS;
	check(at(91000) == STAY);
	m->standing = HOLDS;			/* behind again: begin anew */
	check(at(100000) == STAY);
	m->standing |= COMPLETE;
	check(at(102000) == STAY && at(111999) == STAY && at(112000) == RELIEVE);
	/* an active that was silent meanwhile has to be waited for anew */
	begin();
	policy.preempt = true;
	state.priority = 200;
	m = member(1, ACTIVE, 100, HOLDS | COMPLETE);
	check(at(0) == STAY);
	m->up = false;
	check(at(5000) == STAY);
	m->up = true;
	check(at(5050) == STAY && at(15049) == STAY && at(15050) == RELIEVE);
	/* same priority is not higher; and another may be better still */
	begin();
	policy.preempt = true;
	policy.preempt_delay = 0;
	m = member(1, ACTIVE, 100, HOLDS | COMPLETE);
	check(at(0) == STAY);
	m->priority = 99;
	check(at(0) == RELIEVE);
	member(3, STANDBY, 150, HOLDS);
	check(at(0) == STAY);
}

static void test_handover(void)
{
	struct member_state *m;

	begin();
	state.priority = 1;
	m = member(1, ACTIVE, 200, HOLDS | HANDOVER);
	check(at(0) == STAY);
	m->standing |= COMPLETE;
	check(at(0) == RELIEVE && strstr(d.reason, "r1"));
	/* also one that drains asks, and whoever is best takes it */
	begin();
	m = member(1, ACTIVE, 0, HOLDS);
	check(at(0) == STAY);
	m->standing |= COMPLETE;
	check(at(0) == RELIEVE);
	member(3, STANDBY, 150, HOLDS);
	check(at(0) == STAY);
	state.member[1].priority = 50;
	check(at(0) == RELIEVE);
	state.priority = 0;
	check(at(0) == STAY);
}

static void test_failed(void)
{
	begin();
	member(1, ACTIVE, 0, HOLDS | COMPLETE);
	check(at(0) == RELIEVE);
	memory.failed = NOW;
	check(at(1) == STAY && d.wake == NOW + DECIDE_PAUSE && !*d.reason);
	check(at(DECIDE_PAUSE) == RELIEVE);
}

static const struct tap_case cases[] = {
	{ "an active that dies is followed after the hold-down",
	  test_active_dies },
	{ "at the start members are waited for", test_start },
	{ "of two that start one goes first", test_two_start },
	{ "the best goes first, and the next if it does not", test_best },
	{ "preemption only when asked for, and with all flows", test_preempt },
	{ "handover and drain", test_handover },
	{ "after a failure there is a pause", test_failed },
};

int main(void)
{
	return tap_run(cases, ARRAY_SIZE(cases));
}
