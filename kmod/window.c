// SPDX-License-Identifier: GPL-2.0
#include <linux/ipv6.h>
#include <linux/jhash.h>
#include <linux/log2.h>
#include <linux/skbuff.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_seqadj.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/tcp.h>

#include "core/attr.h"
#include "node.h"
#include "window.h"

/* In the flags of a direction: its windows were told, not seen. conntrack uses
 * this bit in the flags of the last packet only.
 */
#define UNSETTLED	IP_CT_EXP_CHALLENGE_ACK

/* In the same flags: packets of the two directions pass different nodes, so that
 * what is seen here is never all of it. Likewise.
 */
#define APART		IP_CT_TCP_SIMULTANEOUS_OPEN

static_assert((UNSETTLED | APART) <= U8_MAX);

/**
 * fs_window_moves - whether an entry has windows that are worth telling
 * @ct: the entry
 *
 * Those of a connection in the fast path of a flowtable stand still.
 *
 * Context: any.
 * Return: true for TCP from ESTABLISHED to LAST_ACK.
 */
bool fs_window_moves(const struct nf_conn *ct)
{
	u8 state = READ_ONCE(ct->proto.tcp.state);

	return nf_ct_protonum(ct) == IPPROTO_TCP &&
	       state >= TCP_CONNTRACK_ESTABLISHED &&
	       state <= TCP_CONNTRACK_LAST_ACK &&
	       !test_bit(IPS_OFFLOAD_BIT, &ct->status);
}

/**
 * fs_window_opens - whether what an entry knows of windows is told with its state
 * @ct: the entry
 *
 * What acknowledges a SYN is only let through by who knows the SYN's sequence
 * number, or lets pass and does not note by who takes 0 for it.
 *
 * Context: any.
 * Return: true for TCP that is being opened: SYN_SENT, SYN_SENT2 and SYN_RECV.
 */
bool fs_window_opens(const struct nf_conn *ct)
{
	u8 state;

	if (nf_ct_protonum(ct) != IPPROTO_TCP)
		return false;
	state = READ_ONCE(ct->proto.tcp.state);
	return state == TCP_CONNTRACK_SYN_SENT ||
	       state == TCP_CONNTRACK_SYN_SENT2 ||
	       state == TCP_CONNTRACK_SYN_RECV;
}

/**
 * fs_window_print - where the windows of an entry are, roughly
 * @ct: the entry, of TCP
 *
 * Context: any.
 * Return: a number that changes when either has moved to another step.
 */
u32 fs_window_print(const struct nf_conn *ct)
{
	const struct ip_ct_tcp *tcp = &ct->proto.tcp;

	return jhash_2words(READ_ONCE(tcp->seen[0].td_end) >> FS_WINDOW_STEP,
			    READ_ONCE(tcp->seen[1].td_end) >> FS_WINDOW_STEP,
			    0);
}

static void window_of_direction(struct fs_window *window, unsigned int dir,
				const struct ip_ct_tcp_state *seen)
{
	window->end[dir] = 0;
	window->exp[dir] = FS_WINDOW_UNKNOWN;
	if (!seen->td_maxwin)
		return;
	window->end[dir] = seen->td_end;
	window->exp[dir] = clamp(order_base_2(seen->td_maxwin),
				 FS_WINDOW_UNKNOWN + 1, FS_WINDOW_MAX);
}

/**
 * fs_window_from_ct - where the windows of an entry are
 * @attrs: where they go
 * @ct: the entry, of TCP
 *
 * Of one that is being opened that may be of one direction only.
 *
 * Context: any.
 */
void fs_window_from_ct(struct fs_attrs *attrs, struct nf_conn *ct)
{
	const struct ip_ct_tcp *tcp = &ct->proto.tcp;
	bool opens = fs_window_opens(ct);
	unsigned int dir;

	if (!opens && !fs_window_moves(ct))
		return;
	spin_lock_bh(&ct->lock);
	if (opens || (tcp->seen[0].td_maxwin && tcp->seen[1].td_maxwin)) {
		attrs->has |= FS_ATTR_WINDOW;
		for (dir = 0; dir < IP_CT_DIR_MAX; dir++)
			window_of_direction(&attrs->window, dir,
					    &tcp->seen[dir]);
	}
	spin_unlock_bh(&ct->lock);
}

static void raise(u32 *to, u32 value)
{
	if (after(value, *to))
		*to = value;
}

/**
 * fs_window_to_ct - move the windows of an entry to what was told
 * @ct: the entry, of TCP
 * @attrs: what was told
 *
 * Context: any. If others can reach the entry its lock is to be held.
 */
