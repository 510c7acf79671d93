// SPDX-License-Identifier: GPL-2.0
#include <linux/inetdevice.h>
#include <linux/jhash.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <net/addrconf.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_l4proto.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/route.h>

#include "attrs.h"
#include "convert.h"
#include "window.h"

/* Names of core/ that netfilter's uapi has too. */
static_assert(FS_ICMP == IPPROTO_ICMP && FS_TCP == IPPROTO_TCP &&
	      FS_UDP == IPPROTO_UDP && FS_ICMPV6 == IPPROTO_ICMPV6);
static_assert(FS_TCP_STATE_MIN == TCP_CONNTRACK_SYN_SENT &&
	      FS_TCP_STATE_MAX == TCP_CONNTRACK_SYN_SENT2);
static_assert(FS_TCP_FLAGS == (IP_CT_TCP_FLAG_WINDOW_SCALE |
			       IP_CT_TCP_FLAG_SACK_PERM |
			       IP_CT_TCP_FLAG_CLOSE_INIT |
			       IP_CT_TCP_FLAG_BE_LIBERAL));

/**
 * fs_ct_supported - whether an entry is of a kind that is replicated
 * @ct: the entry
 *
 * Context: any.
 * Return: true but for ICMP of the wrong family.
 */
bool fs_ct_supported(const struct nf_conn *ct)
{
	switch (nf_ct_protonum(ct)) {
	case 0:
		return false;
	case IPPROTO_ICMP:
		return nf_ct_l3num(ct) == NFPROTO_IPV4;
	case IPPROTO_ICMPV6:
		return nf_ct_l3num(ct) == NFPROTO_IPV6;
	default:
		return true;
	}
}

static bool addr_is_local(struct net *net, u16 l3num,
			  const union nf_inet_addr *addr)
{
	if (l3num == NFPROTO_IPV4)
		return inet_addr_type(net, addr->ip) != RTN_UNICAST;
#if IS_ENABLED(CONFIG_IPV6)
	return ipv6_addr_is_multicast(&addr->in6) ||
	       ipv6_chk_addr(net, &addr->in6, NULL, 0);
#else
	return false;
#endif
}

/**
 * fs_ct_is_local - whether an entry is the router's own connection
 * @ct: the entry
 *
 * A forwarded one comes from elsewhere (original source), and after translation
 * goes elsewhere (reply source).
 *
 * Context: any; a route look-up or two.
 * Return: true if either end is this machine.
 */
bool fs_ct_is_local(const struct nf_conn *ct)
{
	struct net *net = nf_ct_net(ct);
	u16 l3num = nf_ct_l3num(ct);

	return addr_is_local(net, l3num,
			     &nf_ct_tuple(ct, IP_CT_DIR_ORIGINAL)->src.u3) ||
	       addr_is_local(net, l3num,
			     &nf_ct_tuple(ct, IP_CT_DIR_REPLY)->src.u3);
}

static u8 status_of(const struct nf_conn *ct)
{
	unsigned long nf = READ_ONCE(ct->status);
	u8 status = 0;

	if (nf & IPS_SEEN_REPLY)
		status |= FS_STATUS_SEEN_REPLY;
	if (nf & IPS_ASSURED)
		status |= FS_STATUS_ASSURED;
	if (nf & IPS_FIXED_TIMEOUT)
		status |= FS_STATUS_FIXED_TIMEOUT;
	return status;
}

/**
 * fs_ct_moved - whether an entry is not what was told of it
 * @ct: the entry
 * @status: its status, as told
 * @tcp: its state, if it is TCP
 *
 * Context: any.
 * Return: true if it went on without its origin.
 */
bool fs_ct_moved(const struct nf_conn *ct, u8 status, const struct fs_tcp *tcp)
{
	return status_of(ct) != status ||
	       (nf_ct_protonum(ct) == IPPROTO_TCP &&
		READ_ONCE(ct->proto.tcp.state) != tcp->state);
}

/**
 * fs_ct_print - what of an entry decides whether it changed
 * @ct: the entry
 * @masks: which bits of marks and labels are replicated
 * @windows: whether its windows are told, if it has any
 *
 * Context: any.
 * Return: a hash of all that is replicated, in FS_PRINT_STATE, not 0; of its
 * windows, in FS_PRINT_MOVED; and FS_PRINT_WINDOWS if those are in it.
 */
u32 fs_ct_print(const struct nf_conn *ct, const struct fs_masks *masks,
		bool windows)
{
	bool tcp = nf_ct_protonum(ct) == IPPROTO_TCP;
	u32 print;

	print = jhash_3words(status_of(ct), fs_attrs_print(ct, masks),
			     tcp ? READ_ONCE(ct->proto.tcp.state) : 0, 0) &
		FS_PRINT_STATE;
	if (!print)
		print = 1;
	if (windows && fs_window_moves(ct))
		print |= FS_PRINT_WINDOWS |
			 (fs_window_print(ct) & FS_PRINT_MOVED);
	return print;
}

/**
 * fs_ct_changed - what of an entry is not as it was when it was told
 * @ct: the entry
 * @masks: which bits of marks and labels are replicated
 * @print: fs_ct_print() when it was; without FS_PRINT_STATE it has still to be told
 * @windows: whether its windows are told, if it has any
 *
 * Context: any.
 * Return: bits of a print; 0 if all is.
 */
u32 fs_ct_changed(const struct nf_conn *ct, const struct fs_masks *masks,
		  u32 print, bool windows)
{
	if (!(print & FS_PRINT_STATE))
		return 0;
	return print ^ fs_ct_print(ct, masks, windows);
}

