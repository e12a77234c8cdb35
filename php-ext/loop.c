/*
 * The loop of a PHP thread: waits in epoll, crosses into the engine once for all that is ready,
 * calls the callbacks one after another, crosses once more to write what they had to say.
 */
#include "phalanx.h"

#include "autoload.h"
#include "component.h"

#include <Zend/zend_closures.h>
#include <Zend/zend_exceptions.h>
#include <Zend/zend_observer.h>
#include <SAPI.h>
#include <errno.h>
#include <sys/epoll.h>
#include <time.h>

#include "_cgo_export.h"

#define PHX_READY 512
#define PHX_NOTE_STEP (256 << 10) /* change of the memory in use that the engine is told of */
#define PHX_TRIM_WAIT 1100000000  /* ns */
#define PHX_OPS_KEPT (1 << 20)    /* bytes of the operation buffer that a quiet turn keeps */

__thread phx_loop phx_current_loop;
__thread bool phx_thread_slot;

/* Before each script of the thread. */
void phx_thread_is_slot(bool slot)
{
	phx_thread_slot = slot;
	phx_vitals_end();
}

/* The calling thread's loop, made on first use; throws and answers NULL when it cannot be made. */
phx_loop *phx_loop_get(void)
{
	phx_loop *loop = &phx_current_loop;
	if (EXPECTED(loop->open)) {
		return loop;
	}
	memset(loop, 0, sizeof(*loop));
	if (phx_loop_new(&loop->engine) != PHX_OK) {
		zend_throw_error(NULL, "Phalanx could not make an event loop: see the log");
		return NULL;
	}
	phx_loop_begin(loop);
	return loop;
}

/* The script's side of a loop whose engine is there. */
void phx_loop_begin(phx_loop *loop)
{
	zend_hash_init(&loop->listeners, 8, NULL, NULL, 0);
	zend_hash_init(&loop->timers, 8, NULL, NULL, 0);
	zend_hash_init(&loop->watches, 8, NULL, NULL, 0);
	zend_hash_init(&loop->signals, 8, NULL, ZVAL_PTR_DTOR, 0);
	zend_hash_init(&loop->lookups, 8, NULL, ZVAL_PTR_DTOR, 0);
	ZVAL_UNDEF(&loop->on_control);
	ZVAL_UNDEF(&loop->on_error);
	loop->timeout_ns = -1;
	loop->open = true;
	phx_uploads_init(loop);
	phx_calls_loop_opened(loop->engine.loop);
}

/* At the end of a script: what it holds is released. Its sockets are closed, unless the next script
 * of its slot takes them over. */
void phx_loop_shutdown(void)
{
	phx_loop *loop = &phx_current_loop;
	if (!loop->open) {
		return;
	}
	loop->open = false;
	phx_calls_loop_closed();
	phx_slot_note(loop->engine.loop, -1, EG(exit_status));
	phx_uploads_end(loop->engine.loop);
	if (!loop->adopted || !phx_loop_leave(loop)) {
		phx_loop_close(loop->engine.loop);
	}
	phx_conns_release(loop);
	phx_io_release(loop);
	phx_fibers_release(loop);
	phx_sessions_release(loop);
	zval_ptr_dtor(&loop->on_control);
	zval_ptr_dtor(&loop->on_error);
	if (loop->request_class) {
		zend_string_release(loop->request_class);
	}
	free(loop->ops);
	memset(loop, 0, sizeof(*loop));
}

void phx_apply_ops(phx_loop *loop)
{
	if (loop->ops_len > 0) {
		phx_loop_apply(loop->engine.loop, loop->ops, loop->ops_len);
		loop->ops_len = 0;
	}
}

/*
 * What zend_call_function() does for a function in PHP that takes its arguments by value, and has no observer: half of
 * a call's price is in its questions. False: it is another one.
 */
