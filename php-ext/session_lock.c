/*
 * PHP's own session files are locked by flock(), which waits with the whole thread: of two messages of one visitor in
 * two Fibers, the second would wait for the first and never let it go on. While a message is served, whoever reads a
 * session has it in this table first, and waits for it as Fibers wait; flock() is left to other processes.
 */
#include "phalanx.h"

#include <Zend/zend_fibers.h>
#include <pthread.h>

#include "request.h"

typedef struct phx_session_lock {
	struct phx_session_lock *next;
	size_t len;
	char id[];
} phx_session_lock;

static pthread_mutex_t locks_mutex = PTHREAD_MUTEX_INITIALIZER;
static phx_session_lock *locks; /* one for each session that some message has open */
static ps_module locking_files;
static const ps_module *files;

static phx_session_lock *lock(zend_string *id)
{
	phx_session_lock *l;

	pthread_mutex_lock(&locks_mutex);
	for (l = locks; l != NULL; l = l->next) {
		if (l->len == ZSTR_LEN(id) && memcmp(l->id, ZSTR_VAL(id), l->len) == 0) {
			pthread_mutex_unlock(&locks_mutex);
			return NULL;
		}
	}
	l = malloc(sizeof(*l) + ZSTR_LEN(id));
	l->len = ZSTR_LEN(id);
	memcpy(l->id, ZSTR_VAL(id), l->len);
	l->next = locks;
	locks = l;
	pthread_mutex_unlock(&locks_mutex);
	return l;
}

void phx_session_unlock(void *held)
{
	if (held == NULL) {
		return;
	}
	pthread_mutex_lock(&locks_mutex);
	for (phx_session_lock **l = &locks; *l != NULL; l = &(*l)->next) {
		if (*l == held) {
			*l = (*l)->next;
			break;
		}
	}
	pthread_mutex_unlock(&locks_mutex);
	free(held);
}

/* False: something was thrown instead. */
static bool sleep_in_fiber(double seconds)
{
	zval function, argument, ret;

	ZVAL_STRING(&function, "Workerman\\Timer::sleep");
	ZVAL_DOUBLE(&argument, seconds);
	ZVAL_UNDEF(&ret);
	call_user_function(NULL, NULL, &function, &ret, 1, &argument);
	zval_ptr_dtor(&function);
	zval_ptr_dtor(&ret);
	return EG(exception) == NULL;
}

static zend_result read_locked(PS_READ_ARGS)
{
	void **held = phx_request_session_lock();

	if (held != NULL && *held == NULL && EG(active_fiber) != NULL) {
		double pause = 0.001;
		while ((*held = lock(key)) == NULL) {
			if (!sleep_in_fiber(pause)) {
				return FAILURE;
			}
			pause = MIN(pause * 2, 0.02);
		}
	}
	return files->s_read(mod_data, key, val, maxlifetime);
}

static zend_result close_locked(PS_CLOSE_ARGS)
{
	zend_result result = files->s_close(mod_data);
	void **held = phx_request_session_lock();

	if (held != NULL) {
		phx_session_unlock(*held);
		*held = NULL;
	}
	return result;
}

const ps_module *phx_session_locking(const ps_module *module)
{
	return module != NULL && module == files ? &locking_files : module;
}

void phx_session_lock_install(void)
{
	files = _php_find_ps_module("files");
	if (files != NULL) {
		locking_files = *files;
		locking_files.s_read = read_locked;
		locking_files.s_close = close_locked;
	}
}
