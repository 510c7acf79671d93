// SPDX-License-Identifier: GPL-2.0
/* What the kernel answers: attributes, and replies kept for later */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/genetlink.h>

#include "cmd.h"
#include "out.h"
#include "parse.h"
#include "reply.h"

#define ROWS_STEP	32768

/* Sort attributes by type; one that occurs twice counts where it stands first */
static void sort(const struct nlattr *attr, const struct nlattr **attrs,
		 unsigned int max)
{
	uint16_t type = mnl_attr_get_type(attr);

	if (type <= max && !attrs[type])
		attrs[type] = attr;
}

/**
 * attrs_of_message - sort the attributes of a generic netlink message by type
 * @message: the message
 * @attrs: where they go, @max + 1 of them; NULL where there is none
 * @max: the highest type known
 */
void attrs_of_message(const struct nlmsghdr *message,
		      const struct nlattr **attrs, unsigned int max)
{
	const struct nlattr *attr;

	memset(attrs, 0, (max + 1) * sizeof(*attrs));
	if (mnl_nlmsg_get_payload_len(message) < sizeof(struct genlmsghdr))
		return;
	mnl_attr_for_each(attr, message, sizeof(struct genlmsghdr))
		sort(attr, attrs, max);
}

/**
 * attrs_of_nest - sort the attributes in a nested one by their type
 * @nest: the nested attribute, or NULL
 * @attrs: where they go, @max + 1 of them; NULL where there is none
 * @max: the highest type known
 */
void attrs_of_nest(const struct nlattr *nest, const struct nlattr **attrs,
		   unsigned int max)
{
	const struct nlattr *attr;

	memset(attrs, 0, (max + 1) * sizeof(*attrs));
	if (!nest)
		return;
	mnl_attr_for_each_nested(attr, nest)
		sort(attr, attrs, max);
}

/**
 * attr_uint - read an unsigned number of whatever width the kernel gave it
 * @attr: attribute, or NULL
 *
 * Return: the number, 0 if there is none.
 */
uint64_t attr_uint(const struct nlattr *attr)
{
	switch (attr ? mnl_attr_get_payload_len(attr) : 0) {
	case 1:
		return mnl_attr_get_u8(attr);
	case 2:
		return mnl_attr_get_u16(attr);
	case 4:
		return mnl_attr_get_u32(attr);
	case 8:
		return mnl_attr_get_u64(attr);
	default:
		return 0;
	}
}

/**
 * attr_port - read a port
 * @attr: attribute in network order, or NULL
 *
 * Return: the port in host order, 0 if there is none.
 */
uint16_t attr_port(const struct nlattr *attr)
{
	return ntohs(attr_uint(attr));
}

/**
 * attr_string - read a string
 * @attr: attribute, or NULL
 *
 * Return: the string, "" if there is none or it has no end.
 */
const char *attr_string(const struct nlattr *attr)
{
	if (!attr || mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) < 0)
		return "";
	return mnl_attr_get_payload(attr);
}

/**
 * attr_address - read an IP address
 * @attr: attribute of 4 or 16 octets, or NULL
 * @text: room for the text
 *
 * Return: the address as text, "?" if there is none.
 */
const char *attr_address(const struct nlattr *attr, char text[ADDRESS_TEXT])
{
	size_t length = attr ? mnl_attr_get_payload_len(attr) : 0;

	if (length != 4 && length != 16)
		return "?";
	return inet_ntop(length == 4 ? AF_INET : AF_INET6,
			 mnl_attr_get_payload(attr), text, ADDRESS_TEXT);
}

/* The kernel's sentence among the attributes from offset on, or NULL */
static const char *kernel_text(const struct nlmsghdr *message, size_t offset)
{
	const struct nlattr *attr;

	if (!(message->nlmsg_flags & NLM_F_ACK_TLVS) ||
	    mnl_nlmsg_get_payload_len(message) < offset)
		return NULL;
	mnl_attr_for_each(attr, message, offset)
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG)
			return attr_string(attr);
	return NULL;
}

/**
 * verdict - report what the kernel's last message on a request says
 * @message: of type ERROR or DONE
 * @where: what was asked for, for messages
 *
 * Return: enum status.
 */
