/* Calls into Go: arguments over, results and exceptions back; waiting, and PHP callables that Go calls. */
#include "component.h"

#include "phalanx.h"

#include <Zend/zend_exceptions.h>
#include <Zend/zend_fibers.h>
#include <Zend/zend_interfaces.h>
#include <errno.h>
#include <ext/date/php_date.h>
#include <ext/spl/spl_exceptions.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "_cgo_export.h"

#define PHX_REPLY_SIZE (64 * 1024)    /* most results fit; larger ones are in memory of their own */
#define PHX_KEEP_BUFFER (1024 * 1024) /* a larger buffer of arguments is not kept for the next call */
#define PHX_THROWN 64                 /* exceptions of callables, kept until Go returns them */
#define PHX_STACK_ARGS 8
#define PHX_MAIL 64
#define PHX_FAST_ARGS 3 /* goengine/component: maxFast */

/* A call that a Fiber or the thread waits for. */
typedef struct {
	zval suspension; /* IS_UNDEF: the thread itself waits */
	bool done;
} phx_wait_entry;

/* What a thread's script has to do with calls. */
typedef struct {
	bool open;
	int64_t caller; /* handle, > 0 */
	phx_bell bell;
	int wake;            /* eventfd: mail for a thread that waits in a call */
	bool blocked;        /* it does */
	bool reading;        /* mail is being worked on */
	HashTable waits;     /* call => phx_wait_entry */
	HashTable callables; /* number => callable */
	uint64_t next_callable;
	zval thrown[PHX_THROWN];
	uint64_t next_thrown;
	int64_t limit_until; /* of calls the thread waits for; CLOCK_MONOTONIC, 0: none */
	phx_buffer arguments;
	char *answer;
	size_t answer_cap;
	/* The script's own copies of these classes, looked up once. */
	zend_class_entry *scheduler, *suspension;
	zend_function *may_wait, *wait, *complete;
} phx_calls;

static __thread phx_calls phx_thread_calls;

/* ---- arguments ---- */

static bool phx_wrong_type(const phx_type *type, zval *arg, uint32_t num)
{
	static const char *const names[] = {
		[PHX_LIST] = "array",
		[PHX_DICT] = "array",
		[PHX_STRUCT] = "array",
		[PHX_DATE] = "DateTimeInterface",
		[PHX_CALLABLE] = "callable",
		[PHX_BOOL] = "bool",
		[PHX_INT] = "int",
		[PHX_FLOAT] = "float",
		[PHX_STRING] = "string",
	};
	if (num == PHX_NO_ARGUMENT || EG(exception)) {
		return false;
	}
	const char *name = type->class_name;
	if (name == NULL && type->kind < sizeof(names) / sizeof(names[0])) {
		name = names[type->kind];
	}
	zend_argument_type_error(num, "must be of type %s%s, %s given", type->nullable ? "?" : "", name ? name : "object",
		zend_zval_value_name(arg));
	return false;
}

bool phx_parse_argument(const phx_type *type, zval *arg, uint32_t num, bool strict, zval *value)
{
	bool truth;
	zend_long number;
	double real;
	zend_string *text;

	ZVAL_DEREF(arg);
	ZVAL_COPY_VALUE(value, arg);
	if (Z_TYPE_P(arg) == IS_NULL && (type->nullable || type->kind == PHX_MIXED || type->kind == PHX_HELD)) {
		return true;
	}
	if (Z_TYPE_P(arg) == IS_NULL && num == PHX_NO_ARGUMENT) {
		return false; /* a property takes no null for a scalar, and PHP's own conversions look for the parameter to blame */
	}
	switch (type->kind) {
		case PHX_MIXED:
		case PHX_HELD:
			return true;
		case PHX_BOOL:
			if (Z_TYPE_P(arg) == IS_TRUE || Z_TYPE_P(arg) == IS_FALSE) {
				return true;
			}
			if (!strict && zend_parse_arg_bool_weak(arg, &truth, num)) {
				ZVAL_BOOL(value, truth);
				return true;
			}
			break;
		case PHX_INT:
			if (Z_TYPE_P(arg) == IS_LONG) {
				return true;
			}
			if (!strict && zend_parse_arg_long_weak(arg, &number, num)) {
				ZVAL_LONG(value, number);
				return true;
			}
			break;
		case PHX_FLOAT:
			if (Z_TYPE_P(arg) == IS_DOUBLE) {
				return true;
			}
			if (Z_TYPE_P(arg) == IS_LONG) {
				ZVAL_DOUBLE(value, (double) Z_LVAL_P(arg));
				return true;
			}
			if (!strict && zend_parse_arg_double_weak(arg, &real, num)) {
				ZVAL_DOUBLE(value, real);
				return true;
			}
			break;
		case PHX_STRING:
			if (Z_TYPE_P(arg) == IS_STRING) {
				return true;
			}
			if (!strict && zend_parse_arg_str_weak(arg, &text, num)) {
				ZVAL_STR(value, text); /* the argument's own: it has been converted in place */
				return true;
			}
			break;
		case PHX_LIST:
		case PHX_DICT:
		case PHX_STRUCT:
			if (Z_TYPE_P(arg) == IS_ARRAY) {
				return true;
			}
			break;
		case PHX_DATE:
			if (Z_TYPE_P(arg) == IS_OBJECT && instanceof_function(Z_OBJCE_P(arg), php_date_get_interface_ce())) {
				return true;
			}
			break;
		case PHX_CALLABLE:
			if (zend_is_callable(arg, 0, NULL)) {
				return true;
			}
			break;
		default:
			if (Z_TYPE_P(arg) == IS_OBJECT &&
				(type->cls == NULL || instanceof_function(Z_OBJCE_P(arg), type->cls->ce))) {
				return true;
			}
	}
	return phx_wrong_type(type, arg, num);
}

