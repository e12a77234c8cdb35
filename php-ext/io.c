/* What a loop waits for besides connections: listeners, datagrams, timers, streams, signals. */
#include "phalanx.h"

#include "component.h"

#include <Zend/zend_exceptions.h>
#include <ext/spl/spl_exceptions.h>
#include <errno.h>
#include <main/php_network.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "_cgo_export.h"

typedef struct {
	zval callback;
	zval args;
	bool persistent;
} phx_timer;

typedef struct {
	zval stream;
	zval readable, writable;
} phx_watch_entry;

/* ---- release ---- */

static void phx_listener_free(phx_listener *l)
{
	zval_ptr_dtor(&l->factory);
	efree(l);
}

static void phx_timer_free(phx_timer *t)
{
	zval_ptr_dtor(&t->callback);
	zval_ptr_dtor(&t->args);
	efree(t);
}

static void phx_watch_free(phx_watch_entry *w)
{
	zval_ptr_dtor(&w->stream);
	zval_ptr_dtor(&w->readable);
	zval_ptr_dtor(&w->writable);
	efree(w);
}

static void phx_timers_clear(phx_loop *loop)
{
	phx_timer *t;
	zend_ulong id;
	HashTable old = loop->timers;

	/* What a timer holds may, when destroyed, add another one. */
	zend_hash_init(&loop->timers, 8, NULL, NULL, 0);
	ZEND_HASH_FOREACH_NUM_KEY_PTR(&old, id, t)
	{
		if (loop->open) {
			phx_timer_del(loop->engine.loop, id);
		}
		phx_timer_free(t);
	}
	ZEND_HASH_FOREACH_END();
	zend_hash_destroy(&old);
}

void phx_io_release(phx_loop *loop)
{
	phx_listener *l;
	phx_watch_entry *w;

	ZEND_HASH_FOREACH_PTR(&loop->listeners, l)
	{
		phx_listener_free(l);
	}
	ZEND_HASH_FOREACH_END();
	zend_hash_destroy(&loop->listeners);
	phx_timers_clear(loop);
	zend_hash_destroy(&loop->timers);
	ZEND_HASH_FOREACH_PTR(&loop->watches, w)
	{
		phx_watch_free(w);
	}
	ZEND_HASH_FOREACH_END();
	zend_hash_destroy(&loop->watches);
	zend_ulong signo;
	ZEND_HASH_FOREACH_NUM_KEY(&loop->signals, signo)
	{
		signal((int) signo, SIG_DFL);
	}
	ZEND_HASH_FOREACH_END();
	zend_hash_destroy(&loop->signals);
	zend_hash_destroy(&loop->lookups);
}

/* ---- events ---- */

static void phx_fire_timer(phx_loop *loop, uint64_t id)
{
	phx_timer *t = zend_hash_index_find_ptr(&loop->timers, id);
	if (t == NULL) {
		return; /* deleted by an earlier callback of this batch */
	}
	zval callback, args;
	ZVAL_COPY(&callback, &t->callback);
	ZVAL_COPY(&args, &t->args);
	if (!t->persistent) {
		zend_hash_index_del(&loop->timers, id);
		phx_timer_free(t);
	}
	zend_fcall_info fci;
	zend_fcall_info_cache fcc;
	zval ret;
	ZVAL_UNDEF(&ret);
	if (zend_fcall_info_init(&callback, 0, &fci, &fcc, NULL, NULL) == SUCCESS) {
		fci.retval = &ret;
		zend_fcall_info_args(&fci, &args);
		zend_call_function(&fci, &fcc);
		zend_fcall_info_args_clear(&fci, true);
	} else {
		zend_throw_error(NULL, "A timer's callback is no longer callable");
	}
	zval_ptr_dtor(&ret);
	zval_ptr_dtor(&callback);
	zval_ptr_dtor(&args);
	phx_after_callback(NULL);
}

static void phx_fire_watch(phx_loop *loop, const phx_event *ev)
{
	for (int mode = 1; mode <= 2; mode++) {
		/* The first callback may have ended the watch. */
		phx_watch_entry *w = zend_hash_index_find_ptr(&loop->watches, ev->conn);
		if (w == NULL || !(ev->arg & mode)) {
			continue;
		}
		zval callback, stream;
		ZVAL_COPY(&callback, mode == 1 ? &w->readable : &w->writable);
		ZVAL_COPY(&stream, &w->stream);
		if (!Z_ISUNDEF(callback)) {
			phx_call(&callback, 1, &stream);
		}
		zval_ptr_dtor(&callback);
		zval_ptr_dtor(&stream);
		if (EG(exception)) {
			phx_after_callback(NULL);
		}
	}
}

