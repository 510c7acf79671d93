// SPDX-License-Identifier: GPL-2.0
/* genkey: pre-shared keys, made and read; base64, as wg(8) has them */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"
#include "key.h"
#include "out.h"
#include "parse.h"

#define TEXT	44	/* a key in base64: 32 octets, and one "=" */

static const char digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void encode(const unsigned char key[FLOWSYNC_KEY_LENGTH],
		   char text[TEXT + 1])
{
	unsigned int i, bits = 0, value = 0;
	char *to = text;

	for (i = 0; i < FLOWSYNC_KEY_LENGTH; i++) {
		value = value << 8 | key[i];
		for (bits += 8; bits >= 6; bits -= 6)
			*to++ = digits[value >> (bits - 6) & 63];
	}
	*to++ = digits[value << (6 - bits) & 63];
	*to++ = '=';
	*to = '\0';
}

/* Only what encode() makes: nothing is left over in the last digit. */
static bool decode(const char *text, unsigned char key[FLOWSYNC_KEY_LENGTH])
{
	unsigned int i, bits = 0, value = 0;
	unsigned char *to = key;

	for (i = 0; i < TEXT - 1; i++) {
		const char *digit = text[i] ? strchr(digits, text[i]) : NULL;

		if (!digit)
			return false;
		value = value << 6 | (unsigned int)(digit - digits);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			*to++ = (unsigned char)(value >> bits);
		}
	}
	return text[TEXT - 1] == '=' && !(value & ((1u << bits) - 1));
}

/* Read a whole file of a few octets; -1 with errno set. */
static ssize_t read_all(int fd, char *text, size_t room)
{
	size_t len = 0;
	ssize_t got;

	do {
		got = read(fd, text + len, room - len);
		if (got > 0)
			len += (size_t)got;
	} while ((got > 0 && len < room) || (got < 0 && errno == EINTR));
	return got < 0 ? -1 : (ssize_t)len;
}

static int read_key(const struct words *words, const char *path, int fd,
		    unsigned char key[FLOWSYNC_KEY_LENGTH])
{
	char text[TEXT + 3];
	struct stat stat;
	bool good = false;
	ssize_t len;

	if (!fstat(fd, &stat) && S_ISREG(stat.st_mode) &&
	    stat.st_mode & (S_IRWXG | S_IRWXO))
		complain(words->where, "warning: others may read \"%s\": chmod 600",
			 path);
	len = read_all(fd, text, sizeof(text));
	if (len < 0) {
		complain(words->where, "cannot read \"%s\": %s", path,
			 strerror(errno));
		return STATUS_REFUSED;
	}
	/* with the end of its line, or without */
	if (len == TEXT || (len == TEXT + 1 && text[TEXT] == '\n'))
		good = decode(text, key);
	explicit_bzero(text, sizeof(text));
	if (good)
		return STATUS_DONE;
	explicit_bzero(key, FLOWSYNC_KEY_LENGTH);
	complain(words->where, "\"%s\" is not a key: make one with \"flowsyncctl genkey\"",
		 path);
	return STATUS_REFUSED;
}

/**
 * words_key - read the word that says where a key is, and the key
 * @words: the words; of the key itself there is nothing in them
 * @what: the word before, for complaints
 * @key: where it goes; the caller wipes it
 *
 * Return: enum status.
 */
int words_key(struct words *words, const char *what,
	      unsigned char key[FLOWSYNC_KEY_LENGTH])
{
	const char *path;
	int err, fd;

	err = words_value(words, what, &path);
	if (err)
		return err;
	if (!strcmp(path, "-"))
		return read_key(words, path, STDIN_FILENO, key);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		complain(words->where, "cannot open \"%s\": %s", path,
			 strerror(errno));
		return STATUS_REFUSED;
	}
	err = read_key(words, path, fd, key);
	close(fd);
	return err;
}

static int genkey(struct out *out, struct words *words)
{
	unsigned char key[FLOWSYNC_KEY_LENGTH];
	char text[TEXT + 1];
	struct stat stat;
	int err;

	err = words_end(words);
	if (err)
		return err;
	if (getrandom(key, sizeof(key), 0) != (ssize_t)sizeof(key)) {
		complain(words->where, "no random octets: %s", strerror(errno));
		return STATUS_REFUSED;
	}
	if (!fstat(STDOUT_FILENO, &stat) && S_ISREG(stat.st_mode) &&
	    stat.st_mode & S_IRWXO)
		complain(words->where, "warning: others may read the file: set umask 077 first");
	encode(key, text);
	explicit_bzero(key, sizeof(key));
	fprintf(out->file, "%s\n", text);
	explicit_bzero(text, sizeof(text));
	return STATUS_DONE;
}

/**
 * genkey_object - make a key, for both sides of a peer
 * @out: printer
 * @words: the words after "genkey"
 *
 * Return: enum status.
 */
int genkey_object(struct out *out, struct words *words)
{
	static const struct command commands[] = {
		{ "", genkey, "", "print a new key, for both sides of a peer" },
		{ 0 }
	};

	return words_run(out, words, commands, NULL);
}