/* ---- the thread's memory ---- */

/* A call takes the buffers and gives them back: what it runs in between may make another call. */
static phx_buffer phx_take_buffer(void)
{
	phx_buffer b = phx_thread_calls.arguments;

	memset(&phx_thread_calls.arguments, 0, sizeof(b));
	b.len = 0;
	return b;
}

static void phx_give_buffer(phx_buffer *b)
{
	if (b->cap > PHX_KEEP_BUFFER || phx_thread_calls.arguments.data != NULL) {
		free(b->data);
		return;
	}
	phx_thread_calls.arguments = *b;
}

static void phx_reply_init(phx_reply *a)
{
	memset(a, 0, sizeof(*a));
	a->data = phx_thread_calls.answer;
	phx_thread_calls.answer = NULL;
	if (a->data == NULL) {
		a->data = malloc(PHX_REPLY_SIZE);
		phx_thread_calls.answer_cap = PHX_REPLY_SIZE;
	}
	a->cap = a->data ? phx_thread_calls.answer_cap : 0;
}

static void phx_reply_free(phx_reply *a)
{
	if (UNEXPECTED(a->more != NULL && a->len > a->cap && a->len <= PHX_KEEP_BUFFER)) {
		/* The next one is likely to be as large, and saves its way through Go's memory. */
		size_t cap = 2 * PHX_REPLY_SIZE;
		while (cap < a->len) {
			cap *= 2;
		}
		char *larger = realloc(a->data, cap);
		if (larger != NULL) {
			a->data = larger;
			a->cap = cap;
		}
	}
	free(a->more);
	if (phx_thread_calls.answer == NULL) {
		phx_thread_calls.answer = a->data;
		phx_thread_calls.answer_cap = a->cap;
	} else {
		free(a->data);
	}
}

static const char *phx_reply_bytes(const phx_reply *a)
{
	return a->more ? a->more : a->data;
}

/* ---- exceptions ---- */

static zend_class_entry *phx_exception_class(zval *name)
{
	zend_class_entry *ce = Z_STRLEN_P(name) ? zend_lookup_class(Z_STR_P(name)) : NULL;

	if (EG(exception)) {
		return NULL; /* of an autoloader */
	}
	if (ce != NULL && instanceof_function(ce, zend_ce_throwable) &&
		!(ce->ce_flags & (ZEND_ACC_INTERFACE | ZEND_ACC_EXPLICIT_ABSTRACT_CLASS))) {
		return ce;
	}
	zend_string *usual = zend_string_init(ZEND_STRL("Phalanx\\Exception\\GoException"), 0);
	ce = zend_lookup_class(usual);
	zend_string_release(usual);
	return ce != NULL ? ce : spl_ce_RuntimeException;
}

static void phx_set_if_declared(zend_object *ex, const char *name, size_t len, zval *value)
{
	zend_string *key = zend_string_init(name, len, 0);
	zend_property_info *info = zend_hash_find_ptr(&ex->ce->properties_info, key);

	if (info != NULL && !(info->flags & ZEND_ACC_STATIC)) {
		zend_update_property_ex(info->ce, ex, key, value);
	}
	zend_string_release(key);
}

/* Takes the exception that a callable has thrown and Go has returned. */
static bool phx_throw_kept(zend_long id)
{
	phx_calls *c = &phx_thread_calls;
	if (id <= 0 || (uint64_t) id > c->next_thrown || (uint64_t) id + PHX_THROWN <= c->next_thrown) {
		return false;
	}
	zval *kept = &c->thrown[id % PHX_THROWN];
	if (Z_TYPE_P(kept) != IS_OBJECT) {
		return false;
	}
	zval ex;
	ZVAL_COPY_VALUE(&ex, kept);
	ZVAL_UNDEF(kept);
	zend_throw_exception_object(&ex);
	return true;
}

