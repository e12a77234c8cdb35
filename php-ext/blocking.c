/* What was sent in a callback waits for the callbacks of the same moment. Before PHP itself waits for
 * something, or writes to a stream, it goes out: the peer of an application that says "started" and then sleeps, or tells a
 * server something and then asks it through a stream of PHP's own, must not be told afterwards.
 *
 * The functions that wait get a handler in front of theirs. Which one theirs is, is kept in the
 * function itself, for the handler is one for all. */
#include "phalanx.h"

#include <Zend/zend_extensions.h>

#include "blocking.h"

/* Functions that wait for a clock, a peer, another program or a database, or that write to one: who gets
 * both must not get the later words first. */
static const char *const waiting_functions[] = {"sleep", "usleep", "time_nanosleep", "time_sleep_until", /* standard */
	"fwrite", "fputs", "stream_socket_sendto", "fread", "fgets", "fgetc", "fscanf", "stream_get_contents",
	"stream_get_line", "stream_copy_to_stream", "stream_select", "stream_socket_client", "stream_socket_accept",
	"stream_socket_recvfrom", "stream_socket_enable_crypto", "fsockopen", "pfsockopen", "file_get_contents", "file",
	"readfile", "copy", "flock", "exec", "shell_exec", "system", "passthru", "popen", "pclose", "proc_open",
	"proc_close", "gethostbyname", "gethostbynamel", "gethostbyaddr", "dns_get_record", "dns_check_record",
	"checkdnsrr", "dns_get_mx", "getmxrr", "mail", "readline", "curl_exec", "curl_multi_exec",
	"curl_multi_select", /* curl */
	"socket_write", "socket_send", "socket_sendto", "socket_connect", "socket_accept", "socket_read", "socket_recv",
	"socket_recvfrom", "socket_select", /* sockets */
	"sem_acquire", "msg_receive", "msg_send", "pcntl_wait", "pcntl_waitpid", "pcntl_sigtimedwait", "pcntl_sigwaitinfo",
	"mysqli_connect", "mysqli_real_connect", "mysqli_query", "mysqli_real_query", "mysqli_multi_query",
	"mysqli_execute_query", "mysqli_stmt_execute", "mysqli_execute", "mysqli_begin_transaction", "mysqli_commit",
	"mysqli_rollback", "mysqli_poll", "mysqli_reap_async_query", "pg_connect", "pg_pconnect", "pg_query",
	"pg_query_params", "pg_prepare", "pg_execute", "pg_get_result", "ldap_bind", "ldap_search", "ftp_connect",
	"ftp_ssl_connect", NULL};

/* Classes of which every method may wait. */
static const char *const waiting_classes[] = {"pdo", "pdostatement", "mysqli", "mysqli_stmt", "pgsql\\connection",
	"redis", "rediscluster", "redissentinel", "memcached", "memcache", "soapclient", NULL};

static int waiting_handle = -1; /* of our place in each function */
static zend_result (*waiting_startup_original)(void);

ZEND_FUNCTION(phx_before_blocking)
{
	phx_loop *loop = &phx_current_loop;

	if (UNEXPECTED(loop->ops_len > 0)) {
		phx_apply_ops(loop);
	}
	((zif_handler) EX(func)->internal_function.reserved[waiting_handle])(INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

static void phx_put_in_front(zend_function *fn)
{
	if (fn && fn->type == ZEND_INTERNAL_FUNCTION && fn->internal_function.handler &&
		fn->internal_function.handler != ZEND_FN(phx_before_blocking)) {
		fn->internal_function.reserved[waiting_handle] = (void *) fn->internal_function.handler;
		fn->internal_function.handler = ZEND_FN(phx_before_blocking);
	}
}

/* Every extension is there, and no thread has copied the tables yet. */
static zend_result waiting_startup(void)
{
	for (const char *const *name = waiting_functions; *name; name++) {
		phx_put_in_front(zend_hash_str_find_ptr(CG(function_table), *name, strlen(*name)));
	}
	for (const char *const *name = waiting_classes; *name; name++) {
		zend_class_entry *base = zend_hash_str_find_ptr(CG(class_table), *name, strlen(*name));
		zend_class_entry *ce;
		if (base == NULL) {
			continue;
		}
		ZEND_HASH_FOREACH_PTR(CG(class_table), ce)
		{
			zend_function *fn;
			if (ce->type != ZEND_INTERNAL_CLASS || !instanceof_function(ce, base)) {
				continue;
			}
			ZEND_HASH_FOREACH_PTR(&ce->function_table, fn)
			{
				phx_put_in_front(fn);
			}
			ZEND_HASH_FOREACH_END();
		}
		ZEND_HASH_FOREACH_END();
	}
	return waiting_startup_original ? waiting_startup_original() : SUCCESS;
}

void phx_blocking_install(void)
{
	waiting_handle = zend_get_resource_handle("phalanx");
	if (waiting_handle >= 0) {
		waiting_startup_original = zend_post_startup_cb;
		zend_post_startup_cb = waiting_startup;
	}
}
