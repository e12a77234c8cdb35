/*
 * What may be seen of a worker slot's thread from outside, and asked of it: where its PHP is, and to end
 * what takes too long. Nothing here is on a message's way but two stores into memory of the thread's own.
 *
 * PHP's virtual machine looks at EG(vm_interrupt) at each call and each turn of a loop, compiled code too.
 * Who waits in the kernel does not come to that: a signal with an empty handler makes the call return,
 * where PHP's function does not just wait again.
 */
#include "phalanx.h"

#include <Zend/zend_observer.h>
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define PHX_NUDGE (SIGRTMIN + 11) /* PHP's own timer has SIGRTMIN */
#define PHX_STACK_DEPTH 64
#define PHX_NAME_SIZE 512

__thread phx_vitals phx_thread_vitals;

static void (*phx_interrupt_original)(zend_execute_data *execute_data);

/* ---- the stack ---- */

/* Reads memory that may be gone: the thread whose it is may be at work. */
static bool phx_peek(const void *from, void *to, size_t n)
{
	struct iovec local = {to, n}, remote = {(void *) from, n};
	return from != NULL && process_vm_readv(getpid(), &local, 1, &remote, 1, 0) == (ssize_t) n;
}

static void phx_peek_string(const zend_string *from, char *to)
{
	zend_string head;

	to[0] = '?';
	to[1] = '\0';
	if (!phx_peek(from, &head, offsetof(zend_string, val)) || GC_TYPE(&head) != IS_STRING ||
		ZSTR_LEN(&head) >= PHX_NAME_SIZE) {
		return;
	}
	if (phx_peek((const char *) from + offsetof(zend_string, val), to, ZSTR_LEN(&head))) {
		to[ZSTR_LEN(&head)] = '\0';
	}
}

static size_t phx_frame_write(const zend_execute_data *frame, char *out, size_t room)
{
	zend_function fn;
	zend_op op;
	zend_class_entry scope;
	char name[PHX_NAME_SIZE], class[PHX_NAME_SIZE] = "", file[PHX_NAME_SIZE], place[PHX_NAME_SIZE + 32] = "";

	if (!phx_peek(frame->func, &fn, sizeof(fn.common))) {
		return 0;
	}
	if (fn.common.function_name == NULL) {
		strcpy(name, "{main}");
	} else {
		phx_peek_string(fn.common.function_name, name);
		strcat(name, "()");
	}
	if (fn.common.scope != NULL && phx_peek(fn.common.scope, &scope, offsetof(zend_class_entry, parent))) {
		phx_peek_string(scope.name, class);
		class[strlen(class) + 1] = '\0';
		strcat(class, fn.common.fn_flags & ZEND_ACC_STATIC ? "::" : "->");
	}
	if (ZEND_USER_CODE(fn.common.type)) {
		if (!phx_peek(frame->func, &fn, sizeof(fn.op_array))) {
			return 0;
		}
		phx_peek_string(fn.op_array.filename, file);
		uint32_t line = phx_peek(frame->opline, &op, sizeof(op)) ? op.lineno : 0;
		snprintf(place, sizeof(place), " %s:%u", file, line);
	}
	int n = snprintf(out, room, "%s%s%s\n", class, name, place);
	return n > 0 && (size_t) n < room ? (size_t) n : 0;
}

/*
 * The functions that a thread's PHP is in, innermost first, a line each; arguments may be secrets and are left
 * out. The thread is the calling one, or it has not come to its next instruction for a while: in one that is at
 * work, names might be read while they go.
 */
size_t phx_stack_write(const phx_vitals *v, char *out, size_t room)
{
	zend_execute_data *at, frame;
	size_t len = 0;

	if (!phx_peek(v->frame, &at, sizeof(at))) {
		return 0;
	}
	for (int depth = 0; depth < PHX_STACK_DEPTH && at != NULL && phx_peek(at, &frame, sizeof(frame)); depth++) {
		if (frame.func != NULL) { /* none: a generator's placeholder */
			len += phx_frame_write(&frame, out + len, room - len);
		}
		at = frame.prev_execute_data;
	}
	return len;
}

/* ---- asking ---- */

/* Has the thread do what PHX_ASK_* say at its next instruction. */
void phx_vitals_ask(phx_vitals *v, int32_t what)
{
	__atomic_fetch_or(&v->asked, what, __ATOMIC_SEQ_CST);
	zend_atomic_bool_store_ex((zend_atomic_bool *) v->interrupt, true);
}

/* Has the thread come back from a call of the kernel, once. */
void phx_vitals_nudge(const phx_vitals *v)
{
	syscall(SYS_tgkill, getpid(), v->thread, PHX_NUDGE);
}

static void phx_nudged(int sig)
{
}

static void phx_interrupt(zend_execute_data *execute_data)
{
	phx_vitals *v = &phx_thread_vitals;
	int32_t asked = __atomic_exchange_n(&v->asked, 0, __ATOMIC_SEQ_CST);

	if (phx_interrupt_original) {
		phx_interrupt_original(execute_data);
	}
	if (UNEXPECTED(asked & PHX_ASK_STACK)) {
		v->stack_len = phx_stack_write(v, v->stack, sizeof(v->stack));
		__atomic_fetch_add(&v->answered, 1, __ATOMIC_SEQ_CST);
	}
	if (UNEXPECTED(asked & PHX_ASK_END) && v->alive && v->step == v->step_asked) {
		__atomic_fetch_add(&v->ended, 1, __ATOMIC_SEQ_CST);
		zend_error_noreturn(E_ERROR, "%s", v->why);
	}
}

/* ---- Fibers ---- */

static void phx_fiber_born(zend_fiber_context *context)
{
	phx_thread_vitals.fibers++;
}

static void phx_fiber_gone(zend_fiber_context *context)
{
	phx_thread_vitals.fibers--;
}

/* ---- life ---- */

void phx_vitals_install(void)
{
	struct sigaction empty = {.sa_handler = phx_nudged, .sa_flags = SA_ONSTACK};

	phx_interrupt_original = zend_interrupt_function;
	zend_interrupt_function = phx_interrupt;
	zend_observer_fiber_init_register(phx_fiber_born);
	zend_observer_fiber_destroy_register(phx_fiber_gone);
	if (phx_main_script != NULL) { /* a server process; elsewhere the signal is the script's */
		sigaction(PHX_NUDGE, &empty, NULL);
	}
}

/* The calling thread's script has become a slot. */
phx_vitals *phx_vitals_begin(void)
{
	phx_vitals *v = &phx_thread_vitals;

	v->frame = (void *) &EG(current_execute_data);
	v->interrupt = (void *) &EG(vm_interrupt);
	v->thread = (int32_t) syscall(SYS_gettid);
	__atomic_store_n(&v->asked, 0, __ATOMIC_SEQ_CST);
	v->alive = v->busy = 1;
	v->looping = 0;
	return v;
}

/* The slot's script has ended, and all that it held is gone, which may have taken its time. */
void phx_vitals_end(void)
{
	phx_thread_vitals.alive = phx_thread_vitals.busy = phx_thread_vitals.looping = 0;
}