/* class, message, code, properties, chain, stack, kept: goengine/component.Failure */
static void phx_throw_failure(phx_reader *r)
{
	zval part[7];
	int n = 0;

	while (n < 7 && phx_read(r, &part[n])) {
		n++;
	}
	if (n == 7 && Z_TYPE(part[0]) == IS_STRING && Z_TYPE(part[1]) == IS_STRING &&
		!phx_throw_kept(zval_get_long(&part[6]))) {
		zend_class_entry *ce = phx_exception_class(&part[0]);
		zval ex;
		if (ce != NULL && object_init_ex(&ex, ce) == SUCCESS) {
			zend_class_entry *base = instanceof_function(ce, zend_ce_exception) ? zend_ce_exception : zend_ce_error;
			zend_update_property_ex(base, Z_OBJ(ex), ZSTR_KNOWN(ZEND_STR_MESSAGE), &part[1]);
			zend_update_property_ex(base, Z_OBJ(ex), ZSTR_KNOWN(ZEND_STR_CODE), &part[2]);
			if (Z_TYPE(part[3]) == IS_ARRAY) {
				zend_string *name;
				zval *value;
				ZEND_HASH_FOREACH_STR_KEY_VAL(Z_ARRVAL(part[3]), name, value)
				{
					if (name != NULL) {
						phx_set_if_declared(Z_OBJ(ex), ZSTR_VAL(name), ZSTR_LEN(name), value);
					}
				}
				ZEND_HASH_FOREACH_END();
			}
			phx_set_if_declared(Z_OBJ(ex), ZEND_STRL("chain"), &part[4]);
			phx_set_if_declared(Z_OBJ(ex), ZEND_STRL("goStack"), &part[5]);
			zend_throw_exception_object(&ex);
		}
	} else if (!EG(exception)) {
		zend_throw_error(NULL, "A Go error could not be read");
	}
	while (n > 0) {
		zval_ptr_dtor(&part[--n]);
	}
}

/* number, whether it is the type, message: goengine/component.Mismatch */
static void phx_throw_mismatch(const phx_method *m, phx_reader *r)
{
	zval num, type, text;

	if (!phx_read(r, &num) || !phx_read(r, &type) || !phx_read(r, &text) || Z_TYPE(text) != IS_STRING) {
		zend_throw_error(NULL, "An argument could not be handed over");
		return;
	}
	zend_class_entry *ce = Z_TYPE(type) == IS_TRUE ? zend_ce_type_error : zend_ce_value_error;
	if (m->flags & PHX_ACCESSOR) {
		zend_throw_error(ce, "%s::$%s %s", m->cls->name, m->name, Z_STRVAL(text));
	} else {
		zend_argument_error(ce, (uint32_t) zval_get_long(&num), "%s", Z_STRVAL(text));
	}
	zval_ptr_dtor(&text);
}

/* Makes a result, or an exception, of what a call answered. */
static bool phx_finish(const phx_method *m, int32_t outcome, const char *data, size_t len, zval *value)
{
	phx_reader r;
	bool good = false;

	ZVAL_NULL(value);
	phx_reader_init(&r, data, len);
	switch (outcome) {
		case PHX_DONE:
			good = len == 0 || phx_read(&r, value);
			if (!good) {
				ZVAL_NULL(value);
			}
			if (!good && !EG(exception)) { /* of __unserialize() */
				zend_throw_error(NULL, "The result of %s::%s() could not be read", m->cls->name, m->name);
			}
			break;
		case PHX_MISMATCH:
			phx_throw_mismatch(m, &r);
			break;
		case PHX_FAILURE:
			phx_throw_failure(&r);
			break;
		case PHX_NO_OBJECT:
			zend_throw_error(NULL, "The Go value of this %s is gone", m->cls->name);
			break;
		default:
			zend_throw_error(NULL, "The call of %s::%s() failed in the engine: see the log", m->cls->name, m->name);
	}
	phx_reader_release(&r);
	return good;
}

/* ---- the thread's side of waiting ---- */

static void phx_free_wait(zval *entry)
{
	phx_wait_entry *w = Z_PTR_P(entry);
	zval_ptr_dtor(&w->suspension);
	efree(w);
}

static bool phx_calls_open(void)
{
	phx_calls *c = &phx_thread_calls;
	if (EXPECTED(c->open)) {
		return true;
	}
	c->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	c->caller = c->wake < 0 ? 0 : phx_caller_new(c->wake, &c->bell);
	if (c->caller <= 0) {
		if (c->wake >= 0) {
			close(c->wake);
		}
		zend_throw_error(NULL, "Phalanx could not prepare this thread for calls that wait: %s", strerror(errno));
		return false;
	}
	zend_hash_init(&c->waits, 8, NULL, phx_free_wait, 0);
	zend_hash_init(&c->callables, 8, NULL, ZVAL_PTR_DTOR, 0);
	for (int i = 0; i < PHX_THROWN; i++) {
		ZVAL_UNDEF(&c->thrown[i]);
	}
	c->open = true;
	if (phx_current_loop.open) {
		phx_caller_attach(c->caller, phx_current_loop.engine.loop);
	}
	return true;
}

