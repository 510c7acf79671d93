// SPDX-License-Identifier: GPL-2.0
#include <linux/netfilter/nf_conntrack_pptp.h>
#include <linux/netfilter/nf_conntrack_proto_gre.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_nat.h>

#include "node.h"
#include "pptp.h"

#if IS_ENABLED(CONFIG_NF_CONNTRACK_PPTP)

static bool is_control(const struct nf_conn *ct)
{
	const struct nf_conn_help *help = nfct_help(ct);
	const struct nf_conntrack_helper *helper;

	helper = help ? rcu_dereference(help->helper) : NULL;
	return helper && !strcmp(helper->name, "pptp");
}

/**
 * fs_pptp_prepare - let the helper go on with a new control connection
 * @ct: the entry, not translated and not confirmed, with its helper
 *
 * Of one that has not told yet that it is open the helper lets pass what comes, too.
 *
 * Context: RCU read lock.
 * Return: false if there is no memory.
 */
bool fs_pptp_prepare(struct nf_conn *ct)
{
	struct nf_ct_pptp_master *info;

	if (!is_control(ct))
		return true;
	info = nfct_help_data(ct);
	info->sstate = PPTP_SESSION_CONFIRMED;
#if IS_ENABLED(CONFIG_NF_NAT_PPTP)
	/* Without this the helper drops the packets of one that is translated. */
	return nf_ct_nat_ext_add(ct);
#else
	return true;
#endif
}

/* How packets of a tunnel find it. A control connection has one call at a time: what
 * may be there is of another one, if it is not of this.
 */
static bool map_keys(struct nf_conn *control, struct nf_conntrack_tuple *out,
		     struct nf_conntrack_tuple *in)
{
	lockdep_assert_held(&control->lock);

	if (nf_ct_gre_keymap_add(control, IP_CT_DIR_ORIGINAL, out) == -EEXIST) {
		nf_ct_gre_keymap_destroy(control);
		if (nf_ct_gre_keymap_add(control, IP_CT_DIR_ORIGINAL, out))
			return false;
	}
	return !nf_ct_gre_keymap_add(control, IP_CT_DIR_REPLY, in);
}

/* What the client calls the call, which is translated to what the server hears. */
static void set_translation(struct nf_conn *control,
			    const struct nf_conntrack_tuple *out)
{
#if IS_ENABLED(CONFIG_NF_NAT_PPTP)
	struct nf_conn_nat *nat = nfct_nat(control);

	if (!nat)
		return;
	nat->help.nat_pptp_info.pns_call_id = out->src.u.gre.key;
	nat->help.nat_pptp_info.pac_call_id = out->dst.u.gre.key;
#endif
}

/* The call, from the tuples of what comes from its client, the end that opened the
 * control connection, and from its server.
 */
static void set_call(struct nf_conn *control,
		     const struct nf_conntrack_tuple *out,
		     const struct nf_conntrack_tuple *in)
{
	struct nf_ct_pptp_master *info = nfct_help_data(control);

	lockdep_assert_held(&control->lock);

	info->sstate = PPTP_SESSION_CONFIRMED;
	info->cstate = PPTP_CALL_OUT_CONF;
	info->pns_call_id = in->dst.u.gre.key;
	info->pac_call_id = out->dst.u.gre.key;
	set_translation(control, out);
}

/**
 * fs_pptp_tunnel - tell the helper of a tunnel that is installed
 * @node: the node
 * @ct: the entry, of GRE, translated and not confirmed, with its master if it has one
 *
 * The helper's own lock cannot be had: a reply to a call that passes at this moment
 * may be lost on it, and its connection closed by its ends.
 *
 * Context: RCU read lock; softirq or process.
 */
void fs_pptp_tunnel(struct fs_node *node, struct nf_conn *ct)
{
	struct nf_conn *control = ct->master;
	struct nf_conntrack_tuple out, in;
	enum ip_conntrack_dir dir;
	bool good;

	if (!control || nf_ct_protonum(control) != IPPROTO_TCP ||
	    !is_control(control))
		return;
	/* Its first packet may have come from either end. */
	dir = nf_inet_addr_cmp(&nf_ct_tuple(ct, IP_CT_DIR_ORIGINAL)->src.u3,
			       &nf_ct_tuple(control, IP_CT_DIR_ORIGINAL)->src.u3) ?
	      IP_CT_DIR_ORIGINAL : IP_CT_DIR_REPLY;
	out = *nf_ct_tuple(ct, dir);
	in = *nf_ct_tuple(ct, !dir);
	spin_lock_bh(&control->lock);
	set_call(control, &out, &in);
	good = map_keys(control, &out, &in);
	spin_unlock_bh(&control->lock);
	if (!good)
		fs_stat_inc(node, install_no_helper);
}

#else

bool fs_pptp_prepare(struct nf_conn *ct)
{
	return true;
}

void fs_pptp_tunnel(struct fs_node *node, struct nf_conn *ct)
{
}

#endif
