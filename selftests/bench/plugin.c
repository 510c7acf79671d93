// SPDX-License-Identifier: GPL-2.0
/*
 * A plugin for QEMU that counts the instructions run in each block of code
 * between two marks. At every second mark it writes "ADDRESS INSTRUCTIONS" of
 * each block to a new file: its argument, and .1, .2 and so on. The mark is an
 * instruction that nothing else uses, prefetchnta of the address 0x464c4f57: see
 * ruler_mark().
 *
 * Debian has QEMU without the header for plugins: what is used of its interface,
 * version 1, is declared here.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef struct qemu_info_t qemu_info_t;

enum { QEMU_PLUGIN_CB_NO_REGS };
enum { QEMU_PLUGIN_INLINE_ADD_U64 };

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
			char **argv);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
	void (*cb)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb));
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb, int op,
					      void *ptr, uint64_t imm);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
	void (*cb)(unsigned int vcpu, void *data), int flags, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb,
						 size_t n);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);

int qemu_plugin_version = 1;

#define BLOCKS	(1u << 20)

static struct block {
	uint64_t address;
	uint64_t insns;
} blocks[BLOCKS];
static const char *path;
static unsigned int marks;

static const uint8_t mark[] = { 0x0f, 0x18, 0x04, 0x25, 'W', 'O', 'L', 'F' };

/* The block that begins at an address, in as many translations as it may. All
 * that is not the kernel's is one, as if it were at address 1.
 */
static struct block *find(uint64_t address)
{
	uint32_t i, n;

	if (!(address >> 63))
		address = 1;
	i = (address * 0x9e3779b97f4a7c15ull) >> 44;

	for (n = 0; n < BLOCKS; n++, i = (i + 1) % BLOCKS) {
		if (!blocks[i].address)
			blocks[i].address = address;
		if (blocks[i].address == address)
			return &blocks[i];
	}
	fprintf(stderr, "plugin: too many blocks\n");
	exit(1);
}

static void marked(unsigned int vcpu, void *data)
{
	char name[4096];
	uint32_t i;
	FILE *out;

	(void)vcpu;
	(void)data;
	if (++marks % 2) {
		for (i = 0; i < BLOCKS; i++)
			blocks[i].insns = 0;
		return;
	}
	snprintf(name, sizeof(name), "%s.%u", path, marks / 2);
	out = fopen(name, "w");
	if (!out)
		return;
	for (i = 0; i < BLOCKS; i++)
		if (blocks[i].insns)
			fprintf(out, "%llx %llu\n",
				(unsigned long long)blocks[i].address,
				(unsigned long long)blocks[i].insns);
	fclose(out);
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb), i;

	(void)id;
	qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64,
		&find(qemu_plugin_tb_vaddr(tb))->insns, n);
	for (i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		if (qemu_plugin_insn_size(insn) == sizeof(mark) &&
		    !memcmp(qemu_plugin_insn_data(insn), mark, sizeof(mark)))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, marked,
				QEMU_PLUGIN_CB_NO_REGS, NULL);
	}
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
			char **argv)
{
	(void)info;
	if (argc != 1)
		return -1;
	path = argv[0];
	if (!strncmp(path, "out=", 4))
		path += 4;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