void phx_calls_loop_opened(int64_t loop)
{
	if (phx_thread_calls.open) {
		phx_caller_attach(phx_thread_calls.caller, loop);
	}
}

void phx_calls_loop_closed(void)
{
	if (phx_thread_calls.open) {
		phx_caller_attach(phx_thread_calls.caller, 0);
	}
}

/* At the end of a script: nothing waits any more, what Go still returns is thrown away. */
void phx_calls_release(void)
{
	phx_calls *c = &phx_thread_calls;

	if (c->open) {
		c->open = false;
		phx_caller_close(c->caller);
		zend_hash_destroy(&c->waits);
		zend_hash_destroy(&c->callables);
		for (int i = 0; i < PHX_THROWN; i++) {
			zval_ptr_dtor(&c->thrown[i]);
		}
		close(c->wake);
	}
	c->limit_until = 0;
	c->next_thrown = c->next_callable = 0;
	c->blocked = c->reading = false;
	c->scheduler = c->suspension = NULL;
	c->may_wait = c->wait = c->complete = NULL;
}

/* The thread goes to sleep: who writes to it wakes it from now on. False: it need not, there is mail. */
bool phx_calls_sleep(uint32_t how)
{
	phx_bell *bell = &phx_thread_calls.bell;

	if (EXPECTED(!phx_thread_calls.open)) {
		return true;
	}
	__atomic_store_n(&bell->asleep, how, __ATOMIC_SEQ_CST);
	return __atomic_load_n(&bell->mail, __ATOMIC_SEQ_CST) == 0;
}

void phx_calls_awake(void)
{
	if (UNEXPECTED(phx_thread_calls.open)) {
		__atomic_store_n(&phx_thread_calls.bell.asleep, PHX_AWAKE, __ATOMIC_SEQ_CST);
	}
}

bool phx_calls_pending(void)
{
	return phx_thread_calls.open && zend_hash_num_elements(&phx_thread_calls.waits) > 0;
}

/* ---- PHP callables that Go calls ---- */

static uint64_t phx_keep_callable(zval *callable)
{
	phx_calls *c = &phx_thread_calls;
	zval copy;

	ZVAL_COPY(&copy, callable);
	zend_hash_index_add_new(&c->callables, ++c->next_callable, &copy);
	return c->next_callable;
}

static void phx_answer_thrown(uint64_t question, zend_object *ex)
{
	phx_calls *c = &phx_thread_calls;
	uint64_t id = ++c->next_thrown;
	zval *slot = &c->thrown[id % PHX_THROWN], old;

	ZVAL_COPY_VALUE(&old, slot);
	ZVAL_OBJ_COPY(slot, ex);
	zval rv;
	zend_string *text = zval_get_string(
		zend_read_property_ex(instanceof_function(ex->ce, zend_ce_exception) ? zend_ce_exception : zend_ce_error, ex,
			ZSTR_KNOWN(ZEND_STR_MESSAGE), 1, &rv));
	phx_callable_thrown(
		c->caller, question, ZSTR_VAL(ex->ce->name), ZSTR_LEN(ex->ce->name), ZSTR_VAL(text), ZSTR_LEN(text), id);
	zend_string_release(text);
	zval_ptr_dtor(&old);
}

/* Hands an exception that is on its way to Go instead. exit() is none: it goes on. */
static void phx_answer_pending_exception(uint64_t question)
{
	zend_object *ex = EG(exception);

	if (zend_is_unwind_exit(ex) || zend_is_graceful_exit(ex)) {
		phx_callable_thrown(phx_thread_calls.caller, question, ZEND_STRL("exit"), ZEND_STRL("the script ends"), 0);
		return;
	}
	GC_ADDREF(ex);
	zend_clear_exception();
	phx_answer_thrown(question, ex);
	OBJ_RELEASE(ex);
}

static void phx_answer_value(uint64_t question, zval *value)
{
	phx_buffer b = phx_take_buffer();
	phx_writer w = {.out = &b, .depth = PHX_WIRE_DEPTH};
	phx_wire_status st = phx_write(&w, value);

	if (st == PHX_WIRE_OK) {
		phx_callable_answer(phx_thread_calls.caller, question, b.data, b.len);
	} else {
		phx_wire_throw(&w, st, 0);
		phx_answer_pending_exception(question);
	}
	phx_give_buffer(&b);
}

/* The arguments of a question, as an array. False: nobody waits for the answer. */
static bool phx_question(uint64_t question, zval *args)
{
	phx_reply a;
	phx_reader r;

	phx_reply_init(&a);
	bool asked = phx_callable_question(phx_thread_calls.caller, question, &a) == PHX_DONE;
	if (asked) {
		array_init(args);
		phx_reader_init(&r, phx_reply_bytes(&a), a.len);
		zval value;
		while (r.at < r.end && phx_read(&r, &value)) {
			zend_hash_next_index_insert_new(Z_ARRVAL_P(args), &value);
		}
		phx_reader_release(&r);
	}
	phx_reply_free(&a);
	return asked;
}