static void phx_fire_datagram(phx_loop *loop, const phx_event *ev)
{
	phx_listener *l = zend_hash_index_find_ptr(&loop->listeners, ev->arg);
	if (l == NULL) {
		return;
	}
	zval args[3], factory;
	ZVAL_STRINGL(&args[0], ev->data + ev->aux, ev->len - ev->aux);
	ZVAL_STRINGL(&args[1], ev->data, ev->aux);
	ZVAL_LONG(&args[2], ev->arg);
	ZVAL_COPY(&factory, &l->factory);
	phx_call(&factory, 3, args);
	zval_ptr_dtor(&factory);
	zval_ptr_dtor(&args[0]);
	zval_ptr_dtor(&args[1]);
	phx_after_callback(NULL);
}

void phx_dispatch_io(phx_loop *loop, const phx_event *ev)
{
	switch (ev->kind) {
		case PHX_TIMER:
			phx_fire_timer(loop, ev->conn);
			break;
		case PHX_WATCHED:
			phx_fire_watch(loop, ev);
			break;
		case PHX_DATAGRAM:
			phx_fire_datagram(loop, ev);
			break;
		case PHX_RESOLVED:
			phx_fire_resolved(loop, ev);
			break;
		case PHX_POSTED:
			if (ev->arg == PHX_POSTED_MAIL) {
				phx_calls_mail();
				break;
			}
			if (!Z_ISUNDEF(loop->on_control) && ev->len > 0) {
				zval arg, callback;
				ZVAL_STRINGL(&arg, ev->data, ev->len);
				ZVAL_COPY(&callback, &loop->on_control);
				phx_call(&callback, 1, &arg);
				zval_ptr_dtor(&callback);
				zval_ptr_dtor(&arg);
				phx_after_callback(NULL);
			}
			break;
	}
}

/* ---- timers ---- */

PHP_FUNCTION(phalanx_timer_add)
{
	double seconds;
	zend_fcall_info fci;
	zend_fcall_info_cache fcc;
	HashTable *args = NULL;
	bool persistent = true;

	ZEND_PARSE_PARAMETERS_START(2, 4)
		Z_PARAM_DOUBLE(seconds)
		Z_PARAM_FUNC(fci, fcc)
		Z_PARAM_OPTIONAL
		Z_PARAM_ARRAY_HT(args)
		Z_PARAM_BOOL(persistent)
	ZEND_PARSE_PARAMETERS_END();

	if (!(seconds >= 0 && seconds < 1e9)) {
		zend_argument_value_error(1, "must be a number of seconds, 0 or more and less than 1e9");
		RETURN_THROWS();
	}
	phx_loop *loop = phx_loop_get();
	if (loop == NULL) {
		RETURN_THROWS();
	}
	uint64_t id = phx_timer_add(loop->engine.loop, (int64_t) (seconds * 1e9), persistent);
	phx_timer *t = emalloc(sizeof(*t));
	ZVAL_COPY(&t->callback, &fci.function_name);
	if (args && zend_hash_num_elements(args)) {
		GC_TRY_ADDREF(args);
		ZVAL_ARR(&t->args, args);
	} else {
		ZVAL_EMPTY_ARRAY(&t->args);
	}
	t->persistent = persistent;
	zend_hash_index_update_ptr(&loop->timers, id, t);
	RETURN_LONG((zend_long) id);
}

PHP_FUNCTION(phalanx_timer_del)
{
	zend_long id;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_LONG(id)
	ZEND_PARSE_PARAMETERS_END();

	phx_loop *loop = &phx_current_loop;
	phx_timer *t = loop->open ? zend_hash_index_find_ptr(&loop->timers, (zend_ulong) id) : NULL;
	if (t == NULL) {
		RETURN_FALSE;
	}
	zend_hash_index_del(&loop->timers, (zend_ulong) id);
	phx_timer_del(loop->engine.loop, (uint64_t) id);
	phx_timer_free(t);
	RETURN_TRUE;
}

PHP_FUNCTION(phalanx_timer_clear)
{
	ZEND_PARSE_PARAMETERS_NONE();
	if (phx_current_loop.open) {
		phx_timers_clear(&phx_current_loop);
	}
}

PHP_FUNCTION(phalanx_timer_count)
{
	ZEND_PARSE_PARAMETERS_NONE();
	RETURN_LONG(phx_current_loop.open ? zend_hash_num_elements(&phx_current_loop.timers) : 0);
}

