// SPDX-License-Identifier: GPL-2.0
#include <net/genetlink.h>

#include "event.h"
#include "link.h"
#include "netlink.h"
#include "node.h"
#include "peer.h"
#include "show.h"

static struct sk_buff *begin(struct net *net, enum flowsync_event event,
			     const char *cause, void **header)
{
	struct sk_buff *skb;

	if (!genl_has_listeners(&fs_genl_family, net, FS_GENL_EVENTS))
		return NULL;
	skb = genlmsg_new(FS_SHOW_SIZE, GFP_ATOMIC);
	if (!skb)
		return NULL;
	*header = genlmsg_put(skb, 0, 0, &fs_genl_family, 0,
			      FLOWSYNC_CMD_EVENT);
	if (!*header || nla_put_u32(skb, FLOWSYNC_A_EVENT, event) ||
	    nla_put_string(skb, FLOWSYNC_A_EVENT_CAUSE, cause)) {
		nlmsg_free(skb);
		return NULL;
	}
	return skb;
}

static void end(struct net *net, struct sk_buff *skb, void *header, int err)
{
	if (err) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, header);
	genlmsg_multicast_netns(&fs_genl_family, net, skb, 0, FS_GENL_EVENTS,
				GFP_ATOMIC);
}

static void report(struct fs_peer *peer, const struct fs_link *link,
		   enum flowsync_event event, const char *cause)
{
	struct net *net = peer->node->net;
	struct sk_buff *skb;
	void *header;

	skb = begin(net, event, cause, &header);
	if (skb)
		end(net, skb, header, fs_show_peer(skb, peer, link));
}

/**
 * fs_event_node - report an event about the node
 * @node: the node
 * @event: what happened
 * @cause: why, a short text
 *
 * Context: process: the node's walk.
 */
void fs_event_node(struct fs_node *node, enum flowsync_event event,
		   const char *cause)
{
	struct sk_buff *skb;
	void *header;

	skb = begin(node->net, event, cause, &header);
	if (skb)
		end(node->net, skb, header, fs_show_node(skb, node));
}

/**
 * fs_event_refused - report that something was refused
 * @node: the node
 * @stat: enum fs_stat, the counter of the cause
 * @count: how many since the last report of it
 * @cause: why, a short text
 *
 * Context: process: the node's walk.
 */
void fs_event_refused(struct fs_node *node, unsigned int stat, u64 count,
		      const char *cause)
{
	struct sk_buff *skb;
	void *header;

	skb = begin(node->net, FLOWSYNC_EVENT_REFUSED, cause, &header);
	if (skb)
		end(node->net, skb, header, fs_show_node(skb, node) ?:
		    fs_show_count(skb, stat, count));
}

/**
 * fs_event_peer - report an event about a peer
 * @peer: the peer
 * @event: what happened
 * @cause: why, a short text
 *
 * Context: process: a peer's work.
 */
void fs_event_peer(struct fs_peer *peer, enum flowsync_event event,
		   const char *cause)
{
	report(peer, NULL, event, cause);
}

/**
 * fs_event_link - report an event about a link; no other link is in it
 * @link: the link
 * @event: what happened
 * @cause: why, a short text
 *
 * Context: process: a peer's work, or fs_net.lock held.
 */
void fs_event_link(struct fs_link *link, enum flowsync_event event,
		   const char *cause)
{
	report(link->peer, link, event, cause);
}

/**
 * fs_event_group - report an event about a group
 * @group: the group
 * @event: what happened
 * @cause: why, a short text
 *
 * Context: any; the group must not go away.
 */
void fs_event_group(struct fs_group *group, enum flowsync_event event,
		    const char *cause)
{
	struct net *net = group->node->net;
	struct sk_buff *skb;
	void *header;

	skb = begin(net, event, cause, &header);
	if (skb)
		end(net, skb, header, fs_show_group(skb, group));
}

/**
 * fs_event_flow - report that a flow which only a peer has is not taken over
 * @group: the flow's group
 * @peer: the peer, which gave the group up
 * @rec: the flow's checkpoint
 * @result: enum fs_installed
 * @cause: why, a short text
 *
 * Context: any.
 */
void fs_event_flow(struct fs_group *group, struct fs_peer *peer,
		   const struct fs_record *rec, u8 result, const char *cause)
{
	struct net *net = group->node->net;
	struct sk_buff *skb;
	void *header;

	skb = begin(net, FLOWSYNC_EVENT_FLOW_LOST, cause, &header);
	if (skb)
		end(net, skb, header,
		    fs_show_told(skb, group->id, peer, rec, result));
}
