// SPDX-License-Identifier: GPL-2.0
/*
 * What a peer has been told, against a naive model: slots, a network that
 * loses, delays, repeats and mixes single records and their acknowledgements,
 * and a peer that holds what fs_merge_record() says, and now and then forgets.
 */
#include <stdlib.h>
#include "merge.h"
#include "octets.h"
#include "rnd.h"
#include "sync.h"
#include "tap.h"

#define SLOTS	70	/* more than a word of the sets */
#define FLYING	24
#define COPIES	64

/**
 * struct slot - a slot at its node, and what is known of the peer there
 * @now: what it is
 * @acked: a record that told the present state was acknowledged
 * @checkpoint: generation of which a checkpoint was acknowledged since the
 *	peer last asked, or 0
 * @limbo: taken, and its record is not sent yet
 */
struct slot {
	struct fs_slot now;
	bool acked;
	u32 checkpoint;
	bool limbo;
};

/**
 * struct held - what the peer holds in a slot
 * @what: enum fs_held
 * @version: of that
 */
struct held {
	enum fs_held what;
	struct fs_version version;
};

/**
 * struct flying - a record the node still waits for
 * @used: it does
 * @id: to find its acknowledgement
 * @sent: the record
 * @op: all of its op id
 * @received: the peer has received it
 */
struct flying {
	bool used;
	u64 id;
	struct fs_sent sent;
	u64 op;
	bool received;
};

static struct fs_sync sync;
static unsigned long *mem;
static struct slot slot[SLOTS];
static struct held held[SLOTS];
static struct flying flying[FLYING];
static struct flying network[COPIES];
static unsigned int copies, limbo_slot;
static struct flying limbo;
static u64 op, ids;

static void start(u32 slots)
{
	mem = calloc(fs_sync_longs(slots), sizeof(long));
	memset(&sync, 0, sizeof(sync));
	check(!fs_sync_grow(&sync, mem, slots));
	memset(slot, 0, sizeof(slot));
	memset(held, 0, sizeof(held));
	memset(flying, 0, sizeof(flying));
	copies = 0;
	limbo_slot = SLOTS;
}

static void touch(u32 n)
{
	/* Its lower half wraps, but not to one that is still in flight. */
	op += rnd_percent(1) ? (1ull << 32) - 5000 : 1 + rnd_below(3);
	slot[n].now.op = op;
	slot[n].acked = false;
}

static void change(u32 n)
{
	if (!slot[n].now.live)
		return;
	touch(n);
	fs_sync_changed(&sync, n);
}

static void reuse(u32 n)
{
	/* Also without the end of the flow before. */
	if (slot[n].now.live && rnd_percent(80))
		return;
	touch(n);
	slot[n].now.gen++;
	slot[n].now.live = true;
	slot[n].checkpoint = 0;
	fs_sync_reused(&sync, n);
}

static void end(u32 n)
{
	if (!slot[n].now.live)
		return;
	touch(n);
	slot[n].now.live = false;
	slot[n].checkpoint = 0;
	fs_sync_ended(&sync, n);
}

static void need(u32 n)
{
	slot[n].checkpoint = 0;
	slot[n].acked = false;
	fs_sync_need(&sync, n, &slot[n].now);
	check(!slot[n].now.gen || fs_dirty_test(&sync.dirty, n));
}

static struct flying *unused(void)
{
	unsigned int i;

	for (i = 0; i < FLYING; i++)
		if (!flying[i].used)
			return &flying[i];
	return NULL;
}

