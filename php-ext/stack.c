/*
 * Where the C stack is on which PHP calls Go.
 *
 * Go asks at each call that comes from a stack it does not know (runtime.callbackUpdateSystemStack), and asks
 * pthread_getattr_np(), which knows the thread's own stack only: for a Fiber it is of no use, so Go asks again at the next
 * call, and each time it costs several times what the call does. The linker leads that question here
 * (-Wl,--wrap in bridge/ext/ext.go): the answer is the stack of the Fiber that runs, or the thread's, which is looked up
 * once.
 */
#include "phalanx.h"

#include <Zend/zend_fibers.h>
#include <pthread.h>

int __real_pthread_getattr_np(pthread_t thread, pthread_attr_t *attr);
int __wrap_pthread_getattr_np(pthread_t thread, pthread_attr_t *attr);

static __thread struct {
	void *low;
	size_t size;
} phx_thread_stack;

/* The stack of the Fiber that runs, if at is on it. */
static bool phx_fiber_stack(const char *at, char **low, size_t *size)
{
#ifdef ZEND_CHECK_STACK_LIMIT
	/* Go asks before PHP has started, too: the key that PHP's thread local storage goes by is then whose it happens to be. */
	if (executor_globals_offset == 0 || tsrm_get_ls_cache() == NULL || TSRMLS_CACHE == NULL) {
		return false; /* no thread of PHP's, or not yet, or not any more */
	}
	zend_fiber_context *context = EG(current_fiber_context);
	if (context == NULL || context->stack == NULL) {
		return false;
	}
	*low = zend_fiber_stack_limit(context->stack);
	*size = (size_t) ((char *) zend_fiber_stack_base(context->stack) - *low);
	return at > *low && at <= *low + *size;
#else
	return false;
#endif
}

int __wrap_pthread_getattr_np(pthread_t thread, pthread_attr_t *attr)
{
	char here, *low = NULL;
	size_t size = 0;

	if (!pthread_equal(thread, pthread_self())) {
		return __real_pthread_getattr_np(thread, attr);
	}
	if (phx_fiber_stack(&here, &low, &size)) {
		return pthread_attr_setstack(attr, low, size);
	}
	if (phx_thread_stack.size == 0) {
		int st = __real_pthread_getattr_np(thread, attr);
		if (st == 0 && pthread_attr_getstack(attr, &phx_thread_stack.low, &phx_thread_stack.size) != 0) {
			phx_thread_stack.size = 0;
		}
		return st;
	}
	return pthread_attr_setstack(attr, phx_thread_stack.low, phx_thread_stack.size);
}
