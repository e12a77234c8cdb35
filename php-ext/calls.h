/* What calls of components share with bridge/ext. */
#ifndef PHALANX_CALLS_H
#define PHALANX_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An argument or a result that crosses as it is. goengine/component.Slot */
typedef union {
	int64_t number;
	double real;
	bool truth;
	struct {
		const char *data;
		int64_t len;
	} text;
} phx_slot;

/* Room for what a call answers: of the caller (data, cap), or, when that is too small, of malloc() (more), which the
 * caller frees. */
typedef struct {
	char *data;
	size_t cap, len;
	char *more;
} phx_reply;

/* goengine/component.Outcome */
enum { PHX_DONE, PHX_MISMATCH, PHX_FAILURE, PHX_STARTED, PHX_NO_OBJECT };

/* goengine/loop.WakeArg: not a command, but mail of calls */
#define PHX_POSTED_MAIL 1

/* goengine/component.Bell: what a thread says of itself to those who write to it. Both sides use atomic operations. */
typedef struct {
	uint32_t asleep, mail;
} phx_bell;
enum { PHX_AWAKE, PHX_ASLEEP_IN_LOOP, PHX_ASLEEP_IN_CALL };

/* goengine/component.Mail */
typedef struct {
	int32_t kind;
	uint64_t id, aux;
} phx_mail;
enum { PHX_CALL_DONE = 1, PHX_CALL_CALLABLE, PHX_DROP_CALLABLE };

#endif