/* First half: a record is made of what the slot is. */
static void take(void)
{
	struct fs_slot *now;
	u32 n;

	if (limbo_slot < SLOTS || !unused())
		return;
	n = fs_dirty_take(&sync.dirty);
	if (n == FS_DIRTY_NONE)
		return;
	fs_sync_taken(&sync, n);
	now = &slot[n].now;
	check(now->gen);
	limbo = (struct flying){
		.used = true, .id = ++ids, .op = now->op,
		.sent = { .slot = n, .gen = now->gen, .op = (u32)now->op,
			  .type = fs_sync_type(&sync, n, now) },
	};
	limbo_slot = n;
	slot[n].limbo = true;
	check((limbo.sent.type == FS_RECORD_DELETE) == !now->live);
	if (limbo.sent.type == FS_RECORD_UPDATE)
		check(slot[n].checkpoint == now->gen);
}

/* Second half: it leaves, or does not (there was no room). */
static void leave(void)
{
	if (limbo_slot == SLOTS)
		return;
	slot[limbo_slot].limbo = false;
	if (rnd_percent(10)) {
		fs_sync_changed(&sync, limbo_slot);
	} else {
		*unused() = limbo;
		if (copies < COPIES)
			network[copies++] = limbo;
		if (rnd_percent(5) && copies < COPIES)
			network[copies++] = limbo;
	}
	limbo_slot = SLOTS;
}

static struct flying *find(u64 id)
{
	unsigned int i;

	for (i = 0; i < FLYING; i++)
		if (flying[i].used && flying[i].id == id)
			return &flying[i];
	return NULL;
}

static void drop(unsigned int i)
{
	copies--;
	network[i] = network[copies];
}

/* The peer receives a record; what it asks for it asks at once. */
static void deliver(unsigned int i)
{
	struct flying *d, rec = network[i];
	struct held *h = &held[rec.sent.slot];
	struct fs_batch batch = { .group = 1, .epoch = 1 };
	struct fs_record r = { .type = rec.sent.type, .slot = rec.sent.slot,
			       .gen = rec.sent.gen, .op = rec.op };

	drop(i);
	d = find(rec.id);
	if (d)
		d->received = true;
	switch (fs_merge_record(h->what, &h->version, &batch, &r)) {
	case FS_MERGE_SET:
	case FS_MERGE_UPDATE:
		h->what = FS_HELD_FLOW;
		h->version = (struct fs_version){ 1, r.op, r.gen, 1 };
		break;
	case FS_MERGE_END:
		h->what = FS_HELD_END;
		h->version = (struct fs_version){ 1, r.op, r.gen, 1 };
		break;
	case FS_MERGE_NEED:
		/* With what was received until now. */
		if (d) {
			fs_sync_acked(&sync, &d->sent, &slot[r.slot].now);
			d->used = false;
		}
		need(r.slot);
		break;
	case FS_MERGE_STALE:
		break;
	}
}

static void acked(struct flying *d)
{
	struct slot *s = &slot[d->sent.slot];

	if (d->sent.gen == s->now.gen && s->now.live &&
	    d->sent.type == FS_RECORD_CHECKPOINT)
		s->checkpoint = d->sent.gen;
	if (d->sent.gen == s->now.gen && d->op == s->now.op)
		s->acked = true;
	fs_sync_acked(&sync, &d->sent, &s->now);
	d->used = false;
}

static void lost(struct flying *d)
{
	fs_sync_lost(&sync, &d->sent, &slot[d->sent.slot].now);
	d->used = false;
}

/* A record under way that would make the peer hold a flow. */
static bool under_way(u32 n)
{
	unsigned int i;

	for (i = 0; i < copies; i++)
		if (network[i].sent.slot == n &&
		    network[i].sent.type == FS_RECORD_CHECKPOINT &&
		    (held[n].what != FS_HELD_END ||
		     network[i].sent.gen > held[n].version.gen))
			return true;
	return false;
}

