/*
 * Callbacks in Fibers. A new Fiber costs a mapping for its stack and page faults, several times what
 * a small request costs altogether, so those of finished callbacks are used again, as long as nobody
 * can tell: one that something still refers to, a WeakMap included, ends with its callback.
 */
#include "phalanx.h"

#include "request.h"

#include <Zend/zend_exceptions.h>
#include <Zend/zend_extensions.h>
#include <Zend/zend_fibers.h>
#include <time.h>

/* A loop's idle ones, each with some 30 KiB; more than PHX_KEPT_FIBERS come up only while so many callbacks wait. */
#define PHX_IDLE_FIBERS 2048
#define PHX_TRIM_TIME 1000000000 /* ns: those that nobody has needed for so long go again */

/*
 * A Fiber of the pool. Owned by whoever runs it: phx_fiber_run() until its callback waits, then the
 * body, on the Fiber's own stack, unless phalanx_fiber_resume() has lent it the claim to park again.
 */
struct phx_fiber {
	phx_fiber *next; /* idle */
	zend_fiber *fiber;
	zval *callable; /* valid until the callback has started */
	zval *argv;
	uint32_t argc;
	zend_object *conn; /* of a message whose callback waits */
	bool parked;       /* the callback has returned and the Fiber waits for the next */
	bool left;         /* the callback waits; nobody but its Fiber knows of this record */
	bool held;         /* conn delivers nothing until the callback has returned */
	bool quit;
};

/* Where a Fiber has its record while its callback waits. */
static int phx_fiber_slot = -1;

void phx_fiber_init(void)
{
	phx_fiber_slot = zend_get_resource_handle("phalanx");
}

static void phx_call_method(zend_object *obj, const char *name, size_t len, zval *ret)
{
	zend_function *fn = zend_hash_str_find_ptr(&obj->ce->function_table, name, len);
	if (fn != NULL) {
		zend_call_known_function(fn, obj, obj->ce, ret, 0, NULL, NULL);
	}
}

/* The end of a message's callback that has waited. An exception of exit() or of a Fiber that is being destroyed stays. */
static void phx_fiber_message_done(phx_fiber *f)
{
	zend_object *conn = f->conn;
	f->conn = NULL;
	phx_after_callback(conn);
	if (f->held && phx_current_loop.open) {
		zend_exception_save();
		phx_call_method(conn, ZEND_STRL("releasemessages"), NULL);
		zend_exception_restore();
	}
	f->held = false;
	OBJ_RELEASE(conn);
}

/* What each Fiber of the pool runs: one callback after the other. */
PHP_FUNCTION(phalanx_fiber_body)
{
	phx_loop *loop = &phx_current_loop;
	phx_fiber *f = loop->fiber_starts;

	ZEND_PARSE_PARAMETERS_NONE();
	if (f == NULL) {
		zend_throw_error(NULL, "phalanx_fiber_body() is the engine's");
		RETURN_THROWS();
	}
	loop->fiber_starts = NULL;
	while (!f->quit) {
		zval callable, ret;
		ZVAL_COPY(&callable, f->callable); /* who called may be gone when it ends */
		phx_call(&callable, f->argc, f->argv);
		phx_request_left(&f->fiber->context);
		if (f->conn != NULL) {
			phx_fiber_message_done(f);
		}
		zval_ptr_dtor(&callable);
		if (f->left) {
			if (EG(exception) != NULL || loop->fiber_resumes != f) {
				efree(f); /* the Fiber ends here, and with it what knew of the record */
				return;
			}
			f->left = false; /* phalanx_fiber_resume() takes it */
		} else if (EG(exception) != NULL) {
			return;
		}
		f->parked = true;
		ZVAL_UNDEF(&ret);
		zend_fiber_suspend(f->fiber, NULL, &ret);
		zval_ptr_dtor(&ret);
		if (EG(exception) != NULL) {
			return; /* it is being destroyed */
		}
	}
}

/* Ends a Fiber whose callback has returned. Takes a reference. */
static void phx_fiber_quit(phx_fiber *f)
{
	zend_object *obj = &f->fiber->std;
	zval ret;

	ZVAL_UNDEF(&ret);
	f->quit = true;
	zend_fiber_resume(f->fiber, NULL, &ret);
	zval_ptr_dtor(&ret);
	efree(f);
	OBJ_RELEASE(obj);
}

/* A record's Fiber whose callback has returned: kept for the next one, if nobody else has it. Takes a reference. */
static void phx_fiber_put(phx_loop *loop, phx_fiber *f, uint32_t references)
{
	zend_object *obj = &f->fiber->std;
	if (GC_REFCOUNT(obj) == references && !(OBJ_FLAGS(obj) & IS_OBJ_WEAKLY_REFERENCED) && loop->open &&
		loop->fiber_count < PHX_IDLE_FIBERS) {
		f->next = loop->fiber_idle;
		loop->fiber_idle = f;
		loop->fiber_count++;
		return;
	}
	phx_fiber_quit(f); /* to those who have it it is over */
}