static zend_class_entry *phx_known_class(zend_class_entry **known, const char *name, size_t len)
{
	if (UNEXPECTED(*known == NULL)) {
		zend_string *text = zend_string_init(name, len, 0);
		*known = zend_lookup_class(text);
		zend_string_release(text);
	}
	return *known;
}

static zend_function *phx_known_function(zend_function **known, zend_class_entry *ce, const char *name, size_t len)
{
	if (UNEXPECTED(*known == NULL)) {
		*known = zend_hash_str_find_ptr(&ce->function_table, name, len);
	}
	return *known;
}

static zend_class_entry *phx_scheduler(void)
{
	return phx_known_class(&phx_thread_calls.scheduler, ZEND_STRL("Phalanx\\Fiber\\Scheduler"));
}

static void phx_answer_question(uint64_t callable, uint64_t question)
{
	phx_calls *c = &phx_thread_calls;
	zval *known = zend_hash_index_find(&c->callables, callable), args, target, ret;

	if (known == NULL || !phx_question(question, &args)) {
		return;
	}
	ZVAL_COPY(&target, known);
	ZVAL_UNDEF(&ret);
	zend_class_entry *scheduler = c->blocked ? NULL : phx_scheduler();
	if (scheduler != NULL) {
		/* In a Fiber of its own, so that it may wait. */
		zval params[3];
		ZVAL_COPY_VALUE(&params[0], &target);
		ZVAL_COPY_VALUE(&params[1], &args);
		ZVAL_LONG(&params[2], (zend_long) question);
		zend_function *fn = zend_hash_str_find_ptr(&scheduler->function_table, ZEND_STRL("answer"));
		zend_call_known_function(fn, NULL, scheduler, &ret, 3, params, NULL);
		zval_ptr_dtor(&ret);
		phx_after_callback(NULL);
	} else {
		zend_fcall_info fci;
		zend_fcall_info_cache fcc;
		if (zend_fcall_info_init(&target, 0, &fci, &fcc, NULL, NULL) == SUCCESS) {
			fci.retval = &ret;
			zend_fcall_info_args(&fci, &args);
			zend_call_function(&fci, &fcc);
			zend_fcall_info_args_clear(&fci, true);
		} else if (!EG(exception)) {
			zend_throw_error(NULL, "A callable that Go holds is no longer callable");
		}
		if (EG(exception)) {
			phx_answer_pending_exception(question);
		} else {
			phx_answer_value(question, &ret);
		}
		zval_ptr_dtor(&ret);
	}
	zval_ptr_dtor(&target);
	zval_ptr_dtor(&args);
}

PHP_FUNCTION(phalanx_callable_answer)
{
	zend_long question;
	zval *value;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_LONG(question)
		Z_PARAM_ZVAL(value)
	ZEND_PARSE_PARAMETERS_END();

	if (phx_thread_calls.open) {
		phx_answer_value((uint64_t) question, value);
	}
}

PHP_FUNCTION(phalanx_callable_thrown)
{
	zend_long question;
	zval *exception;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_LONG(question)
		Z_PARAM_OBJECT_OF_CLASS(exception, zend_ce_throwable)
	ZEND_PARSE_PARAMETERS_END();

	if (phx_thread_calls.open) {
		phx_answer_thrown((uint64_t) question, Z_OBJ_P(exception));
	}
}

/* ---- mail ---- */

static void phx_call_done(uint64_t id)
{
	phx_calls *c = &phx_thread_calls;
	phx_wait_entry *w = zend_hash_index_find_ptr(&c->waits, id);

	if (w == NULL) {
		return;
	}
	w->done = true;
	if (Z_TYPE(w->suspension) != IS_OBJECT) {
		return;
	}
	zval suspension, ret, nothing;
	ZVAL_COPY(&suspension, &w->suspension);
	ZVAL_UNDEF(&ret);
	ZVAL_NULL(&nothing);
	/* While the thread itself waits the Fiber's turn has not come: the loop resumes it later. */
	if (EXPECTED(!c->blocked)) {
		zend_function *complete = phx_known_function(&c->complete, Z_OBJCE(suspension), ZEND_STRL("complete"));
		zend_call_known_instance_method_with_1_params(complete, Z_OBJ(suspension), &ret, &nothing);
	} else {
		zend_call_method_with_1_params(Z_OBJ(suspension), Z_OBJCE(suspension), NULL, "wake", &ret, &nothing);
	}
	zval_ptr_dtor(&ret);
	zval_ptr_dtor(&suspension);
	if (EG(exception) && !c->blocked) {
		phx_after_callback(NULL);
	}
}