static void check_slot(u32 n)
{
	bool dirty = fs_dirty_test(&sync.dirty, n);
	bool fly = fs_dirty_test(&sync.flying, n);
	bool told = fs_dirty_test(&sync.told, n);
	struct slot *s = &slot[n];

	if (!dirty && !fly && !s->limbo && s->now.gen) {
		/* Acknowledged as it is, or there is nothing to be told. */
		if (!check(s->acked || (!s->now.live && !told)))
			note("slot %u\n", n);
		if (s->now.live) {
			check(held[n].what == FS_HELD_FLOW);
			check(held[n].version.gen == s->now.gen &&
			      held[n].version.op == s->now.op);
		}
	}
	if (!told)
		check(held[n].what != FS_HELD_FLOW && !under_way(n));
	if (told && !s->now.live && !s->limbo)
		check(dirty || fly);
	if (fs_dirty_test(&sync.known, n))
		check(s->now.live && s->checkpoint == s->now.gen);
	if (!s->now.gen)
		check(!dirty && !fly && !told);
}

static void check_all(u32 slots)
{
	u32 n;

	for (n = 0; n < slots; n++)
		check_slot(n);
}

static void step(u32 slots)
{
	struct flying *d = &flying[rnd_below(FLYING)];
	u32 n = (u32)rnd_below(slots);
	unsigned int i;

	switch (rnd_below(10)) {
	case 0:
		change(n);
		break;
	case 1:
		reuse(n);
		break;
	case 2:
		if (rnd_percent(50))
			end(n);
		break;
	case 3:
	case 4:
		take();
		break;
	case 5:
	case 6:
		leave();
		break;
	case 7:
		if (!copies)
			break;
		i = (unsigned int)rnd_below(copies);
		if (rnd_percent(75))
			deliver(i);
		else	/* lost on its way */
			drop(i);
		break;
	case 8:
		if (d->used && d->received)
			acked(d);
		break;
	default:
		/* Perhaps wrongly. */
		if (d->used && rnd_percent(d->received ? 10 : 30))
			lost(d);
	}
}

/* Nothing is lost on its way; until nothing is to be told. */
static void tell_all(void)
{
	unsigned int i, round = 0;

	do {
		do {
			take();
			leave();
			while (copies)
				deliver(0);
			round++;
		} while (sync.dirty.count && unused() && round < 10000);
		for (i = 0; i < FLYING; i++) {
			if (!flying[i].used)
				continue;
			if (flying[i].received)
				acked(&flying[i]);
			else
				lost(&flying[i]);
		}
	} while (sync.dirty.count && check(round < 10000));
}

/* From now on nothing is lost: all is told. */
static void drain(u32 slots)
{
	u32 n;

	tell_all();
	check_all(slots);
	check(!sync.flying.count && limbo_slot == SLOTS);
	for (n = 0; n < slots; n++) {
		check(fs_dirty_test(&sync.told, n) == slot[n].now.live);
		check(fs_dirty_test(&sync.known, n) == slot[n].now.live);
		if (!slot[n].now.live) {
			check(held[n].what != FS_HELD_FLOW);
			continue;
		}
		check(held[n].what == FS_HELD_FLOW &&
		      held[n].version.gen == slot[n].now.gen &&
		      held[n].version.op == slot[n].now.op);
	}
}

static void test_model(void)
{
	unsigned int i, j;
	u32 slots;

	for (i = 0; i < 400 && tap_failed < 100; i++) {
		slots = i % 4 ? 1 + (u32)rnd_below(4) : SLOTS;
		start(slots);
		for (j = 0; j < 600; j++) {
			step(slots);
			check_all(slots);
		}
		drain(slots);
		free(mem);
	}
}

/* The peer loses flows that it had; it asks when an update comes. */
static void test_forgets(void)
{
	unsigned int i, j;
	u32 n;

	for (i = 0; i < 400 && tap_failed < 100; i++) {
		start(4);
		for (j = 0; j < 400; j++) {
			step(4);
			n = (u32)rnd_below(4);
			if (rnd_percent(3) && held[n].what == FS_HELD_FLOW)
				held[n].what = FS_HELD_NOTHING;
		}
		/* A last change of each shows what is gone. */
		for (n = 0; n < 4; n++) {
			reuse(n);
			change(n);
			if (rnd_percent(30))
				end(n);
		}
		for (j = 0; j < 3; j++) {
			for (n = 0; n < 4; n++)
				change(n);
			tell_all();
		}
		drain(4);
		free(mem);
	}
}

