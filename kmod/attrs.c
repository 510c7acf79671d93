// SPDX-License-Identifier: GPL-2.0
#include <linux/jhash.h>
#include <linux/ktime.h>
#include <linux/netfilter/nf_conntrack_sctp.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_acct.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_labels.h>
#include <net/netfilter/nf_conntrack_seqadj.h>
#include <net/netfilter/nf_conntrack_synproxy.h>
#include <net/netfilter/nf_conntrack_timestamp.h>

#include "attrs.h"
#include "expect.h"
#include "node.h"
#include "pptp.h"
#include "secmark.h"
#include "window.h"

static_assert(FS_HELPER_NAME == NF_CT_HELPER_NAME_LEN);
static_assert(sizeof_field(struct nf_conn_labels, bits) == FS_LABELS);
static_assert(SCTP_CONNTRACK_HEARTBEAT_SENT <= FS_SCTP_STATE_MAX);
static_assert(CT_DCCP_TIMEWAIT == FS_DCCP_STATE_MAX);

/**
 * fs_masks_labels - which of the labels 0 to 63 are replicated
 * @masks: the masks
 *
 * Return: a bit for each.
 */
u64 fs_masks_labels(const struct fs_masks *masks)
{
	unsigned long bits[FS_LABELS / sizeof(long)];
	u64 result = 0;
	unsigned int i;

	memcpy(bits, masks->labels, sizeof(bits));
	for (i = 0; i < 64; i++)
		if (test_bit(i, bits))
			result |= BIT_ULL(i);
	return result;
}

/**
 * fs_masks_set_labels - set which of the labels 0 to 63 are replicated
 * @masks: the masks
 * @bits: a bit for each
 */
void fs_masks_set_labels(struct fs_masks *masks, u64 bits)
{
	unsigned long map[FS_LABELS / sizeof(long)] = {};
	unsigned int i;

	for (i = 0; i < 64; i++)
		if (bits & BIT_ULL(i))
			__set_bit(i, map);
	memcpy(masks->labels, map, sizeof(map));
}

/**
 * fs_labels_want - whether entries of a node's namespace are to have labels
 * @node: the node
 * @want: whether any are replicated
 *
 * conntrack gives them to new entries only while somebody asks for that: a rule
 * that sets labels, but not one that looks at them.
 *
 * Context: process; fs_net.lock held.
 */
void fs_labels_want(struct fs_node *node, bool want)
{
	if (want == node->labels_wanted)
		return;
	if (!want)
		nf_connlabels_put(node->net);
	else if (nf_connlabels_get(node->net, 8 * FS_LABELS - 1))
		return;
	node->labels_wanted = want;
}

static void seqadj_from_ct(struct fs_attrs *attrs, struct nf_conn *ct)
{
	const struct nf_conn_seqadj *adj = nfct_seqadj(ct);
	unsigned int dir;

	if (!adj || !test_bit(IPS_SEQ_ADJUST_BIT, &ct->status))
		return;
	attrs->has |= FS_ATTR_SEQADJ;
	for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
		attrs->seqadj[dir].pos = adj->seq[dir].correction_pos;
		attrs->seqadj[dir].before = adj->seq[dir].offset_before;
		attrs->seqadj[dir].after = adj->seq[dir].offset_after;
	}
}

static void synproxy_from_ct(struct fs_attrs *attrs, struct nf_conn *ct)
{
	const struct nf_conn_synproxy *syn = nfct_synproxy(ct);

	if (!syn || !(syn->isn | syn->its | syn->tsoff))
		return;
	attrs->has |= FS_ATTR_SYNPROXY;
	attrs->synproxy.isn = syn->isn;
	attrs->synproxy.its = syn->its;
	attrs->synproxy.tsoff = syn->tsoff;
}

static void protocol_from_ct(struct fs_attrs *attrs, struct nf_conn *ct)
{
	unsigned int dir;

	switch (nf_ct_protonum(ct)) {
	case IPPROTO_TCP:
		seqadj_from_ct(attrs, ct);
		synproxy_from_ct(attrs, ct);
		break;
#if IS_ENABLED(CONFIG_NF_CT_PROTO_SCTP)
	case IPPROTO_SCTP:
		attrs->has |= FS_ATTR_SCTP;
		attrs->sctp.state = ct->proto.sctp.state;
		for (dir = 0; dir < IP_CT_DIR_MAX; dir++)
			attrs->sctp.vtag[dir] =
				be32_to_cpu(ct->proto.sctp.vtag[dir]);
		break;
#endif
#if IS_ENABLED(CONFIG_NF_CT_PROTO_DCCP)
	case IPPROTO_DCCP:
		attrs->has |= FS_ATTR_DCCP;
		attrs->dccp.state = min_t(u8, ct->proto.dccp.state,
					  FS_DCCP_STATE_MAX);
		for (dir = 0; dir < IP_CT_DIR_MAX; dir++)
			attrs->dccp.role[dir] = ct->proto.dccp.role[dir];
		attrs->dccp.seq = ct->proto.dccp.handshake_seq;
		break;
#endif
	}
}