void phx_calls_mail(void)
{
	phx_calls *c = &phx_thread_calls;
	phx_mail mail[PHX_MAIL];
	int32_t n;

	if (!c->open || !__atomic_load_n(&c->bell.mail, __ATOMIC_SEQ_CST)) {
		return;
	}
	do {
		n = phx_caller_take(c->caller, mail, PHX_MAIL);
		for (int32_t i = 0; i < n; i++) {
			phx_thread_vitals.step++;
			switch (mail[i].kind) {
				case PHX_CALL_DONE:
					phx_call_done(mail[i].id);
					break;
				case PHX_CALL_CALLABLE:
					if (EG(exception)) {
						phx_callable_thrown(c->caller, mail[i].aux, ZEND_STRL("exit"), ZEND_STRL("the script ends"), 0);
					} else {
						phx_answer_question(mail[i].id, mail[i].aux);
					}
					break;
				case PHX_DROP_CALLABLE:
					zend_hash_index_del(&c->callables, mail[i].id);
					break;
			}
			if (!c->open) {
				return;
			}
		}
	} while (n == PHX_MAIL);
}

/* ---- waiting ---- */

/* Whether the code that calls runs in a Fiber that the loop resumes. */
static bool phx_may_suspend(void)
{
	zval ret;

	if (EG(active_fiber) == NULL || zend_fiber_switch_blocked()) {
		return false;
	}
	zend_class_entry *scheduler = phx_scheduler();
	if (scheduler == NULL) {
		return false;
	}
	ZVAL_UNDEF(&ret);
	zend_function *fn = phx_known_function(&phx_thread_calls.may_wait, scheduler, ZEND_STRL("maywait"));
	zend_call_known_function(fn, NULL, scheduler, &ret, 0, NULL, NULL);
	bool may = Z_TYPE(ret) == IS_TRUE;
	zval_ptr_dtor(&ret);
	return may;
}

/* The Fiber waits; the loop goes on. */
static void phx_suspend(phx_wait_entry *w)
{
	phx_calls *c = &phx_thread_calls;
	zend_class_entry *ce = phx_known_class(&c->suspension, ZEND_STRL("Phalanx\\Fiber\\Suspension"));
	zval suspension, ret;

	if (ce == NULL || object_init_with_constructor(&suspension, ce, 0, NULL, NULL) != SUCCESS) {
		return;
	}
	ZVAL_COPY(&w->suspension, &suspension);
	ZVAL_UNDEF(&ret);
	zend_call_known_instance_method_with_0_params(
		phx_known_function(&c->wait, ce, ZEND_STRL("wait")), Z_OBJ(suspension), &ret);
	zval_ptr_dtor(&ret);
	zval_ptr_dtor(&suspension);
}

/* The thread waits. Signals' handlers run, and callables that the call asks for. */
static void phx_block(phx_wait_entry *w)
{
	phx_calls *c = &phx_thread_calls;
	bool outer = c->blocked;

	if (phx_current_loop.ops_len > 0) {
		phx_apply_ops(&phx_current_loop); /* what was sent goes out before PHP waits */
	}
	c->blocked = true;
	while (!w->done && !EG(exception)) {
		if (phx_calls_sleep(PHX_ASLEEP_IN_CALL)) {
			struct pollfd p = {.fd = c->wake, .events = POLLIN};
			uint64_t n;
			if (poll(&p, 1, -1) > 0 && read(c->wake, &n, sizeof(n)) < 0) {
				/* nothing: this is its only reader */
			}
		}
		phx_calls_awake();
		if (UNEXPECTED(zend_atomic_bool_load_ex(&EG(vm_interrupt)))) {
			phx_vm_interrupt();
		}
		phx_calls_mail();
	}
	c->blocked = outer;
}

static int64_t phx_now(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t) ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* A call with a context, from its start to its result. */
static bool phx_wait_for(phx_method *m, uint64_t handle, const phx_buffer *b, phx_reply *a, int32_t *outcome)
{
	phx_calls *c = &phx_thread_calls;
	bool suspend = phx_may_suspend();
	uint64_t id = 0;
	int64_t limit = 0;

	if (EG(exception)) {
		return false;
	}
	if (!suspend && c->limit_until) {
		limit = c->limit_until - phx_now();
		limit = limit > 0 ? limit : 1;
	}
	uint32_t fiber = EG(active_fiber) ? EG(active_fiber)->std.handle : 0;
	*outcome = phx_call_start(c->caller, m->id, handle, b->data, b->len, limit, fiber, suspend, a, &id);
	if (*outcome != PHX_STARTED) {
		return true;
	}
	phx_wait_entry *w = ecalloc(1, sizeof(*w));
	ZVAL_UNDEF(&w->suspension);
	zend_hash_index_add_new_ptr(&c->waits, id, w);
	if (suspend) {
		phx_suspend(w);
	} else {
		phx_block(w);
	}
	if (!c->open) {
		return false; /* the script ended meanwhile; all is released */
	}
	bool done = w->done && !EG(exception);
	zend_hash_index_del(&c->waits, id);
	if (!done) {
		phx_call_cancel(c->caller, id);
		if (!EG(exception)) {
			zend_throw_error(NULL, "The wait for %s::%s() ended early", m->cls->name, m->name);
		}
		return false;
	}
	*outcome = phx_call_result(c->caller, id, a);
	return true;
}