static struct fs_sent sent_of(u32 n, const struct fs_slot *now, u8 type)
{
	return (struct fs_sent){ n, now->gen, (u32)now->op, type };
}

/* Take a slot and send it; what was sent. */
static struct fs_sent send(u32 n, const struct fs_slot *now)
{
	struct fs_sent sent;

	check(fs_dirty_take(&sync.dirty) == n);
	fs_sync_taken(&sync, n);
	sent = sent_of(n, now, fs_sync_type(&sync, n, now));
	return sent;
}

static bool is(u32 n, bool dirty, bool fly, bool told, bool known)
{
	return fs_dirty_test(&sync.dirty, n) == dirty &&
	       fs_dirty_test(&sync.flying, n) == fly &&
	       fs_dirty_test(&sync.told, n) == told &&
	       fs_dirty_test(&sync.known, n) == known;
}

static void test_life(void)
{
	struct fs_slot now = { 1, 1, true };
	struct fs_sent a, b;

	start(8);
	fs_sync_reused(&sync, 3);
	check(is(3, true, false, false, false));
	a = send(3, &now);
	check(a.type == FS_RECORD_CHECKPOINT);
	check(is(3, false, true, true, false));
	now.op = 2;			/* not acknowledged yet: all again */
	fs_sync_changed(&sync, 3);
	b = send(3, &now);
	check(b.type == FS_RECORD_CHECKPOINT);
	fs_sync_acked(&sync, &a, &now);	/* the older one: enough for updates */
	check(is(3, false, true, true, true));
	fs_sync_acked(&sync, &b, &now);
	check(is(3, false, false, true, true));

	now.op = 3;
	fs_sync_changed(&sync, 3);
	a = send(3, &now);
	check(a.type == FS_RECORD_UPDATE);
	fs_sync_lost(&sync, &a, &now);
	check(is(3, true, false, true, true));
	a = send(3, &now);
	now.op = 4;
	fs_sync_changed(&sync, 3);
	fs_sync_lost(&sync, &a, &now);	/* what comes is newer */
	check(is(3, true, true, true, true));
	b = send(3, &now);
	fs_sync_lost(&sync, &a, &now);
	check(is(3, false, true, true, true));
	fs_sync_acked(&sync, &b, &now);

	now.op = 5;
	now.live = false;
	fs_sync_ended(&sync, 3);
	check(is(3, true, false, true, false));
	a = send(3, &now);
	check(a.type == FS_RECORD_DELETE);
	now = (struct fs_slot){ 6, 2, true };
	fs_sync_reused(&sync, 3);
	fs_sync_acked(&sync, &a, &now);	/* of the flow before */
	check(is(3, true, true, true, false));
	b = send(3, &now);
	check(b.type == FS_RECORD_CHECKPOINT);
	now.op = 7;
	now.live = false;
	fs_sync_ended(&sync, 3);
	fs_sync_acked(&sync, &b, &now);
	check(is(3, true, true, true, false));
	a = send(3, &now);
	fs_sync_acked(&sync, &a, &now);
	check(is(3, false, false, false, false));
	free(mem);
}

/* A flow that came and went before it was sent costs nothing. */
static void test_untold(void)
{
	struct fs_slot now = { 1, 1, true };
	struct fs_sent a;

	start(8);
	fs_sync_reused(&sync, 5);
	fs_sync_ended(&sync, 5);
	check(is(5, false, false, false, false));
	/* But once it was taken it may have left. */
	fs_sync_reused(&sync, 5);
	check(fs_dirty_take(&sync.dirty) == 5);
	fs_sync_taken(&sync, 5);
	now.op = 2;
	now.live = false;
	fs_sync_ended(&sync, 5);
	check(is(5, true, true, true, false));
	/* Nor is it over when the end was sent: not before it is there. */
	a = send(5, &now);
	check(a.type == FS_RECORD_DELETE && is(5, false, true, true, false));
	fs_sync_lost(&sync, &a, &now);
	check(is(5, true, false, true, false));
	free(mem);
}