static bool phx_call_plainly(zend_fcall_info_cache *fcc, uint32_t argc, zval *argv)
{
	zend_function *function = fcc->function_handler;
	uint32_t info = ZEND_CALL_TOP_FUNCTION | ZEND_CALL_DYNAMIC;
	void *self = fcc->called_scope;
	zval ret;

	if (UNEXPECTED(function->type != ZEND_USER_FUNCTION || ZEND_OBSERVER_ENABLED || !EG(active) || EG(exception) ||
			(function->common.fn_flags & (ZEND_ACC_DEPRECATED | ZEND_ACC_CALL_VIA_TRAMPOLINE)))) {
		return false;
	}
	for (uint32_t i = 1; i <= argc; i++) {
		if (UNEXPECTED(ARG_SHOULD_BE_SENT_BY_REF(function, i))) {
			return false;
		}
	}
	if (fcc->object != NULL && !(function->common.fn_flags & ZEND_ACC_STATIC)) {
		info |= ZEND_CALL_HAS_THIS;
		self = fcc->object;
	}
	if (function->common.fn_flags & ZEND_ACC_CLOSURE) {
		GC_ADDREF(ZEND_CLOSURE_OBJECT(function)); /* the function's end takes it */
		info |= ZEND_CALL_CLOSURE;
		if (function->common.fn_flags & ZEND_ACC_FAKE_CLOSURE) {
			info |= ZEND_CALL_FAKE_CLOSURE;
		}
	}
	zend_execute_data *call = zend_vm_stack_push_call_frame(info, function, argc, self);
	for (uint32_t i = 0; i < argc; i++) {
		ZVAL_COPY(ZEND_CALL_ARG(call, i + 1), &argv[i]);
	}
	zend_class_entry *scope = EG(fake_scope);
	uint32_t trace = EG(jit_trace_num);
	EG(fake_scope) = NULL;
	ZVAL_UNDEF(&ret);
	zend_init_func_execute_data(call, &function->op_array, &ret);
	zend_execute_ex(call);
	EG(jit_trace_num) = trace;
	EG(fake_scope) = scope;
	zend_vm_stack_free_call_frame(call);
	zval_ptr_dtor(&ret);
	if (UNEXPECTED(EG(exception) != NULL) && EG(current_execute_data) == NULL) {
		zend_throw_exception_internal(NULL);
	}
	return true;
}

/* Calls what a script gave; whatever it throws is left in EG(exception). The caller is a function in C. */
void phx_call(zval *callable, uint32_t argc, zval *argv)
{
	zend_fcall_info_cache fcc = empty_fcall_info_cache;
	zval ret;

	if (EXPECTED(Z_TYPE_P(callable) == IS_OBJECT && Z_OBJCE_P(callable) == zend_ce_closure)) {
		Z_OBJ_HANDLER_P(callable, get_closure)
		(Z_OBJ_P(callable), &fcc.calling_scope, &fcc.function_handler, &fcc.object, false);
		fcc.called_scope = fcc.calling_scope;
		if (fcc.object) {
			fcc.called_scope = fcc.object->ce;
		}
	} else {
		char *error = NULL;
		if (!zend_is_callable_ex(callable, NULL, 0, NULL, &fcc, &error)) {
			zend_throw_error(NULL, "%s", error ? error : "the callback is not callable");
			if (error) {
				efree(error);
			}
			return;
		}
	}
	if (EXPECTED(phx_call_plainly(&fcc, argc, argv))) {
		return;
	}
	ZVAL_UNDEF(&ret);
	zend_call_known_fcc(&fcc, &ret, argc, argv, NULL);
	zval_ptr_dtor(&ret);
}

/*
 * After each callback. exit() and the like end the loop with the exception in place; any other
 * exception goes to the connection's error(), else to the loop's handler, else ends the loop.
 */
bool phx_after_callback(zend_object *conn)
{
	zend_object *ex = EG(exception);
	zval arg;

	if (EXPECTED(ex == NULL)) {
		return true;
	}
	if (zend_is_unwind_exit(ex) || zend_is_graceful_exit(ex)) {
		return false;
	}
	if (conn == NULL && Z_ISUNDEF(phx_current_loop.on_error)) {
		return false;
	}
	GC_ADDREF(ex);
	zend_clear_exception();
	ZVAL_OBJ(&arg, ex);
	if (conn != NULL) {
		zend_function *error = zend_hash_str_find_ptr(&conn->ce->function_table, ZEND_STRL("error"));
		if (error != NULL) {
			zend_call_known_function(error, conn, conn->ce, NULL, 1, &arg, NULL);
		}
	} else {
		phx_call(&phx_current_loop.on_error, 1, &arg);
	}
	zval_ptr_dtor(&arg);
	return EG(exception) == NULL;
}