void fs_window_to_ct(struct nf_conn *ct, const struct fs_attrs *attrs)
{
	struct ip_ct_tcp_state *seen = ct->proto.tcp.seen;
	unsigned int dir;

	if (!(attrs->has & FS_ATTR_WINDOW))
		return;
	for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
		const struct fs_window *told = &attrs->window;
		u32 limit = told->end[dir];

		if (told->exp[dir] == FS_WINDOW_UNKNOWN)
			continue;
		if (told->exp[!dir] != FS_WINDOW_UNKNOWN)
			limit += 1u << told->exp[!dir];
		if (!seen[dir].td_maxwin) {
			seen[dir].td_end = told->end[dir];
			seen[dir].td_maxend = limit;
		}
		raise(&seen[dir].td_end, told->end[dir]);
		raise(&seen[dir].td_maxend, limit);
		seen[dir].td_maxwin = max(seen[dir].td_maxwin,
					  1u << told->exp[dir]);
	}
}

/**
 * fs_window_unsettle - packets went another way: the windows are old
 * @ct: the entry, of TCP
 *
 * They are learnt from the first packet of each direction that conntrack refuses.
 *
 * Context: any. If others can reach the entry its lock is to be held.
 */
void fs_window_unsettle(struct nf_conn *ct)
{
	unsigned int dir;

	for (dir = 0; dir < IP_CT_DIR_MAX; dir++)
		ct->proto.tcp.seen[dir].flags |= UNSETTLED;
}

/**
 * fs_window_apart - packets of the two directions pass different nodes
 * @ct: the entry, of TCP
 *
 * Until fs_window_together() its windows are learnt from each packet that conntrack
 * refuses, if that is near: what it is refused for was seen elsewhere.
 *
 * Context: any; the entry's lock is not held.
 */
void fs_window_apart(struct nf_conn *ct)
{
	struct ip_ct_tcp_state *seen = ct->proto.tcp.seen;
	unsigned int dir;

	if (READ_ONCE(seen[0].flags) & READ_ONCE(seen[1].flags) & APART)
		return;
	spin_lock_bh(&ct->lock);
	for (dir = 0; dir < IP_CT_DIR_MAX; dir++)
		seen[dir].flags |= APART | UNSETTLED;
	spin_unlock_bh(&ct->lock);
}

/**
 * fs_window_together - packets of both directions pass this node from now on
 * @ct: the entry, of TCP
 *
 * Context: any; the entry's lock is not held.
 */
void fs_window_together(struct nf_conn *ct)
{
	unsigned int dir;

	spin_lock_bh(&ct->lock);
	for (dir = 0; dir < IP_CT_DIR_MAX; dir++)
		ct->proto.tcp.seen[dir].flags &= ~APART;
	spin_unlock_bh(&ct->lock);
}

/**
 * struct segment - what the windows are learnt from
 * @seq: behind its last octet
 * @ack: what it acknowledges, as the other side's conntrack sees it
 * @win: the window it offers, not scaled
 * @opens: it is a SYN-ACK, or a refusal of a SYN
 */
struct segment {
	u32 seq;
	u32 ack;
	u32 win;
	bool opens;
};

static int tcp_offset(const struct sk_buff *skb, u8 pf)
{
	unsigned int offset = skb_network_offset(skb);
	__be16 frag;
	u8 proto;
	int l4;

	if (pf == NFPROTO_IPV4)
		return offset + ip_hdrlen(skb);
	proto = ipv6_hdr(skb)->nexthdr;
	l4 = ipv6_skip_exthdr(skb, offset + sizeof(struct ipv6hdr), &proto,
			      &frag);
	return l4 < 0 || proto != IPPROTO_TCP || frag & htons(~0x7) ? -1 : l4;
}

static bool get_segment(struct segment *s, const struct sk_buff *skb, u8 pf)
{
	int offset = tcp_offset(skb, pf);
	const struct tcphdr *th;
	struct tcphdr copy;

	if (offset < 0)
		return false;
	th = skb_header_pointer(skb, offset, sizeof(copy), &copy);
	if (!th || !th->ack || (th->syn && (th->fin || th->rst)))
		return false;
	s->opens = th->syn || th->rst;
	s->seq = ntohl(th->seq) + skb->len - offset - th->doff * 4 + th->syn +
		 th->fin;
	s->ack = ntohl(th->ack_seq);
	s->win = ntohs(th->window);
	return true;
}

static bool is_near(u32 value, u32 known)
{
	return value - known + FS_WINDOW_BACK < FS_WINDOW_LAG + FS_WINDOW_BACK;
}

/* Whether a segment may be of the connection: it is not far from what is known
 * of both directions, if anything is.
 */
static bool is_likely(const struct ip_ct_tcp_state *sender,
		      const struct ip_ct_tcp_state *receiver, u8 state,
		      const struct segment *s)
{
	if (s->opens)
		return state == TCP_CONNTRACK_SYN_SENT ||
		       state == TCP_CONNTRACK_SYN_RECV;
	if (sender->td_maxwin && !is_near(s->seq, sender->td_end))
		return false;
	return !receiver->td_maxwin || is_near(s->ack, receiver->td_end);
}