/* What changed, was lost or was asked for goes before what only is dirty. */
static void test_first(void)
{
	struct fs_slot now = { 1, 1, true };
	struct fs_sent a;

	start(200);
	fs_sync_changed(&sync, 7);
	fs_sync_changed(&sync, 150);
	fs_dirty_clear(&sync.first);
	check(fs_sync_waiting(&sync) == 2);
	check(fs_sync_take_first(&sync) == FS_DIRTY_NONE);
	fs_sync_hurry(&sync, 9);		/* which is not dirty */
	check(fs_sync_take_first(&sync) == FS_DIRTY_NONE);
	fs_sync_reused(&sync, 70);
	fs_sync_hurry(&sync, 150);
	check(fs_sync_waiting(&sync) == 1);
	check(fs_sync_take_first(&sync) == 70);
	fs_sync_taken(&sync, 70);
	a = sent_of(70, &now, FS_RECORD_CHECKPOINT);
	check(fs_sync_take_first(&sync) == 150);
	fs_sync_lost(&sync, &a, &now);
	check(fs_sync_take_first(&sync) == 70);
	check(sync.dirty.count == 1 && fs_dirty_test(&sync.dirty, 7));
	fs_sync_changed(&sync, 7);
	fs_sync_take(&sync, 7);
	check(!sync.dirty.count && !sync.first.count);
	/* One that ends untold is nowhere any more. */
	fs_sync_reused(&sync, 8);
	fs_sync_ended(&sync, 8);
	check(!sync.dirty.count && !sync.first.count);

	/* Packets hurry what is dirty, and keep alive what is known. */
	now = (struct fs_slot){ 2, 2, true };
	fs_sync_reused(&sync, 9);
	fs_dirty_clear(&sync.first);
	fs_sync_moved(&sync, 9);
	check(fs_dirty_test(&sync.first, 9) && !sync.moved.count);
	a = send(9, &now);
	fs_sync_acked(&sync, &a, &now);
	fs_sync_moved(&sync, 9);
	check(fs_dirty_test(&sync.moved, 9) && !fs_dirty_test(&sync.dirty, 9));
	/* Once that is sent, and nothing followed, it is sent again as what it is. */
	fs_sync_rested(&sync, 9);
	check(!sync.rested.count);
	fs_dirty_remove(&sync.moved, 9);
	fs_sync_rested(&sync, 9);
	check(fs_dirty_test(&sync.rested, 9) && !sync.moved.count);
	fs_sync_rested(&sync, 10);
	check(sync.rested.count == 1);
	fs_sync_drop(&sync, 9);
	check(!sync.rested.count);
	free(mem);
}

static void test_age(void)
{
	struct fs_slot now = { 1, 1, true };
	struct fs_sent a, b;

	start(200);
	fs_sync_look(&sync, 100);
	check(!fs_sync_age(&sync, 150) && !fs_sync_unacked(&sync));
	fs_sync_reused(&sync, 3);
	check(fs_sync_age(&sync, 150) == 50 && fs_sync_unacked(&sync) == 1);
	fs_sync_look(&sync, 200);
	a = send(3, &now);
	check(fs_sync_age(&sync, 250) == 150 && fs_sync_unacked(&sync) == 1);
	fs_sync_reused(&sync, 130);
	fs_sync_changed(&sync, 3);
	/* Dirty and in flight is one flow. */
	check(fs_sync_unacked(&sync) == 2);
	fs_sync_look(&sync, 300);
	check(fs_sync_age(&sync, 300) == 200);
	/* The oldest is synced: what is left came after 200. */
	now.op = 2;
	fs_sync_take(&sync, 3);
	fs_sync_taken(&sync, 3);
	b = sent_of(3, &now, FS_RECORD_UPDATE);
	fs_sync_acked(&sync, &a, &now);
	check(fs_sync_age(&sync, 310) == 210);
	fs_sync_acked(&sync, &b, &now);
	check(fs_sync_age(&sync, 320) == 120);
	fs_sync_look(&sync, 400);
	check(fs_sync_age(&sync, 420) == 220 && fs_sync_unacked(&sync) == 1);
	/* It ends untold. */
	fs_sync_ended(&sync, 130);
	check(!fs_sync_age(&sync, 430) && !fs_sync_unacked(&sync));
	fs_sync_look(&sync, 500);
	fs_sync_changed(&sync, 3);
	fs_sync_look(&sync, 600);
	check(fs_sync_age(&sync, 610) == 110);
	fs_sync_clear(&sync);
	check(!fs_sync_age(&sync, 620));
	free(mem);
}