PHP_FUNCTION(phalanx_call_limit)
{
	double seconds;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_DOUBLE(seconds)
	ZEND_PARSE_PARAMETERS_END();

	phx_calls *c = &phx_thread_calls;
	RETVAL_DOUBLE(c->limit_until ? (double) (c->limit_until - phx_now()) / 1e9 : 0);
	if (seconds == 0) {
		c->limit_until = 0;
	} else {
		double ns = seconds * 1e9;
		c->limit_until = phx_now() + (ns < 9e18 / 2 ? (int64_t) ns : (int64_t) (9e18 / 2));
	}
}

/* ---- calls ---- */

static const phx_type *phx_type_of(const phx_method *m, uint32_t i)
{
	return &m->params[i < m->count ? i : m->count - 1].type; /* the last one may be variadic */
}

static bool phx_write_arguments(phx_method *m, phx_buffer *b, uint32_t argc, zval *argv)
{
	for (uint32_t i = 0; i < argc; i++) {
		const phx_type *type = phx_type_of(m, i);
		phx_writer w = {.out = b, .depth = PHX_WIRE_DEPTH};
		phx_wire_status st;

		if (type->kind == PHX_CALLABLE && Z_TYPE(argv[i]) != IS_NULL) {
			if (!phx_calls_open()) {
				return false;
			}
			st = phx_buffer_reserve(b, 16) ? PHX_WIRE_OK : PHX_WIRE_TOO_LARGE;
			phx_write_func(b, phx_keep_callable(&argv[i]));
		} else {
			st = type->kind == PHX_HELD ? phx_write_held(&w, &argv[i]) : phx_write(&w, &argv[i]);
		}
		if (UNEXPECTED(st != PHX_WIRE_OK)) {
			phx_wire_throw(&w, st, m->flags & PHX_ACCESSOR ? 0 : i + 1);
			return false;
		}
	}
	return true;
}

static bool phx_invoke_encoded(phx_method *m, uint64_t handle, uint32_t argc, zval *argv, zval *return_value)
{
	phx_buffer b = phx_take_buffer();
	phx_reply a;
	int32_t outcome = PHX_FAILURE;
	bool good = false;

	ZVAL_NULL(return_value);
	phx_reply_init(&a);
	if (phx_write_arguments(m, &b, argc, argv) && (!(m->flags & PHX_CONTEXT) || phx_calls_open())) {
		bool answered = true;
		if (m->flags & PHX_CONTEXT) {
			answered = phx_wait_for(m, handle, &b, &a, &outcome);
		} else {
			outcome = phx_component_call(m->id, handle, phx_thread_calls.caller, b.data, b.len, &a);
		}
		if (answered) {
			good = phx_finish(m, outcome, phx_reply_bytes(&a), a.len, return_value);
		}
	}
	if (good && (m->flags & PHX_ITERATES) && (m->flags & PHX_CONTEXT) && Z_TYPE_P(return_value) == IS_OBJECT) {
		phx_object_of(Z_OBJ_P(return_value))->waits = true;
	}
	phx_reply_free(&a);
	phx_give_buffer(&b);
	return good;
}

/* A value that Go keeps is encoded behind those before it; its place is noted as an offset, for the buffer may move. */
static bool phx_hold(phx_slot *slot, phx_buffer *b, zval *value, uint32_t num)
{
	phx_writer w = {.out = b, .depth = PHX_WIRE_DEPTH};
	size_t start = b->len;
	phx_wire_status st = phx_write_held(&w, value);

	if (UNEXPECTED(st != PHX_WIRE_OK)) {
		phx_wire_throw(&w, st, num);
		return false;
	}
	slot->text.data = (const char *) (uintptr_t) start;
	slot->text.len = (int64_t) (b->len - start);
	return true;
}

/* Most are strings, which need no reader. */
static bool phx_unhold(const phx_method *m, const char *data, size_t len, zval *value)
{
	if (EXPECTED(len >= 5 && data[0] == PHX_TAG_STRING)) {
		ZVAL_STRINGL_FAST(value, data + 5, len - 5);
		return true;
	}
	return phx_finish(m, PHX_DONE, data, len, value);
}

