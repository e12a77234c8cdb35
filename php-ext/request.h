/* PHP's request, one for each message: request.c. */
#ifndef PHALANX_REQUEST_H
#define PHALANX_REQUEST_H

#include <Zend/zend_fibers.h>
#include <ext/session/php_session.h>

void phx_request_install(int resource);
void phx_request_inherit(zend_fiber_context *fiber);
void phx_request_left(zend_fiber_context *fiber);
void phx_requests_release(void);

/* Where the request at work keeps the lock of its session; NULL without a request. */
void **phx_request_session_lock(void);

/* session_lock.c */
void phx_session_lock_install(void);
void phx_session_unlock(void *held);
const ps_module *phx_session_locking(const ps_module *module);

#endif