static void test_need(void)
{
	struct fs_slot now = { 1, 1, true };
	struct fs_sent a;

	start(8);
	fs_sync_reused(&sync, 0);
	a = send(0, &now);
	fs_sync_acked(&sync, &a, &now);
	check(is(0, false, false, true, true));
	fs_sync_need(&sync, 0, &now);
	check(is(0, true, false, true, false));
	a = send(0, &now);
	check(a.type == FS_RECORD_CHECKPOINT);
	fs_sync_acked(&sync, &a, &now);
	check(is(0, false, false, true, true));

	/* An update that left before: what it was for is not there. */
	now.op = 2;
	fs_sync_changed(&sync, 0);
	a = send(0, &now);
	check(a.type == FS_RECORD_UPDATE);
	fs_sync_need(&sync, 0, &now);
	fs_sync_acked(&sync, &a, &now);
	check(is(0, true, true, true, false));
	a = send(0, &now);
	check(a.type == FS_RECORD_CHECKPOINT);
	fs_sync_acked(&sync, &a, &now);

	/* Of a flow that has ended: it is told so. */
	now = (struct fs_slot){ 3, 1, false };
	fs_sync_ended(&sync, 0);
	a = send(0, &now);
	fs_sync_acked(&sync, &a, &now);
	check(is(0, false, false, false, false));
	fs_sync_need(&sync, 0, &now);
	check(is(0, true, false, true, false));
	a = send(0, &now);
	check(a.type == FS_RECORD_DELETE);
	fs_sync_need(&sync, 0, &now);
	fs_sync_acked(&sync, &a, &now);	/* asked again since */
	check(is(0, true, false, true, false));
	a = send(0, &now);
	fs_sync_acked(&sync, &a, &now);
	check(is(0, false, false, false, false));

	/* Of a slot that never had one. */
	now = (struct fs_slot){ 0, 0, false };
	fs_sync_need(&sync, 1, &now);
	check(is(1, false, false, false, false));
	free(mem);
}

static void test_clear_and_grow(void)
{
	unsigned long *old = NULL;
	u32 slots, had = 0, n;

	memset(&sync, 0, sizeof(sync));
	for (slots = 1; slots < 5000; slots = slots * 2 + slots / 3) {
		size_t bytes = fs_sync_longs(slots) * sizeof(long);
		void *zero = calloc(1, bytes);
		struct exact e = exact_copy(zero, bytes);

		free(zero);
		check(fs_sync_grow(&sync, e.base, slots) == old);
		free(old);
		old = e.base;
		for (n = 0; n < slots; n++) {
			bool there = n < had;

			check(is(n, there && n % 2, there && n % 3,
				 there && n % 5, there && n % 7));
		}
		for (n = had; n < slots; n++) {
			if (n % 2)
				fs_dirty_add(&sync.dirty, n);
			if (n % 3)
				fs_dirty_add(&sync.flying, n);
			if (n % 5)
				fs_dirty_add(&sync.told, n);
			if (n % 7)
				fs_dirty_add(&sync.known, n);
		}
		had = slots;
	}
	fs_sync_clear(&sync);
	for (n = 0; n < had; n++)
		check(is(n, false, false, false, false));
	check(!sync.dirty.count && !sync.told.count && !sync.flying.count &&
	      !sync.known.count);
	check(fs_dirty_take(&sync.dirty) == FS_DIRTY_NONE);
	free(old);
}