/**
 * fs_tuple_from_nf - convert a tuple
 * @tuple: result
 * @nf: netfilter's
 *
 * Context: any.
 */
void fs_tuple_from_nf(struct fs_tuple *tuple,
		      const struct nf_conntrack_tuple *nf)
{
	memcpy(&tuple->src, &nf->src.u3, sizeof(tuple->src));
	memcpy(&tuple->dst, &nf->dst.u3, sizeof(tuple->dst));
	tuple->sport = ntohs(nf->src.u.all);
	if (nf->dst.protonum == IPPROTO_ICMP ||
	    nf->dst.protonum == IPPROTO_ICMPV6)
		tuple->dport = nf->dst.u.icmp.type << 8 | nf->dst.u.icmp.code;
	else
		tuple->dport = ntohs(nf->dst.u.all);
}

/**
 * fs_tuple_to_nf - convert a tuple
 * @nf: result, of the original direction
 * @tuple: ours
 * @family: FS_IPV4 or FS_IPV6
 * @proto: protocol number
 *
 * Context: any.
 */
void fs_tuple_to_nf(struct nf_conntrack_tuple *nf, const struct fs_tuple *tuple,
		    u8 family, u8 proto)
{
	memset(nf, 0, sizeof(*nf));
	memcpy(&nf->src.u3, &tuple->src, sizeof(tuple->src));
	memcpy(&nf->dst.u3, &tuple->dst, sizeof(tuple->dst));
	nf->src.u.all = htons(tuple->sport);
	nf->src.l3num = family == FS_IPV4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
	nf->dst.protonum = proto;
	if (proto == FS_ICMP || proto == FS_ICMPV6) {
		nf->dst.u.icmp.type = tuple->dport >> 8;
		nf->dst.u.icmp.code = tuple->dport & 0xff;
	} else {
		nf->dst.u.all = htons(tuple->dport);
	}
}

/**
 * fs_state_to_nf - convert one direction of a flow
 * @nf: result
 * @state: the flow
 * @dir: IP_CT_DIR_ORIGINAL or IP_CT_DIR_REPLY
 *
 * Context: any.
 */
void fs_state_to_nf(struct nf_conntrack_tuple *nf, const struct fs_state *state,
		    unsigned int dir)
{
	fs_tuple_to_nf(nf, &state->tuple[dir], state->family, state->proto);
	nf->dst.dir = dir;
}

static void tcp_from_ct(struct fs_tcp *tcp, struct nf_conn *ct)
{
	const struct ip_ct_tcp *nf = &ct->proto.tcp;
	unsigned int dir;

	spin_lock_bh(&ct->lock);
	tcp->state = nf->state;
	for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
		tcp->scale[dir] = nf->seen[dir].td_scale;
		tcp->flags[dir] = nf->seen[dir].flags & FS_TCP_FLAGS;
	}
	spin_unlock_bh(&ct->lock);
}

/* While a connection is in the fast path of a flowtable, its entry is given a day
 * again and again. What counts for another node is what it gets when it leaves.
 */
static unsigned long expires(const struct nf_conn *ct)
{
	struct net *net = nf_ct_net(ct);
	unsigned long left = nf_ct_expires(ct);
	u8 state;

	if (!test_bit(IPS_OFFLOAD_BIT, &ct->status))
		return left;
	switch (nf_ct_protonum(ct)) {
	case IPPROTO_TCP:
		state = min_t(u8, READ_ONCE(ct->proto.tcp.state),
			      TCP_CONNTRACK_TIMEOUT_MAX - 1);
		return min_t(unsigned long, left,
			     nf_tcp_pernet(net)->timeouts[state]);
	case IPPROTO_UDP:
		return min_t(unsigned long, left,
			     nf_udp_pernet(net)->timeouts[UDP_CT_REPLIED]);
	default:
		return left;
	}
}

/**
 * fs_state_from_ct - what is replicated of an entry, as it is now
 * @state: result, wholly set, but without attributes
 * @ct: the entry, confirmed, with a reference held
 *
 * Context: any.
 */
void fs_state_from_ct(struct fs_state *state, struct nf_conn *ct)
{
	const struct nf_conntrack_zone *zone = nf_ct_zone(ct);
	unsigned long left;
	unsigned int dir;

	state->attrs.has = 0;
	for (dir = 0; dir < IP_CT_DIR_MAX; dir++)
		fs_tuple_from_nf(&state->tuple[dir], nf_ct_tuple(ct, dir));
	state->family = nf_ct_l3num(ct) == NFPROTO_IPV4 ? FS_IPV4 : FS_IPV6;
	state->proto = nf_ct_protonum(ct);
	state->status = status_of(ct);
	left = min_t(unsigned long, expires(ct), FS_TIMEOUT_MAX * HZ);
	state->timeout = DIV_ROUND_UP(left, HZ);
	state->rounded = (u8)((state->timeout * HZ - left) * FS_TENTHS /
			      HZ);
	if (state->proto == FS_TCP)
		tcp_from_ct(&state->tcp, ct);
	else
		state->tcp = (struct fs_tcp) {};
	state->zone = (struct fs_zone) {
		.id = zone->id,
		.dir = zone->id ? zone->dir : 0,
	};
}

/**
 * fs_state_until - what the timeout of an entry has to be for what a flow has left
 * @state: the flow
 *
 * Context: any.
 * Return: a point in time for a confirmed entry, a second ahead at least.
 */
u32 fs_state_until(const struct fs_state *state)
{
	return nfct_time_stamp + max(state->timeout, 1u) * HZ -
	       (state->timeout > 1 ? state->rounded * HZ / FS_TENTHS : 0);
}