static phx_fiber *phx_fiber_get(phx_loop *loop)
{
	phx_fiber *f;
	while ((f = loop->fiber_idle) != NULL) {
		loop->fiber_idle = f->next;
		if (--loop->fiber_count < loop->fiber_least) {
			loop->fiber_least = loop->fiber_count;
		}
		if (EXPECTED(f->fiber->context.status == ZEND_FIBER_STATUS_SUSPENDED)) {
			return f;
		}
		OBJ_RELEASE(&f->fiber->std); /* the script is ending: PHP has destroyed all objects */
		efree(f);
	}
	zval object, body;
	object_init_ex(&object, zend_ce_fiber);
	ZVAL_STRING(&body, "phalanx_fiber_body");
	zend_call_known_instance_method_with_1_params(zend_ce_fiber->constructor, Z_OBJ(object), NULL, &body);
	zval_ptr_dtor(&body);
	f = ecalloc(1, sizeof(*f));
	f->fiber = (zend_fiber *) Z_OBJ(object);
	return f;
}

/* Calls in a Fiber; what is thrown before the callback waits is left in EG(exception). conn: whose message it is, or NULL. */
void phx_fiber_run(phx_loop *loop, zval *callable, uint32_t argc, zval *argv, zend_object *conn)
{
	phx_fiber *f = phx_fiber_get(loop);
	zend_fiber *fiber = f->fiber;
	zval ret;

	f->callable = callable;
	f->argc = argc;
	f->argv = argv;
	phx_request_inherit(&fiber->context);
	ZVAL_UNDEF(&ret);
	if (f->parked) {
		f->parked = false;
		zend_fiber_resume(fiber, NULL, &ret);
	} else {
		loop->fiber_starts = f;
		zend_fiber_start(fiber, &ret);
	}
	zval_ptr_dtor(&ret);
	if (EXPECTED(f->parked)) {
		phx_fiber_put(loop, f, 1);
		return;
	}
	if (fiber->context.status != ZEND_FIBER_STATUS_SUSPENDED) {
		efree(f); /* it has thrown */
		OBJ_RELEASE(&fiber->std);
		return;
	}
	f->left = true;
	if (conn != NULL) {
		zval held;
		GC_ADDREF(conn);
		f->conn = conn;
		ZVAL_UNDEF(&held);
		phx_call_method(conn, ZEND_STRL("holdmessages"), &held);
		f->held = Z_TYPE(held) == IS_TRUE;
		zval_ptr_dtor(&held);
	}
	/* Whoever is to wake it has it: phalanx_fiber_resume() finds the record by it. Nobody: it is destroyed. */
	fiber->context.reserved[phx_fiber_slot] = f;
	OBJ_RELEASE(&fiber->std);
}

PHP_FUNCTION(phalanx_fiber_run)
{
	zend_fcall_info fci;
	zend_fcall_info_cache fcc;
	zval *args;
	uint32_t argc;

	ZEND_PARSE_PARAMETERS_START(1, -1)
		Z_PARAM_FUNC(fci, fcc)
		Z_PARAM_VARIADIC('*', args, argc)
	ZEND_PARSE_PARAMETERS_END();

	phx_loop *loop = phx_loop_get();
	if (loop == NULL) {
		RETURN_THROWS();
	}
	phx_fiber_run(loop, &fci.function_name, argc, args, NULL);
}

PHP_FUNCTION(phalanx_fiber_resume)
{
	zend_object *object;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_OBJ_OF_CLASS(object, zend_ce_fiber)
	ZEND_PARSE_PARAMETERS_END();

	phx_loop *loop = &phx_current_loop;
	zend_fiber *fiber = (zend_fiber *) object;
	phx_fiber *f = loop->open ? fiber->context.reserved[phx_fiber_slot] : NULL;
	phx_fiber *outer = loop->fiber_resumes;
	zval ret;

	ZVAL_UNDEF(&ret);
	loop->fiber_resumes = f;
	zend_fiber_resume(fiber, NULL, &ret);
	loop->fiber_resumes = outer;
	zval_ptr_dtor(&ret);
	/* The record is gone when the Fiber has ended. */
	if (f != NULL && fiber->context.status == ZEND_FIBER_STATUS_SUSPENDED && f->parked) {
		fiber->context.reserved[phx_fiber_slot] = NULL;
		GC_ADDREF(object);
		/* Besides ours: the argument's, and that of Phalanx\Fiber\Suspension, which is about to let go of it. */
		phx_fiber_put(loop, f, 3);
	}
}

/* When no callback runs and there are more than PHX_KEPT_FIBERS. */
void phx_fibers_trim(phx_loop *loop)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	int64_t ns = (int64_t) now.tv_sec * 1000000000 + now.tv_nsec;

	if (ns - loop->fiber_trimmed < PHX_TRIM_TIME) {
		return;
	}
	uint32_t spare = loop->fiber_least;
	loop->fiber_trimmed = ns;
	for (; spare > PHX_KEPT_FIBERS && loop->fiber_idle != NULL; spare--) {
		phx_fiber *f = loop->fiber_idle;
		loop->fiber_idle = f->next;
		loop->fiber_count--;
		phx_fiber_quit(f);
	}
	loop->fiber_least = loop->fiber_count;
}

/* At the end of a script. */
void phx_fibers_release(phx_loop *loop)
{
	for (phx_fiber *f = loop->fiber_idle; f != NULL;) {
		phx_fiber *next = f->next;
		if (f->fiber->context.status == ZEND_FIBER_STATUS_SUSPENDED &&
			(OBJ_FLAGS(&f->fiber->std) & IS_OBJ_DESTRUCTOR_CALLED)) {
			/* A fatal error: PHP lets objects go as they are, and this one's stack would stay for ever. */
			zend_fiber_destroy_context(&f->fiber->context);
		}
		OBJ_RELEASE(&f->fiber->std);
		efree(f);
		f = next;
	}
	loop->fiber_idle = NULL;
	loop->fiber_count = 0;
}