/* One crossing, nothing encoded but values that Go keeps. goengine/component.Slot */
static bool phx_invoke_fast(phx_method *m, uint64_t handle, uint32_t argc, zval *argv, zval *return_value)
{
	phx_slot in[PHX_FAST_ARGS], out;
	phx_buffer b = {0};
	uint32_t held = 0, count = m->count < PHX_FAST_ARGS ? m->count : PHX_FAST_ARGS;
	phx_reply a;

	for (uint32_t i = 0; i < argc; i++) {
		switch (m->params[i].type.kind) {
			case PHX_INT:
				in[i].number = Z_LVAL(argv[i]);
				break;
			case PHX_FLOAT:
				in[i].real = Z_DVAL(argv[i]);
				break;
			case PHX_BOOL:
				in[i].number = 0;
				in[i].truth = Z_TYPE(argv[i]) == IS_TRUE;
				break;
			case PHX_HELD:
				if (held == 0) {
					b = phx_take_buffer();
				}
				held |= 1u << i;
				if (UNEXPECTED(!phx_hold(&in[i], &b, &argv[i], m->flags & PHX_ACCESSOR ? 0 : i + 1))) {
					phx_give_buffer(&b);
					return false;
				}
				break;
			default:
				in[i].text.data = Z_STRVAL(argv[i]);
				in[i].text.len = (int64_t) Z_STRLEN(argv[i]);
		}
	}
	for (uint32_t i = argc; i < count; i++) {
		in[i].text.data = NULL;
		in[i].text.len = 0;
	}
	for (uint32_t i = 0; held >> i; i++) {
		if (held & 1u << i) {
			in[i].text.data = b.data + (uintptr_t) in[i].text.data;
		}
	}
	phx_reply_init(&a);
	int32_t outcome = phx_component_fast(m->id, handle, argc, in, &out, &a);
	if (held) {
		phx_give_buffer(&b);
	}
	bool good = outcome == PHX_DONE;
	if (UNEXPECTED(!good)) {
		phx_finish(m, outcome, phx_reply_bytes(&a), a.len, return_value);
	} else {
		switch (m->result.kind) {
			case PHX_INT:
				ZVAL_LONG(return_value, out.number);
				break;
			case PHX_FLOAT:
				ZVAL_DOUBLE(return_value, out.real);
				break;
			case PHX_BOOL:
				ZVAL_BOOL(return_value, out.truth);
				break;
			case PHX_STRING:
				ZVAL_STRINGL_FAST(return_value, phx_reply_bytes(&a), out.text.len);
				break;
			case PHX_HELD:
				good = phx_unhold(m, phx_reply_bytes(&a), (size_t) out.text.len, return_value);
				break;
		}
	}
	phx_reply_free(&a);
	return good;
}

/* A slot cannot say null. */
static bool phx_is_fast(const phx_method *m, uint32_t argc, const zval *argv)
{
	if (argc > PHX_FAST_ARGS || !(m->fast & 1u << argc)) {
		return false;
	}
	for (uint32_t i = 0; i < argc; i++) {
		if (Z_TYPE(argv[i]) == IS_NULL && m->params[i].type.kind != PHX_HELD) {
			return false;
		}
	}
	return true;
}

bool phx_method_invoke(phx_method *m, uint64_t handle, uint32_t argc, zval *argv, zval *return_value)
{
	if (phx_is_fast(m, argc, argv)) {
		ZVAL_NULL(return_value);
		return phx_invoke_fast(m, handle, argc, argv, return_value);
	}
	return phx_invoke_encoded(m, handle, argc, argv, return_value);
}

/* The object that a constructor makes is there already: it gets its Go value. */
static void phx_construct(phx_method *m, zend_object *obj, uint32_t argc, zval *argv)
{
	phx_object *o = phx_object_of(obj);
	zval handle;

	if (o->handle != 0) {
		zend_throw_error(NULL, "This %s has been constructed already", m->cls->name);
		return;
	}
	if (phx_method_invoke(m, 0, argc, argv, &handle)) {
		o->handle = (uint64_t) Z_LVAL(handle);
	}
}

void phx_method_call(phx_method *m, zend_object *obj, uint32_t argc, zval *argv, zval *return_value)
{
	bool variadic = m->count > 0 && (m->params[m->count - 1].flags & PHX_VARIADIC);
	bool strict = ZEND_ARG_USES_STRICT_TYPES();
	zval few[PHX_STACK_ARGS], *parsed = few;

	if (UNEXPECTED(argc < m->required || (argc > m->count && !variadic))) {
		zend_wrong_parameters_count_error(m->required, variadic ? (uint32_t) -1 : m->count);
		return;
	}
	if (UNEXPECTED(argc > PHX_STACK_ARGS)) {
		parsed = safe_emalloc(argc, sizeof(zval), 0);
	}
	for (uint32_t i = 0; i < argc; i++) {
		if (UNEXPECTED(!phx_parse_argument(phx_type_of(m, i), &argv[i], i + 1, strict, &parsed[i]))) {
			goto out;
		}
	}
	uint64_t handle = 0;
	if (m->flags & PHX_CONSTRUCTS) {
		phx_construct(m, obj, argc, parsed);
		goto out;
	}
	if (!(m->flags & PHX_STATIC)) {
		handle = phx_object_of(obj)->handle;
		if (UNEXPECTED(handle == 0)) {
			zend_throw_error(NULL, "The constructor of %s has not run", m->cls->name);
			goto out;
		}
	}
	phx_method_invoke(m, handle, argc, parsed, return_value);
out:
	if (UNEXPECTED(parsed != few)) {
		efree(parsed);
	}
}