/* ---- streams ---- */

PHP_FUNCTION(phalanx_loop_watch)
{
	zval *zstream;
	zend_long mode;
	zend_fcall_info fci;
	zend_fcall_info_cache fcc;
	php_stream *stream;
	int fd;

	ZEND_PARSE_PARAMETERS_START(3, 3)
		Z_PARAM_RESOURCE(zstream)
		Z_PARAM_LONG(mode)
		Z_PARAM_FUNC_OR_NULL(fci, fcc)
	ZEND_PARSE_PARAMETERS_END();

	if (mode != 1 && mode != 2) {
		zend_argument_value_error(2, "must be 1 (readable) or 2 (writable)");
		RETURN_THROWS();
	}
	phx_loop *loop = phx_loop_get();
	if (loop == NULL) {
		RETURN_THROWS();
	}
	php_stream_from_zval_no_verify(stream, zstream);
	phx_watch_entry *w = NULL;
	if (stream == NULL ||
		php_stream_cast(stream, PHP_STREAM_AS_FD_FOR_SELECT | PHP_STREAM_CAST_INTERNAL, (void *) &fd, false) !=
			SUCCESS) {
		/* A stream that was closed under its watch: find it by its resource, and forget it. */
		zend_ulong key;
		phx_watch_entry *entry;
		ZEND_HASH_FOREACH_NUM_KEY_PTR(&loop->watches, key, entry)
		{
			if (Z_RES(entry->stream) == Z_RES_P(zstream)) {
				zend_hash_index_del(&loop->watches, key);
				phx_watch(loop->engine.loop, (int32_t) key, 0);
				phx_watch_free(entry);
				RETURN_TRUE;
			}
		}
		ZEND_HASH_FOREACH_END();
		RETURN_FALSE;
	}
	w = zend_hash_index_find_ptr(&loop->watches, fd);
	if (w != NULL && Z_RES(w->stream) != Z_RES_P(zstream)) {
		/* The descriptor belonged to a stream that is gone. */
		zend_hash_index_del(&loop->watches, fd);
		phx_watch(loop->engine.loop, fd, 0);
		phx_watch_free(w);
		w = NULL;
	}
	if (w == NULL) {
		if (!ZEND_FCI_INITIALIZED(fci)) {
			RETURN_FALSE;
		}
		w = ecalloc(1, sizeof(*w));
		ZVAL_COPY(&w->stream, zstream);
		ZVAL_UNDEF(&w->readable);
		ZVAL_UNDEF(&w->writable);
		zend_hash_index_update_ptr(&loop->watches, fd, w);
	}
	zval *slot = mode == 1 ? &w->readable : &w->writable, old;
	ZVAL_COPY_VALUE(&old, slot);
	ZVAL_UNDEF(slot);
	if (ZEND_FCI_INITIALIZED(fci)) {
		ZVAL_COPY(slot, &fci.function_name);
	}
	int modes = (Z_ISUNDEF(w->readable) ? 0 : 1) | (Z_ISUNDEF(w->writable) ? 0 : 2);
	phx_status st = phx_watch(loop->engine.loop, fd, modes);
	if (modes == 0 || st != PHX_OK) {
		zend_hash_index_del(&loop->watches, fd);
		phx_watch_free(w);
	}
	zval_ptr_dtor(&old);
	RETURN_BOOL(st == PHX_OK);
}

/* ---- signals ---- */

static volatile sig_atomic_t phx_signal_pending[65];
static int phx_signal_wake = -1; /* eventfd that makes the loop of the one plain script turn */

static void phx_signal_handler(int signo)
{
	int saved = errno;
	uint64_t one = 1;
	phx_signal_pending[signo] = 1;
	if (write(phx_signal_wake, &one, sizeof(one)) < 0) {
		/* full: the loop is awake already */
	}
	errno = saved;
}

/* At each turn of the loop: calls what onSignal() registered. */
void phx_loop_poll_signals(phx_loop *loop)
{
	if (EXPECTED(zend_hash_num_elements(&loop->signals) == 0)) {
		return;
	}
	uint64_t n;
	if (read(phx_signal_wake, &n, sizeof(n)) < 0) {
		return;
	}
	for (int signo = 1; signo < 65; signo++) {
		zval *callback = zend_hash_index_find(&loop->signals, signo);
		if (!phx_signal_pending[signo] || callback == NULL) {
			continue;
		}
		phx_signal_pending[signo] = 0;
		zval arg, held;
		ZVAL_LONG(&arg, signo);
		ZVAL_COPY(&held, callback);
		phx_call(&held, 1, &arg);
		zval_ptr_dtor(&held);
		if (EG(exception) && !phx_after_callback(NULL)) {
			return;
		}
	}
}