static void labels_from_ct(struct fs_attrs *attrs, const struct nf_conn *ct,
			   const struct fs_masks *masks)
{
	const struct nf_conn_labels *labels = nf_ct_labels_find(ct);
	u32 word[FS_LABELS / sizeof(u32)], any = 0;
	unsigned int i;

	if (!labels)
		return;
	memcpy(word, labels->bits, sizeof(word));
	for (i = 0; i < ARRAY_SIZE(word); i++) {
		word[i] &= masks->labels[i];
		any |= word[i];
	}
	if (!any)
		return;
	attrs->has |= FS_ATTR_LABELS;
	memcpy(attrs->labels, word, sizeof(word));
}

static void helper_from_ct(struct fs_attrs *attrs, const struct nf_conn *ct)
{
	const struct nf_conntrack_helper *helper;
	const struct nf_conn_help *help = nfct_help(ct);

	rcu_read_lock();
	helper = help ? rcu_dereference(help->helper) : NULL;
	if (helper) {
		attrs->has |= FS_ATTR_HELPER;
		strscpy(attrs->helper, helper->name, sizeof(attrs->helper));
	}
	rcu_read_unlock();
}

static void account_from_ct(struct fs_attrs *attrs, const struct nf_conn *ct)
{
	const struct nf_conn_acct *acct = nf_conn_acct_find(ct);
	const struct nf_conn_tstamp *tstamp = nf_conn_tstamp_find(ct);
	unsigned int dir;

	if (acct) {
		attrs->has |= FS_ATTR_ACCT;
		for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
			attrs->acct[dir].packets = min_t(u64, FS_PACKETS_MAX,
				atomic64_read(&acct->counter[dir].packets));
			attrs->acct[dir].octets = min_t(u64, FS_OCTETS_MAX,
				atomic64_read(&acct->counter[dir].bytes));
		}
	}
	if (tstamp && tstamp->start) {
		attrs->has |= FS_ATTR_START;
		attrs->start = tstamp->start;
	}
}

static u32 mark_of(const struct nf_conn *ct)
{
#if IS_ENABLED(CONFIG_NF_CONNTRACK_MARK)
	return READ_ONCE(ct->mark);
#else
	return 0;
#endif
}

/**
 * fs_attrs_from_ct - what attributes an entry has now
 * @node: the node
 * @attrs: result
 * @ct: the entry, confirmed, with a reference held
 * @windows: whether to tell its TCP windows; those of one that is being opened always
 *
 * Context: any.
 */
void fs_attrs_from_ct(struct fs_node *node, struct fs_attrs *attrs,
		      struct nf_conn *ct, bool windows)
{
	const struct fs_masks *masks = &node->masks;

	attrs->has = 0;
	if (windows || fs_window_opens(ct))
		fs_window_from_ct(attrs, ct);
	spin_lock_bh(&ct->lock);
	protocol_from_ct(attrs, ct);
	spin_unlock_bh(&ct->lock);
	attrs->mark = mark_of(ct) & masks->mark;
	if (attrs->mark)
		attrs->has |= FS_ATTR_MARK;
	labels_from_ct(attrs, ct, masks);
	helper_from_ct(attrs, ct);
	account_from_ct(attrs, ct);
	/* They take of the room of the next. */
	fs_timeouts_from_ct(attrs, ct);
	fs_secmark_from_ct(node, attrs, ct);
	fs_expects_from_ct(node, attrs, ct);
	fs_master_from_ct(attrs, ct);
}

/**
 * fs_attrs_print - what of an entry's attributes tells whether they changed
 * @ct: the entry
 * @masks: which bits of marks and labels are replicated
 *
 * Context: any.
 * Return: a hash of its marks, labels, protocol's state, adjustments, and of what
 * its helper expects.
 */
