/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FLOWSYNCCTL_OUT_H
#define FLOWSYNCCTL_OUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define OUT_DEPTH 8

/**
 * struct out - a printer: every call writes text or JSON, as it was asked to
 * @file: where to
 * @json: JSON, else text
 * @pretty: JSON over several lines, indented
 * @details: print what only -d asks for; JSON always has it
 * @stats: print what only -s asks for; JSON always has it
 * @oneline: out_line() does not break the line
 * @begun: something stands on this line of text already
 * @depth: JSON objects and arrays that are open
 * @more: JSON, per depth: an element was written, the next needs a comma
 *
 * Text is a sequence of words with one space between them. A value takes its
 * JSON name from @key and the word before it in text from @label: "" for the
 * bare value, NULL for a value that text does not have.
 */
struct out {
	FILE *file;
	bool json;
	bool pretty;
	bool details;
	bool stats;
	bool oneline;
	bool begun;
	unsigned int depth;
	bool more[OUT_DEPTH];
};

void out_object(struct out *out, const char *key);
void out_object_end(struct out *out);
void out_array(struct out *out, const char *key);
void out_array_end(struct out *out);

void out_string(struct out *out, const char *key, const char *label,
		const char *value);
void out_uint(struct out *out, const char *key, const char *label,
	      uint64_t value);
void out_unit(struct out *out, const char *key, const char *label,
	      uint64_t value, const char *unit);
void out_hex(struct out *out, const char *key, const char *label,
	     uint64_t value);

void out_text(struct out *out, const char *text);
void out_line(struct out *out, const char *indent);
void out_end(struct out *out);
bool out_broken(const struct out *out);
int out_close(struct out *out);

#endif