PHP_FUNCTION(phalanx_loop_on_signal)
{
	zend_long signo;
	zend_fcall_info fci;
	zend_fcall_info_cache fcc;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_LONG(signo)
		Z_PARAM_FUNC_OR_NULL(fci, fcc)
	ZEND_PARSE_PARAMETERS_END();

	phx_loop *loop = phx_loop_get();
	if (loop == NULL) {
		RETURN_THROWS();
	}
	if (signo < 1 || signo > 64) {
		zend_argument_value_error(1, "must be a signal number");
		RETURN_THROWS();
	}
	if (phx_thread_slot) {
		RETURN_FALSE; /* the process is shared by all slots: the supervisor has the signals */
	}
	if (!ZEND_FCI_INITIALIZED(fci)) {
		signal((int) signo, SIG_DFL);
		bool had = zend_hash_index_del(&loop->signals, signo) == SUCCESS;
		if (zend_hash_num_elements(&loop->signals) == 0 && phx_signal_wake >= 0) {
			phx_watch(loop->engine.loop, phx_signal_wake, 0); /* a loop that waits for nothing else may end */
		}
		RETURN_BOOL(had);
	}
	if (phx_signal_wake < 0) {
		phx_signal_wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	}
	phx_watch(loop->engine.loop, phx_signal_wake, 1);
	zval callback;
	ZVAL_COPY(&callback, &fci.function_name);
	zend_hash_index_update(&loop->signals, signo, &callback);
	/* SA_ONSTACK: it may run on a thread of Go's. */
	struct sigaction sa = {.sa_handler = phx_signal_handler, .sa_flags = SA_ONSTACK | SA_RESTART};
	sigemptyset(&sa.sa_mask);
	RETURN_BOOL(sigaction((int) signo, &sa, NULL) == 0);
}

/* ---- listeners ---- */

zend_long phx_option_long(HashTable *options, const char *name, zend_long value)
{
	zval *v = zend_hash_str_find(options, name, strlen(name));
	return v ? zval_get_long(v) : value;
}

PHP_FUNCTION(phalanx_listen)
{
	HashTable *options;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_ARRAY_HT(options)
	ZEND_PARSE_PARAMETERS_END();

	phx_loop *loop = phx_loop_get();
	if (loop == NULL) {
		RETURN_THROWS();
	}
	zval *factory = zend_hash_str_find(options, ZEND_STRL("factory"));
	zval *protocol = zend_hash_str_find(options, ZEND_STRL("protocol"));
	zval *address = zend_hash_str_find(options, ZEND_STRL("address"));
	zend_long fd = phx_option_long(options, "fd", -1);
	if (factory == NULL || !zend_is_callable(factory, 0, NULL)) {
		zend_argument_value_error(1, "must have a callable under \"factory\"");
		RETURN_THROWS();
	}
	if (fd < 0 && (address == NULL || Z_TYPE_P(address) != IS_STRING)) {
		zend_argument_value_error(1, "must have \"fd\" or \"address\"");
		RETURN_THROWS();
	}
	int proto = PHX_RAW;
	if (protocol && Z_TYPE_P(protocol) == IS_STRING && (proto = phx_parse_proto(Z_STR_P(protocol), 1)) < 0) {
		RETURN_THROWS();
	}
	phx_listen_options o = {
		.proto = proto,
		.max_send = phx_option_long(options, "maxSendBufferSize", 0),
		.max_package = phx_option_long(options, "maxPackageSize", 0),
		/* Only HTTP connections can do without an object until they have said something. */
		.announce = proto != PHX_HTTP || phx_option_long(options, "eager", 0),
		.backlog = (int32_t) phx_option_long(options, "backlog", 0),
		.reuse_port = phx_option_long(options, "reusePort", 0) != 0,
		.keep = phx_option_long(options, "keep", 0) != 0,
	};
	phx_tls tls;
	zval *tls_options = zend_hash_str_find(options, ZEND_STRL("tls"));
	if (tls_options && Z_TYPE_P(tls_options) == IS_ARRAY) {
		if (!phx_tls_prepare(&tls, tls_options, 1)) {
			RETURN_THROWS();
		}
		o.tls = &tls.options;
	}
	zval *deflate = zend_hash_str_find(options, ZEND_STRL("deflate"));
	if (deflate && Z_TYPE_P(deflate) == IS_ARRAY) {
		HashTable *settings = Z_ARRVAL_P(deflate);
		o.deflate = 1;
		o.deflate_level = (int32_t) phx_option_long(settings, "level", 0);
		o.deflate_threshold = (int32_t) phx_option_long(settings, "threshold", 0);
		o.deflate_takeover = phx_option_long(settings, "contextTakeover", 0) != 0;
		o.deflate_bits = (int32_t) phx_option_long(settings, "windowBits", 0);
	}
	zval *limits = zend_hash_str_find(options, ZEND_STRL("limits"));
	if (limits && Z_TYPE_P(limits) == IS_STRING) {
		o.limits = Z_STRVAL_P(limits);
		o.limits_len = Z_STRLEN_P(limits);
	}
	char text[PHX_TEXT_SIZE];
	int32_t text_len = 0;
	bool has_address = address && Z_TYPE_P(address) == IS_STRING;
	phx_status id = phx_listen(loop->engine.loop, (int32_t) fd, has_address ? Z_STRVAL_P(address) : NULL,
		has_address ? Z_STRLEN_P(address) : 0, &o, text, &text_len);
	if (o.tls) {
		phx_tls_release(&tls);
	}
	if (id <= 0) {
		zend_throw_exception_ex(spl_ce_RuntimeException, 0, "%.*s", text_len, text);
		RETURN_THROWS();
	}
	phx_listener *l = emalloc(sizeof(*l));
	ZVAL_COPY(&l->factory, factory);
	l->id = id;
	l->proto = proto;
	l->datagram = o.proto < 0;
	zend_hash_index_update_ptr(&loop->listeners, id, l);
	RETURN_LONG(id);
}