int verdict(const struct nlmsghdr *message, const char *where)
{
	const struct nlmsgerr *error = mnl_nlmsg_get_payload(message);
	size_t length = mnl_nlmsg_get_payload_len(message);
	size_t offset = sizeof(int);
	const char *text;

	if (message->nlmsg_type == NLMSG_ERROR) {
		offset = sizeof(*error);
		if (length < offset) {
			complain(where, "the kernel's answer is too short");
			return STATUS_REFUSED;
		}
		if (!(message->nlmsg_flags & NLM_F_CAPPED))
			offset += MNL_ALIGN(error->msg.nlmsg_len) -
				  MNL_NLMSG_HDRLEN;
	} else if (length < offset) {
		return STATUS_DONE;
	}
	text = kernel_text(message, offset);
	if (!error->error) {
		if (text)
			complain(where, "warning: %s", text);
		return STATUS_DONE;
	}
	if (error->error == -ENOENT && message->nlmsg_type == NLMSG_ERROR &&
	    error->msg.nlmsg_type == GENL_ID_CTRL)
		complain("", "the flowsync module is not loaded in this kernel: load it with \"modprobe flowsync\"");
	else if (text)
		complain(where, "%s", text);
	else if (error->error == -EPERM)
		complain(where, "CAP_NET_ADMIN is needed in this network namespace");
	else if (error->error == -EOPNOTSUPP)
		complain(where, "the module does not know this request: it is of another version than flowsyncctl");
	else
		complain(where, "%s", strerror(-error->error));
	return STATUS_REFUSED;
}

/**
 * rows_init - begin without replies, and with room for some
 * @rows: the replies
 */
void rows_init(struct rows *rows)
{
	memset(rows, 0, sizeof(*rows));
	rows->data = malloc(ROWS_STEP);
	rows->size = rows->data ? ROWS_STEP : 0;
}

/**
 * rows_keep - keep one more reply
 * @message: the reply
 * @data: struct rows
 *
 * Return: false, and no replies kept, when out of memory.
 */
bool rows_keep(const struct nlmsghdr *message, void *data)
{
	size_t length = MNL_ALIGN(message->nlmsg_len);
	struct rows *rows = data;
	char *grown;

	if (rows->size - rows->length < length) {
		grown = realloc(rows->data, 2 * rows->size + ROWS_STEP);
		if (!grown) {
			rows_free(rows);
			return false;
		}
		rows->data = grown;
		rows->size = 2 * rows->size + ROWS_STEP;
	}
	memset(rows->data + rows->length + length - MNL_ALIGNTO, 0,
	       MNL_ALIGNTO);
	memcpy(rows->data + rows->length, message, message->nlmsg_len);
	rows->length += length;
	return true;
}

/**
 * rows_next - read the replies one by one
 * @rows: the replies
 * @type: the nested attribute that is looked for, enum flowsync_attr
 *
 * Return: it, or NULL after the last reply.
 */
const struct nlattr *rows_next(struct rows *rows, uint16_t type)
{
	const struct nlattr *attrs[FLOWSYNC_A_MAX + 1];
	const struct nlmsghdr *message;

	while (rows->next < rows->length) {
		message = (const void *)(rows->data + rows->next);
		rows->next += MNL_ALIGN(message->nlmsg_len);
		attrs_of_message(message, attrs, FLOWSYNC_A_MAX);
		if (attrs[type])
			return attrs[type];
	}
	return NULL;
}

/**
 * rows_print - print the replies, in JSON as an array of objects
 * @out: printer
 * @key: the array's JSON name, NULL at the outermost level
 * @rows: the replies
 * @type: the nested attribute to print, enum flowsync_attr
 * @print: prints one
 */
void rows_print(struct out *out, const char *key, struct rows *rows,
		uint16_t type,
		void (*print)(struct out *out, const struct nlattr *nest))
{
	const struct nlattr *nest;

	out_array(out, key);
	while ((nest = rows_next(rows, type))) {
		out_object(out, NULL);
		print(out, nest);
		out_object_end(out);
		out_end(out);
	}
	out_array_end(out);
}

/**
 * rows_free - forget the replies
 * @rows: the replies
 */
void rows_free(struct rows *rows)
{
	free(rows->data);
	memset(rows, 0, sizeof(*rows));
}