static int phx_wait(phx_loop *loop, struct epoll_event *ready)
{
	static bool no_pwait2; /* a kernel before 5.11; once seen, by any thread, it stays */

	if (UNEXPECTED(!phx_calls_sleep(PHX_ASLEEP_IN_LOOP))) {
		return epoll_wait(loop->engine.epfd, ready, PHX_READY, 0);
	}
	int64_t timeout = loop->timeout_ns;
	if (UNEXPECTED(loop->fiber_count > PHX_KEPT_FIBERS && (timeout < 0 || timeout > PHX_TRIM_WAIT))) {
		timeout = PHX_TRIM_WAIT; /* for phx_fibers_trim() */
	}
	if (!no_pwait2 && timeout > 0) {
		struct timespec ts = {.tv_sec = timeout / 1000000000, .tv_nsec = timeout % 1000000000};
		int n = epoll_pwait2(loop->engine.epfd, ready, PHX_READY, &ts, NULL);
		if (n >= 0 || errno != ENOSYS) {
			return n;
		}
		no_pwait2 = true;
	}
	int ms = timeout < 0 ? -1 : (int) ((timeout + 999999) / 1000000);
	return epoll_wait(loop->engine.epfd, ready, PHX_READY, ms);
}

/* Signals for PHP (pcntl) and force-kills are seen by the VM between opcodes; so are they here. */
void phx_vm_interrupt(void)
{
	zend_atomic_bool_store_ex(&EG(vm_interrupt), false);
	if (zend_atomic_bool_load_ex(&EG(timed_out))) {
		zend_timeout();
	} else if (zend_interrupt_function) {
		zend_interrupt_function(EG(current_execute_data));
	}
}

static bool phx_turn(phx_loop *loop, struct epoll_event *ready)
{
	phx_vitals *vitals = &phx_thread_vitals;
	vitals->busy = 0;
	int n = phx_wait(loop, ready);
	vitals->busy = 1;
	vitals->step++;
	phx_calls_awake();
	if (n < 0) {
		if (errno != EINTR) {
			zend_throw_error(NULL, "epoll_wait: %s", strerror(errno));
			return false;
		}
		n = 0;
	}
	if (UNEXPECTED(zend_atomic_bool_load_ex(&EG(vm_interrupt)))) {
		phx_vm_interrupt();
		if (EG(exception)) {
			return false;
		}
	}
	phx_loop_poll_signals(loop);

	loop->turn++;
	phx_status count = phx_loop_process(loop->engine.loop, ready, n);
	loop->count = count;
	for (loop->at = 0; loop->at < count; loop->at++) {
		const phx_event *ev = &loop->engine.events[loop->at];
		vitals->step++;
		if (UNEXPECTED(loop->held) && phx_event_hold(loop->engine.loop, (phx_event *) ev)) {
			continue;
		}
		if (ev->kind <= PHX_CONTROL || (ev->kind >= PHX_CONNECTED && ev->kind < PHX_RESOLVED)) {
			phx_dispatch(loop, ev);
		} else {
			phx_dispatch_io(loop, ev);
		}
		if (UNEXPECTED(EG(exception) != NULL)) {
			break; /* the next script gets the rest: phx_loop_leave() */
		}
	}
	if (EXPECTED(loop->at >= count)) {
		loop->count = 0;
		phx_calls_mail();
	}
	loop->timeout_ns = phx_loop_flush(loop->engine.loop, loop->ops, loop->ops_len);
	if (UNEXPECTED(loop->ops_cap > PHX_OPS_KEPT && loop->ops_len < PHX_OPS_KEPT / 16)) {
		free(loop->ops); /* a broadcast's */
		loop->ops = NULL;
		loop->ops_cap = 0;
	}
	loop->ops_len = 0;
	if (UNEXPECTED(loop->fiber_count > PHX_KEPT_FIBERS && EG(exception) == NULL)) {
		phx_fibers_trim(loop);
	}
	int64_t memory = (int64_t) zend_memory_usage(false);
	if (UNEXPECTED(memory - loop->noted >= PHX_NOTE_STEP || loop->noted - memory >= PHX_NOTE_STEP)) {
		loop->noted = memory;
		phx_slot_note(loop->engine.loop, memory, 0);
	}
	return EG(exception) == NULL && !loop->stop;
}