u32 fs_attrs_print(const struct nf_conn *ct, const struct fs_masks *masks)
{
	const struct nf_conn_labels *labels = nf_ct_labels_find(ct);
	const struct nf_conn_seqadj *adj = nfct_seqadj(ct);
	u32 word[FS_LABELS / sizeof(u32)];
	u32 sum = mark_of(ct) & masks->mark;
	u32 expects = fs_expects_print(ct);
	u32 secmark = fs_secmark_print(ct);
	unsigned int i;

	if (expects | secmark)
		sum = jhash_3words(sum, expects, secmark, 0);
	if (labels) {
		memcpy(word, labels->bits, sizeof(word));
		for (i = 0; i < ARRAY_SIZE(word); i++)
			sum = jhash_2words(sum, word[i] & masks->labels[i], i);
	}
	if (adj && test_bit(IPS_SEQ_ADJUST_BIT, &ct->status))
		sum = jhash_3words(sum, adj->seq[0].correction_pos,
				   adj->seq[1].correction_pos, 0);
	switch (nf_ct_protonum(ct)) {
#if IS_ENABLED(CONFIG_NF_CT_PROTO_SCTP)
	case IPPROTO_SCTP:
		return jhash_2words(sum, ct->proto.sctp.state, 0);
#endif
#if IS_ENABLED(CONFIG_NF_CT_PROTO_DCCP)
	case IPPROTO_DCCP:
		return jhash_2words(sum, ct->proto.dccp.state, 0);
#endif
	default:
		return sum;
	}
}

/* The helper that an entry had, if it is here under the same name. What it kept
 * about the connection is not replicated: it is told to pick it up.
 */
static bool prepare_helper(struct nf_conn *ct, const char *name)
{
	struct nf_conntrack_helper *helper;
	struct nf_conn_help *help;

	helper = __nf_conntrack_helper_find(name, nf_ct_l3num(ct),
					    nf_ct_protonum(ct));
	if (!helper)
		return false;
	help = nf_ct_helper_ext_add(ct, GFP_ATOMIC);
	if (!help)
		return false;
	if (helper->from_nlattr && !(helper->flags & NF_CT_HELPER_F_USERSPACE))
		helper->from_nlattr(NULL, ct);
	RCU_INIT_POINTER(help->helper, helper);
	return fs_pptp_prepare(ct);
}

/**
 * fs_attrs_prepare - give a new entry the extensions that its attributes need
 * @node: the node
 * @ct: the entry, not translated and not confirmed
 * @attrs: its attributes
 *
 * A helper that is not here is counted, and done without; so is a timeout policy that
 * cannot be had.
 *
 * Context: RCU read lock.
 * Return: false if there is no memory.
 */
bool fs_attrs_prepare(struct fs_node *node, struct nf_conn *ct,
		      const struct fs_attrs *attrs)
{
	nf_ct_acct_ext_add(ct, GFP_ATOMIC);
	nf_ct_tstamp_ext_add(ct, GFP_ATOMIC);
	nf_ct_labels_ext_add(ct);
	if (attrs->has & FS_ATTR_HELPER && !prepare_helper(ct, attrs->helper))
		fs_stat_inc(node, install_no_helper);
	if (!fs_timeouts_to_ct(node, ct, attrs))
		fs_stat_inc(node, install_no_timeouts);
	if (attrs->has & (FS_ATTR_SEQADJ | FS_ATTR_SYNPROXY) &&
	    !nfct_seqadj_ext_add(ct))
		return false;
	if (attrs->has & FS_ATTR_SYNPROXY && !nfct_synproxy_ext_add(ct))
		return false;
	return true;
}

static void seqadj_to_ct(struct nf_conn *ct, const struct fs_attrs *attrs)
{
	struct nf_conn_seqadj *adj = nfct_seqadj(ct);
	unsigned int dir;

	if (!(attrs->has & FS_ATTR_SEQADJ) || !adj)
		return;
	for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
		const struct fs_seqadj *from = &attrs->seqadj[dir];
		struct nf_ct_seqadj *to = &adj->seq[dir];

		/* One that is further was made here. */
		if (to->offset_before != to->offset_after &&
		    (s32)(from->pos - to->correction_pos) < 0)
			continue;
		to->correction_pos = from->pos;
		to->offset_before = from->before;
		to->offset_after = from->after;
	}
	set_bit(IPS_SEQ_ADJUST_BIT, &ct->status);
}

static void synproxy_to_ct(struct nf_conn *ct, const struct fs_attrs *attrs)
{
	struct nf_conn_synproxy *syn = nfct_synproxy(ct);

	if (!(attrs->has & FS_ATTR_SYNPROXY) || !syn)
		return;
	syn->isn = attrs->synproxy.isn;
	syn->its = attrs->synproxy.its;
	syn->tsoff = attrs->synproxy.tsoff;
}

#if IS_ENABLED(CONFIG_NF_CT_PROTO_SCTP) || IS_ENABLED(CONFIG_NF_CT_PROTO_DCCP)
/* Whether a state is further than another; they are numbered in their order, but
 * for one of SCTP that is before all.
 */