static u32 window_of(const struct ip_ct_tcp_state *from)
{
	return from->td_maxwin ?: U16_MAX << from->td_scale;
}

/* A segment may be an old one that is sent again: its sender may have sent all
 * that the other one's window allowed behind it, and the other way round.
 */
static bool learn(struct nf_conn *ct, unsigned int dir, struct segment *s)
{
	struct ip_ct_tcp_state *sender = &ct->proto.tcp.seen[dir];
	struct ip_ct_tcp_state *receiver = &ct->proto.tcp.seen[!dir];
	u32 mine, theirs;

	if (!(sender->flags & UNSETTLED))
		return false;
	s->ack -= nf_ct_seq_offset(ct, !dir, s->ack - 1);
	if (!is_likely(sender, receiver, ct->proto.tcp.state, s))
		return false;
	if (s->opens) {
		receiver->td_end = s->ack;
		receiver->td_maxend = s->ack;
		receiver->td_maxwin = max_t(u32, receiver->td_maxwin,
					    U16_MAX);
		return true;
	}
	if (!(sender->flags & APART))
		sender->flags &= ~UNSETTLED;
	mine = max(sender->td_maxwin, s->win << sender->td_scale);
	theirs = window_of(receiver);
	if (!sender->td_maxwin) {
		sender->td_end = s->seq + theirs;
		sender->td_maxend = s->seq + theirs;
	}
	if (!receiver->td_maxwin) {
		receiver->td_end = s->ack + mine;
		receiver->td_maxend = s->ack + mine;
	}
	raise(&sender->td_end, s->seq + theirs);
	raise(&sender->td_maxend, s->seq + theirs);
	raise(&receiver->td_end, s->ack + mine);
	raise(&receiver->td_maxend, s->ack + mine);
	/* So that what is in flight is not below them either. */
	if (sender->flags & APART) {
		/* Learnt from again and again: twice what it offers, at most. */
		sender->td_maxwin = max3(sender->td_maxwin, 1u,
					 2 * (s->win << sender->td_scale));
		if (!receiver->td_maxwin)
			receiver->td_maxwin = theirs * 2;
		return true;
	}
	sender->td_maxwin = max(mine, 1u) * 2;
	receiver->td_maxwin = max(receiver->td_maxwin, theirs * 2);
	return true;
}

/* Have the entry of a packet learn from it: if it is the first answer to a SYN, or
 * whatever it is. Returns whether it did.
 */
static bool learn_from(struct fs_node *node, struct sk_buff *skb, u16 zone,
		       const struct nf_hook_state *state, bool opens)
{
	struct nf_conntrack_tuple_hash *hash;
	struct nf_conntrack_tuple tuple;
	struct nf_conntrack_zone where;
	struct segment s;
	struct nf_conn *ct;
	bool learnt;

	if (!nf_ct_get_tuplepr(skb, skb_network_offset(skb), state->pf,
			       state->net, &tuple) ||
	    tuple.dst.protonum != IPPROTO_TCP ||
	    !get_segment(&s, skb, state->pf) || (opens && !s.opens))
		return false;
	nf_ct_zone_init(&where, zone, NF_CT_DEFAULT_ZONE_DIR, 0);
	hash = nf_conntrack_find_get(state->net, &where, &tuple);
	if (!hash)
		return false;
	ct = nf_ct_tuplehash_to_ctrack(hash);
	spin_lock_bh(&ct->lock);
	learnt = (!opens || ct->proto.tcp.state == TCP_CONNTRACK_SYN_SENT) &&
		 learn(ct, NF_CT_DIRECTION(hash), &s);
	spin_unlock_bh(&ct->lock);
	nf_ct_put(ct);
	if (learnt)
		fs_stat_inc(node, window_learnt);
	return learnt;
}

/**
 * fs_window_settle - conntrack refused a packet: is it because of old windows?
 * @node: the node
 * @skb: the packet, which has no entry
 * @zone: where to look for its entry
 * @state: PRE_ROUTING
 *
 * Context: softirq, RCU read lock.
 * Return: true if the windows of its entry were moved: try again.
 */
bool fs_window_settle(struct fs_node *node, struct sk_buff *skb, u16 zone,
		      const struct nf_hook_state *state)
{
	return learn_from(node, skb, zone, state, false);
}

/**
 * fs_window_open - a packet is the first of an entry that was installed for it
 * @node: the node
 * @skb: the packet
 * @zone: where to look for its entry
 * @state: PRE_ROUTING
 *
 * If it answers a SYN, that passed another node: conntrack, which knows nothing of its
 * numbers, would refuse the answer, or let it through and not believe it.
 *
 * Context: softirq, RCU read lock.
 */
void fs_window_open(struct fs_node *node, struct sk_buff *skb, u16 zone,
		    const struct nf_hook_state *state)
{
	learn_from(node, skb, zone, state, true);
}