/* Buckets are compared that the peer has not confirmed, and of which each slot is
 * synced, in turn.
 */
static void test_settled(void)
{
	static const u32 buckets = 9;
	struct fs_dirty *const sets[] = { &sync.dirty, &sync.flying, &sync.doubt };
	u32 bucket, from, slot, want;
	unsigned int round, set;

	start(buckets * FS_BUCKET);
	check(fs_sync_next_settled(&sync, 0) == FS_DIRTY_NONE);
	for (slot = 0; slot < buckets * FS_BUCKET; slot++)
		for (set = 0; set < ARRAY_SIZE(sets); set++) {
			fs_dirty_add(sets[set], slot);
			for (bucket = 0; bucket < buckets; bucket++)
				check(fs_sync_settled(&sync, bucket) ==
				      (bucket != slot / FS_BUCKET));
			fs_dirty_remove(sets[set], slot);
		}

	for (round = 0; round < 2000; round++) {
		fs_sync_clear(&sync);
		sync.unchecked.cursor = round % buckets;
		fs_sync_recheck(&sync);
		check(sync.unchecked.count == buckets && !sync.unchecked.cursor);
		for (set = 0; set < ARRAY_SIZE(sets); set++)
			fs_dirty_add(sets[set], rnd_below(buckets * FS_BUCKET));
		fs_dirty_remove(&sync.unchecked, rnd_below(buckets));
		for (from = 0; from <= buckets; from++) {
			for (want = from; want < buckets; want++)
				if (fs_dirty_test(&sync.unchecked, want) &&
				    fs_sync_settled(&sync, want))
					break;
			if (want == buckets)
				want = FS_DIRTY_NONE;
			check(fs_sync_next_settled(&sync, from) == want);
		}
	}
	free(mem);
}

/* A peer is not told of a slot any more: nothing waits, but what it may hold is in
 * mind, and an end of it is told if it is told again.
 */
static void test_drop(void)
{
	struct fs_slot now = { 1, 1, true };
	struct fs_sent a;

	start(8);
	fs_sync_reused(&sync, 3);
	fs_sync_drop(&sync, 3);
	check(is(3, false, false, false, false));
	fs_sync_ended(&sync, 3);
	check(is(3, false, false, false, false));

	fs_sync_reused(&sync, 3);
	a = send(3, &now);
	fs_sync_look(&sync, 5);
	fs_sync_drop(&sync, 3);
	check(is(3, false, false, true, false));
	check(!fs_sync_unacked(&sync) && !sync.old.count);
	/* It arrived all the same. */
	fs_sync_acked(&sync, &a, &now);
	check(!fs_sync_unacked(&sync));
	fs_sync_drop(&sync, 3);
	fs_sync_ended(&sync, 3);
	check(is(3, true, false, true, false));
	free(mem);
}

static const struct tap_case cases[] = {
	{ "the life of a slot", test_life },
	{ "a flow that was never sent", test_untold },
	{ "asked for again", test_need },
	{ "not told any more", test_drop },
	{ "cleared, and grown", test_clear_and_grow },
	{ "buckets that can be compared", test_settled },
	{ "any sequence: synced is acknowledged, and all is told at last",
	  test_model },
	{ "a peer that forgets is told again", test_forgets },
	{ "what changed goes first", test_first },
	{ "how many are not acknowledged, and for how long", test_age },
};

int main(void)
{
	rnd_start();
	return tap_run(cases, ARRAY_SIZE(cases));
}
