// SPDX-License-Identifier: GPL-2.0
/* The printer: text or JSON from the same call */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "out.h"

static void json_break(struct out *out)
{
	unsigned int i;

	if (!out->pretty)
		return;
	putc('\n', out->file);
	for (i = 0; i < out->depth; i++)
		fputs("    ", out->file);
}

/*
 * Octets of the UTF-8 character at s, 0 if there is none. A string ends in a
 * NUL, which is no continuation octet: this never reads past it.
 */
static size_t utf8_length(const unsigned char *s)
{
	size_t i, len;

	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	len = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	for (i = 1; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	/* the long way to write a short one, surrogates, past the last */
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return len;
}

/* Octets from s on that stand for themselves: nearly always all of them */
static size_t plain_length(const unsigned char *s)
{
	size_t len = 0;

	while (s[len] >= 0x20 && s[len] < 0x7f && s[len] != '"' &&
	       s[len] != '\\')
		len++;
	return len;
}

static void json_string(struct out *out, const char *value)
{
	const unsigned char *s = (const unsigned char *)value;
	size_t len;

	putc('"', out->file);
	for (; *s; s += len ? len : 1) {
		len = plain_length(s);
		if (len) {
			fwrite(s, 1, len, out->file);
			continue;
		}
		len = utf8_length(s);
		if (!len)
			fputs("\\ufffd", out->file);
		else if (*s == '"' || *s == '\\')
			fprintf(out->file, "\\%c", *s);
		else if (*s < 0x20 || *s == 0x7f)
			fprintf(out->file, "\\u%04x", *s);
		else
			fwrite(s, 1, len, out->file);
	}
	putc('"', out->file);
}

/* Whoever chose a name must not thereby write to the terminal's controls */
static void text_string(struct out *out, const char *value)
{
	const unsigned char *s = (const unsigned char *)value;
	size_t len;

	for (; *s; s += len ? len : 1) {
		len = utf8_length(s);
		if (!len || *s < 0x20 || *s == 0x7f ||
		    (s[0] == 0xc2 && s[1] < 0xa0))
			putc('?', out->file);
		else
			fwrite(s, 1, len, out->file);
	}
}

static void json_lead(struct out *out, const char *key)
{
	if (out->depth) {
		if (out->more[out->depth - 1])
			putc(',', out->file);
		/* of an array of rows, each is a line */
		if (out->more[0] && out->depth == 1 && !key && !out->pretty)
			putc('\n', out->file);
		out->more[out->depth - 1] = true;
		json_break(out);
	}
	if (!key)
		return;
	json_string(out, key);
	fputs(out->pretty ? ": " : ":", out->file);
}

static void json_open(struct out *out, const char *key, char bracket)
{
	if (!out->json)
		return;
	json_lead(out, key);
	putc(bracket, out->file);
	out->more[out->depth++] = false;
}

static void json_close(struct out *out, char bracket)
{
	if (!out->json)
		return;
	if (out->more[--out->depth])
		json_break(out);
	putc(bracket, out->file);
	if (!out->depth)
		putc('\n', out->file);
}

static void text_lead(struct out *out)
{
	if (out->begun)
		putc(' ', out->file);
	out->begun = true;
}

/* Write what comes before a value; false: the value is not for this form */
static bool lead(struct out *out, const char *key, const char *label)
{
	if (out->json) {
		json_lead(out, key);
		return true;
	}
	if (!label)
		return false;
	text_lead(out);
	if (*label)
		fprintf(out->file, "%s ", label);
	return true;
}

/**
 * out_object - open a JSON object
 * @out: printer
 * @key: its name, NULL in an array and at the outermost level
 */
void out_object(struct out *out, const char *key)
{
	json_open(out, key, '{');
}

/**
 * out_object_end - close the JSON object opened last
 * @out: printer
 */
void out_object_end(struct out *out)
{
	json_close(out, '}');
}

/**
 * out_array - open a JSON array
 * @out: printer
 * @key: its name, NULL in an array and at the outermost level
 */
void out_array(struct out *out, const char *key)
{
	json_open(out, key, '[');
}

/**
 * out_array_end - close the JSON array opened last
 * @out: printer
 */
void out_array_end(struct out *out)
{
	json_close(out, ']');
}

/**
 * out_string - print a string
 * @out: printer
 * @key: JSON name, NULL in an array
 * @label: word before it in text, "" for none, NULL for no text
 * @value: the string
 */
void out_string(struct out *out, const char *key, const char *label,
		const char *value)
{
	if (!lead(out, key, label))
		return;
	if (out->json)
		json_string(out, value);
	else
		text_string(out, value);
}

/**
 * out_unit - print a number that has a unit in text
 * @out: printer
 * @key: JSON name, NULL in an array
 * @label: word before it in text, "" for none, NULL for no text
 * @value: the number
 * @unit: what stands right behind it in text
 */
void out_unit(struct out *out, const char *key, const char *label,
	      uint64_t value, const char *unit)
{
	char digits[20], *first = digits + sizeof(digits);

	if (!lead(out, key, label))
		return;
	/* a table has tens of millions: that is no work for printf */
	do {
		*--first = '0' + value % 10;
		value /= 10;
	} while (value);
	fwrite(first, 1, digits + sizeof(digits) - first, out->file);
	if (!out->json)
		fputs(unit, out->file);
}

/**
 * out_uint - print a number
 * @out: printer
 * @key: JSON name, NULL in an array
 * @label: word before it in text, "" for none, NULL for no text
 * @value: the number
 */
void out_uint(struct out *out, const char *key, const char *label,
	      uint64_t value)
{
	out_unit(out, key, label, value, "");
}

/**
 * out_hex - print 64 bits that are a name more than a number
 * @out: printer
 * @key: JSON name, NULL in an array
 * @label: word before it in text, "" for none, NULL for no text
 * @value: the bits
 *
 * A string in JSON, whose readers round numbers of more than 53 bits.
 */
void out_hex(struct out *out, const char *key, const char *label,
	     uint64_t value)
{
	char hex[17];

	snprintf(hex, sizeof(hex), "%016" PRIx64, value);
	out_string(out, key, label, hex);
}

/**
 * out_text - print a word that JSON does not have
 * @out: printer
 * @text: the word
 */
void out_text(struct out *out, const char *text)
{
	if (!out->json)
		out_string(out, NULL, "", text);
}

/**
 * out_line - go on in a new line of text
 * @out: printer
 * @indent: what it begins with
 */
void out_line(struct out *out, const char *indent)
{
	if (out->json || out->oneline)
		return;
	fprintf(out->file, "\n%s", indent);
	out->begun = false;
}

/**
 * out_end - end the line of text
 * @out: printer
 */
void out_end(struct out *out)
{
	if (out->json || !out->begun)
		return;
	putc('\n', out->file);
	out->begun = false;
}

/**
 * out_broken - tell whether writing has failed
 * @out: printer
 *
 * Return: true if nothing more will arrive: stop asking the kernel.
 */
bool out_broken(const struct out *out)
{
	return ferror(out->file);
}

/**
 * out_close - write out what is buffered, and close
 * @out: printer
 *
 * Return: 0, or the error that kept some of the output from being written.
 */
int out_close(struct out *out)
{
	bool broken = ferror(out->file);

	if (fclose(out->file))
		return errno;
	return broken ? EIO : 0;
}