PHP_FUNCTION(phalanx_loop_run)
{
	bool coroutines = false;

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_BOOL(coroutines)
	ZEND_PARSE_PARAMETERS_END();

	phx_loop *loop = phx_loop_get();
	if (loop == NULL) {
		RETURN_THROWS();
	}
	if (loop->running) {
		zend_throw_error(NULL, "The event loop of this thread is running already");
		RETURN_THROWS();
	}
	struct epoll_event *ready = emalloc(sizeof(*ready) * PHX_READY);
	loop->running = true;
	phx_thread_vitals.looping = 1;
	loop->coroutines = coroutines;
	loop->stop = false;
	loop->timeout_ns = phx_loop_flush(loop->engine.loop, loop->ops, loop->ops_len);
	loop->ops_len = 0;
	/* Before each turn: one that has nothing to wait for would wait for ever. */
	while (phx_thread_slot || zend_hash_num_elements(&loop->signals) > 0 || !phx_loop_idle(loop->engine.loop) ||
		phx_calls_pending()) {
		if (!phx_turn(loop, ready)) {
			break;
		}
	}
	loop->running = false;
	phx_thread_vitals.looping = 0;
	efree(ready);
}

PHP_FUNCTION(phalanx_loop_stop)
{
	ZEND_PARSE_PARAMETERS_NONE();
	phx_current_loop.stop = true;
}

static void phx_set_callable(INTERNAL_FUNCTION_PARAMETERS, size_t offset)
{
	zend_fcall_info fci;
	zend_fcall_info_cache fcc;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_FUNC_OR_NULL(fci, fcc)
	ZEND_PARSE_PARAMETERS_END();

	phx_loop *loop = phx_loop_get();
	if (loop == NULL) {
		RETURN_THROWS();
	}
	zval *slot = (zval *) ((char *) loop + offset);
	zval old;
	ZVAL_COPY_VALUE(&old, slot);
	ZVAL_UNDEF(slot);
	if (ZEND_FCI_INITIALIZED(fci)) {
		ZVAL_COPY(slot, &fci.function_name);
	}
	zval_ptr_dtor(&old);
}

PHP_FUNCTION(phalanx_loop_on_control)
{
	phx_set_callable(INTERNAL_FUNCTION_PARAM_PASSTHRU, offsetof(phx_loop, on_control));
}

PHP_FUNCTION(phalanx_loop_on_error)
{
	phx_set_callable(INTERNAL_FUNCTION_PARAM_PASSTHRU, offsetof(phx_loop, on_error));
}

PHP_FUNCTION(phalanx_slot_enter)
{
	zend_long worker, id;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_LONG(worker)
		Z_PARAM_LONG(id)
	ZEND_PARSE_PARAMETERS_END();

	phx_loop *loop = phx_loop_get();
	if (loop == NULL) {
		RETURN_THROWS();
	}
	phx_autoload_reserve();
	SG(request_info).no_headers = 1; /* as on the command line: header() has nobody to tell */
	phx_status thread = phx_slot_enter(loop->engine.loop, (int32_t) worker, (int32_t) id, phx_vitals_begin());
	phx_slot_note(loop->engine.loop, (int64_t) zend_memory_usage(false), 0);
	RETURN_LONG(thread > 0 ? thread : 0);
}

static void phx_add_stats(zval *array, int64_t handle)
{
	phx_stats s = {0};
	phx_stats_get(handle, &s);
	add_assoc_long(array, "connections", s.connections);
	add_assoc_long(array, "accepted", s.accepted);
	add_assoc_long(array, "closed", s.closed);
	add_assoc_long(array, "messages", s.messages);
	add_assoc_long(array, "bytes_read", s.bytes_read);
	add_assoc_long(array, "bytes_written", s.bytes_written);
	add_assoc_long(array, "timers", s.timers);
	add_assoc_long(array, "tls_handshakes", s.tls_handshakes);
	add_assoc_long(array, "tls_resumed", s.tls_resumed);
	add_assoc_long(array, "tls_failed", s.tls_failed);
	if (handle == 0) {
		add_assoc_long(array, "slots", s.slots);
	}
}

PHP_FUNCTION(phalanx_loop_stats)
{
	ZEND_PARSE_PARAMETERS_NONE();

	phx_loop *loop = phx_loop_get();
	if (loop == NULL) {
		RETURN_THROWS();
	}
	zval process;
	array_init(return_value);
	phx_add_stats(return_value, loop->engine.loop);
	array_init(&process);
	phx_add_stats(&process, 0);
	add_assoc_zval(return_value, "process", &process);
}