static bool is_further(u8 state, u8 than)
{
	return than == SCTP_CONNTRACK_HEARTBEAT_SENT || state > than;
}
#endif

static void protocol_to_ct(struct fs_node *node, struct nf_conn *ct,
			   const struct fs_attrs *attrs)
{
	unsigned int dir;

	switch (nf_ct_protonum(ct)) {
	case IPPROTO_TCP:
		fs_window_to_ct(ct, attrs);
		seqadj_to_ct(ct, attrs);
		synproxy_to_ct(ct, attrs);
		break;
#if IS_ENABLED(CONFIG_NF_CT_PROTO_SCTP)
	case IPPROTO_SCTP:
		if (!(attrs->has & FS_ATTR_SCTP) ||
		    !is_further(attrs->sctp.state, ct->proto.sctp.state))
			break;
		ct->proto.sctp.state = attrs->sctp.state;
		for (dir = 0; dir < IP_CT_DIR_MAX; dir++)
			ct->proto.sctp.vtag[dir] =
				cpu_to_be32(attrs->sctp.vtag[dir]);
		break;
#endif
#if IS_ENABLED(CONFIG_NF_CT_PROTO_DCCP)
	case IPPROTO_DCCP:
		if (!(attrs->has & FS_ATTR_DCCP) ||
		    !is_further(attrs->dccp.state, ct->proto.dccp.state))
			break;
		ct->proto.dccp.state = attrs->dccp.state;
		for (dir = 0; dir < IP_CT_DIR_MAX; dir++)
			ct->proto.dccp.role[dir] = attrs->dccp.role[dir];
		ct->proto.dccp.handshake_seq = attrs->dccp.seq;
		break;
#endif
#if IS_ENABLED(CONFIG_NF_CT_PROTO_GRE)
	case IPPROTO_GRE:
		/* conntrack sets these with the first packet only. */
		if (ct->proto.gre.timeout)
			break;
		ct->proto.gre.timeout =
			nf_ct_net(ct)->ct.nf_ct_proto.gre.timeouts[GRE_CT_UNREPLIED];
		ct->proto.gre.stream_timeout =
			nf_ct_net(ct)->ct.nf_ct_proto.gre.timeouts[GRE_CT_REPLIED];
		fs_pptp_tunnel(node, ct);
		break;
#endif
	}
}

static void account_to_ct(struct nf_conn *ct, const struct fs_attrs *attrs)
{
	struct nf_conn_tstamp *tstamp = nf_conn_tstamp_find(ct);
	struct nf_conn_acct *acct = nf_conn_acct_find(ct);
	unsigned int dir;

	if (tstamp)
		tstamp->start = attrs->has & FS_ATTR_START ?
				attrs->start : ktime_get_real_ns();
	if (!acct || !(attrs->has & FS_ATTR_ACCT))
		return;
	for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
		atomic64_t *packets = &acct->counter[dir].packets;
		atomic64_t *octets = &acct->counter[dir].bytes;

		/* What was counted here since is more. */
		if (atomic64_read(packets) >= attrs->acct[dir].packets)
			continue;
		atomic64_set(packets, attrs->acct[dir].packets);
		atomic64_set(octets, attrs->acct[dir].octets);
	}
}

/**
 * fs_attrs_to_ct - give an entry its attributes, or newer ones
 * @node: the node
 * @ct: the entry, with the extensions that fs_attrs_prepare() gave it
 * @attrs: its attributes
 *
 * Context: RCU read lock. If others can reach the entry its lock is to be held.
 */
void fs_attrs_to_ct(struct fs_node *node, struct nf_conn *ct,
		    const struct fs_attrs *attrs)
{
	const struct fs_masks *masks = &node->masks;
	u32 labels[FS_LABELS / sizeof(u32)] = {};
	unsigned int i;

#if IS_ENABLED(CONFIG_NF_CONNTRACK_MARK)
	WRITE_ONCE(ct->mark, (mark_of(ct) & ~masks->mark) |
			     (attrs->has & FS_ATTR_MARK ?
			      attrs->mark & masks->mark : 0));
#endif
	protocol_to_ct(node, ct, attrs);
	account_to_ct(ct, attrs);
	fs_secmark_to_ct(node, ct, attrs);
	if (!nf_ct_labels_find(ct))
		return;
	if (attrs->has & FS_ATTR_LABELS)
		memcpy(labels, attrs->labels, sizeof(labels));
	for (i = 0; i < ARRAY_SIZE(labels); i++)
		labels[i] &= masks->labels[i];
	nf_connlabels_replace(ct, labels, masks->labels, ARRAY_SIZE(labels));
}