static void phx_listener_do(INTERNAL_FUNCTION_PARAMETERS, int32_t op)
{
	zend_long id;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_LONG(id)
	ZEND_PARSE_PARAMETERS_END();

	phx_loop *loop = &phx_current_loop;
	if (loop->open) {
		phx_listener_op(loop->engine.loop, (int32_t) id, op);
	}
}

PHP_FUNCTION(phalanx_listener_pause)
{
	phx_listener_do(INTERNAL_FUNCTION_PARAM_PASSTHRU, 0);
}

PHP_FUNCTION(phalanx_listener_resume)
{
	phx_listener_do(INTERNAL_FUNCTION_PARAM_PASSTHRU, 1);
}

/*
 * The factory stays: connections that were accepted before still need their objects. A datagram socket has none, and its
 * factory may hold what would otherwise never go.
 */
PHP_FUNCTION(phalanx_listener_close)
{
	zend_long id;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_LONG(id)
	ZEND_PARSE_PARAMETERS_END();

	phx_loop *loop = &phx_current_loop;
	if (!loop->open) {
		return;
	}
	phx_listener_op(loop->engine.loop, (int32_t) id, 2);
	phx_listener *l = zend_hash_index_find_ptr(&loop->listeners, id);
	if (l != NULL && l->datagram) {
		zend_hash_index_del(&loop->listeners, id);
		phx_listener_free(l);
	}
}

PHP_FUNCTION(phalanx_listener_address)
{
	zend_long id;
	char text[PHX_TEXT_SIZE];
	int32_t fd = -1;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_LONG(id)
	ZEND_PARSE_PARAMETERS_END();

	phx_status n = phx_listener_address(phx_current_loop.engine.loop, (int32_t) id, text, &fd);
	if (n <= 0) {
		RETURN_EMPTY_STRING();
	}
	RETURN_STRINGL(text, n);
}

PHP_FUNCTION(phalanx_listener_stream)
{
	zend_long id;
	char text[PHX_TEXT_SIZE];
	int32_t fd = -1;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_LONG(id)
	ZEND_PARSE_PARAMETERS_END();

	phx_listener_address(phx_current_loop.engine.loop, (int32_t) id, text, &fd);
	phx_return_stream(return_value, fd);
}

PHP_FUNCTION(phalanx_udp_send)
{
	zend_long id;
	zend_string *data, *remote;

	ZEND_PARSE_PARAMETERS_START(3, 3)
		Z_PARAM_LONG(id)
		Z_PARAM_STR(data)
		Z_PARAM_STR(remote)
	ZEND_PARSE_PARAMETERS_END();

	RETURN_BOOL(phx_udp_send(phx_current_loop.engine.loop, (int32_t) id, ZSTR_VAL(data), ZSTR_LEN(data),
					ZSTR_VAL(remote), ZSTR_LEN(remote)) == PHX_OK);
}
