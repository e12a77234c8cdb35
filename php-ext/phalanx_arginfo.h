/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: a0ce4f55739a18cf72318d05e11abb1a871cc0ee */

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_version, 0, 0, IS_STRING, 0)
ZEND_END_ARG_INFO()

#define arginfo_phalanx_role arginfo_phalanx_version

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_loop_run, 0, 0, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, coroutines, _IS_BOOL, 0, "false")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_loop_running, 0, 0, _IS_BOOL, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_loop_stop, 0, 0, IS_VOID, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_loop_drain, 0, 1, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, all, _IS_BOOL, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_loop_on_control, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, callback, IS_CALLABLE, 1)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_slot_enter, 0, 2, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, worker, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, id, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_once_get, 0, 1, IS_STRING, 1)
	ZEND_ARG_TYPE_INFO(0, name, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_once_put, 0, 2, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, name, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, value, IS_STRING, 1)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_slot_tell, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, what, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, message, IS_STRING, 0)
ZEND_END_ARG_INFO()

#define arginfo_phalanx_slot_send_failed arginfo_phalanx_loop_stop

#define arginfo_phalanx_slot_adopt arginfo_phalanx_slot_enter

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_slot_mark, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, number, IS_LONG, 0)
ZEND_END_ARG_INFO()

#define arginfo_phalanx_slot_hold arginfo_phalanx_loop_stop

#define arginfo_phalanx_slot_settle arginfo_phalanx_loop_stop

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_slot_unanswered, 0, 0, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_conn_keep, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, conn, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, memo, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_listener_kept, 0, 1, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, listener, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_conn_attach, 0, 2, IS_ARRAY, 1)
	ZEND_ARG_TYPE_INFO(0, conn, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, object, IS_OBJECT, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_loop_on_signal, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, signal, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, callback, IS_CALLABLE, 1)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_loop_watch, 0, 3, _IS_BOOL, 0)
	ZEND_ARG_INFO(0, stream)
	ZEND_ARG_TYPE_INFO(0, mode, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, callback, IS_CALLABLE, 1)
ZEND_END_ARG_INFO()

#define arginfo_phalanx_loop_on_error arginfo_phalanx_loop_on_control

#define arginfo_phalanx_loop_stats arginfo_phalanx_slot_unanswered

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_timer_add, 0, 2, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, seconds, IS_DOUBLE, 0)
	ZEND_ARG_TYPE_INFO(0, callback, IS_CALLABLE, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, args, IS_ARRAY, 0, "[]")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, persistent, _IS_BOOL, 0, "true")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_timer_del, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, timer, IS_LONG, 0)
ZEND_END_ARG_INFO()

#define arginfo_phalanx_timer_clear arginfo_phalanx_loop_stop

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_timer_count, 0, 0, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_fiber_run, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, callback, IS_CALLABLE, 0)
	ZEND_ARG_VARIADIC_TYPE_INFO(0, args, IS_MIXED, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_fiber_resume, 0, 1, IS_VOID, 0)
	ZEND_ARG_OBJ_INFO(0, fiber, Fiber, 0)
ZEND_END_ARG_INFO()

#define arginfo_phalanx_fiber_body arginfo_phalanx_loop_stop

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_request_serve, 0, 5, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, message, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, server, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, post, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, files, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, handler, IS_CALLABLE, 0)
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(1, file, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_request_file, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, path, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_request_static, 0, 2, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, class, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, property, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_listen, 0, 1, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, options, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_listener_address, 0, 1, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, listener, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_phalanx_listener_stream, 0, 0, 1)
	ZEND_ARG_TYPE_INFO(0, listener, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_listener_pause, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, listener, IS_LONG, 0)
ZEND_END_ARG_INFO()

#define arginfo_phalanx_listener_resume arginfo_phalanx_listener_pause

#define arginfo_phalanx_listener_close arginfo_phalanx_listener_pause

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_udp_send, 0, 3, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, listener, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, data, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, remote, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_conn_send, 0, 2, _IS_BOOL, 1)
	ZEND_ARG_TYPE_INFO(0, conn, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, data, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, raw, _IS_BOOL, 0, "false")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_conn_send_response, 0, 2, _IS_BOOL, 1)
	ZEND_ARG_TYPE_INFO(0, conn, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, response, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, coding, IS_LONG, 0, "0")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_conn_send_stream, 0, 3, _IS_BOOL, 1)
	ZEND_ARG_TYPE_INFO(0, conn, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, head, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, coding, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_conn_send_file, 0, 3, _IS_BOOL, 1)
	ZEND_ARG_TYPE_INFO(0, conn, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, head, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, path, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, offset, IS_LONG, 0, "0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, length, IS_LONG, 0, "0")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_conn_send_frame, 0, 3, _IS_BOOL, 1)
	ZEND_ARG_TYPE_INFO(0, conn, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, data, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, firstByte, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_conn_close, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, conn, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, lingerSeconds, IS_DOUBLE, 0, "1.0")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_conn_destroy, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, conn, IS_LONG, 0)
ZEND_END_ARG_INFO()

#define arginfo_phalanx_conn_pause arginfo_phalanx_conn_destroy

#define arginfo_phalanx_conn_resume arginfo_phalanx_conn_destroy

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_conn_stat, 0, 2, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, conn, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, what, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_conn_address, 0, 2, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, conn, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, remote, _IS_BOOL, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_conn_request, 0, 1, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, conn, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_conn_opcode, 0, 1, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, conn, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_conn_protocol, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, conn, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, protocol, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_conn_limits, 0, 3, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, conn, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, bytes, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, package, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_conn_want, 0, 2, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, conn, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, bytes, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_phalanx_conn_stream, 0, 0, 1)
	ZEND_ARG_TYPE_INFO(0, conn, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_conn_tls, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, conn, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, options, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, server, _IS_BOOL, 0, "false")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_conn_tls_info, 0, 1, IS_ARRAY, 1)
	ZEND_ARG_TYPE_INFO(0, conn, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_tls_check, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, options, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_conn_ws_accept, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, conn, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, headers, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_MASK_EX(arginfo_phalanx_connect, 0, 2, MAY_BE_LONG|MAY_BE_STRING)
	ZEND_ARG_TYPE_INFO(0, connection, IS_OBJECT, 0)
	ZEND_ARG_TYPE_INFO(0, options, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_conn_adopt, 0, 2, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, connection, IS_OBJECT, 0)
	ZEND_ARG_INFO(0, stream)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, options, IS_ARRAY, 0, "[]")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_conn_ws_expect, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, conn, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, extensions, IS_STRING, 0, "\'\'")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_MASK_EX(arginfo_phalanx_udp_connect, 0, 2, MAY_BE_LONG|MAY_BE_STRING)
	ZEND_ARG_TYPE_INFO(0, receive, IS_CALLABLE, 0)
	ZEND_ARG_TYPE_INFO(0, options, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_resolve, 0, 2, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, host, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, callback, IS_CALLABLE, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_resolve_cancel, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, lookup, IS_LONG, 0)
ZEND_END_ARG_INFO()

#define arginfo_phalanx_hub_id arginfo_phalanx_conn_request

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_hub_do, 0, 3, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, verb, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, kind, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, to, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, name, IS_STRING, 0, "\'\'")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, data, IS_STRING, 0, "\'\'")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, form, IS_LONG, 0, "0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, except, IS_STRING, 0, "\'\'")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_hub_ask, 0, 1, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, query, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_hub_connect, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, name, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_http_request_class, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, class, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_http_compression, 0, 6, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, codings, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, minLength, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, types, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, gzip, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, brotli, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, zstd, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_http_coding, 0, 1, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, acceptEncoding, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_MASK_EX(arginfo_phalanx_session_read, 0, 2, MAY_BE_STRING|MAY_BE_FALSE|MAY_BE_NULL)
	ZEND_ARG_TYPE_INFO(0, path, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, maxAge, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_upload_options, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, dir, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, memory, IS_LONG, 0, "0")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_upload_release, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, path, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_wire_encode, 0, 1, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, value, IS_MIXED, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_wire_decode, 0, 1, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, bytes, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_callable_answer, 0, 2, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, question, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, value, IS_MIXED, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_callable_thrown, 0, 2, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, question, IS_LONG, 0)
	ZEND_ARG_OBJ_INFO(0, exception, Throwable, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_call_limit, 0, 1, IS_DOUBLE, 0)
	ZEND_ARG_TYPE_INFO(0, seconds, IS_DOUBLE, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_supervisor_listen, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, spec, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

#define arginfo_phalanx_supervisor_start arginfo_phalanx_loop_stop

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_supervisor_wait, 0, 0, IS_ARRAY, 1)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeoutSeconds, IS_DOUBLE, 0, "-1.0")
ZEND_END_ARG_INFO()

#define arginfo_phalanx_supervisor_upgrade arginfo_phalanx_loop_stop

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_supervisor_reload, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, graceful, _IS_BOOL, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_supervisor_drain, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, delaySeconds, IS_DOUBLE, 0)
ZEND_END_ARG_INFO()

#define arginfo_phalanx_supervisor_stop arginfo_phalanx_supervisor_reload

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_supervisor_ask, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, wish, IS_STRING, 0)
ZEND_END_ARG_INFO()

#define arginfo_phalanx_supervisor_failed arginfo_phalanx_loop_stop

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_supervisor_status, 0, 0, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, stacks, _IS_BOOL, 0, "false")
ZEND_END_ARG_INFO()

ZEND_FUNCTION(phalanx_version);
ZEND_FUNCTION(phalanx_role);
ZEND_FUNCTION(phalanx_loop_run);
ZEND_FUNCTION(phalanx_loop_running);
ZEND_FUNCTION(phalanx_loop_stop);
ZEND_FUNCTION(phalanx_loop_drain);
ZEND_FUNCTION(phalanx_loop_on_control);
ZEND_FUNCTION(phalanx_slot_enter);
ZEND_FUNCTION(phalanx_once_get);
ZEND_FUNCTION(phalanx_once_put);
ZEND_FUNCTION(phalanx_slot_tell);
ZEND_FUNCTION(phalanx_slot_send_failed);
ZEND_FUNCTION(phalanx_slot_adopt);
ZEND_FUNCTION(phalanx_slot_mark);
ZEND_FUNCTION(phalanx_slot_hold);
ZEND_FUNCTION(phalanx_slot_settle);
ZEND_FUNCTION(phalanx_slot_unanswered);
ZEND_FUNCTION(phalanx_conn_keep);
ZEND_FUNCTION(phalanx_listener_kept);
ZEND_FUNCTION(phalanx_conn_attach);
ZEND_FUNCTION(phalanx_loop_on_signal);
ZEND_FUNCTION(phalanx_loop_watch);
ZEND_FUNCTION(phalanx_loop_on_error);
ZEND_FUNCTION(phalanx_loop_stats);
ZEND_FUNCTION(phalanx_timer_add);
ZEND_FUNCTION(phalanx_timer_del);
ZEND_FUNCTION(phalanx_timer_clear);
ZEND_FUNCTION(phalanx_timer_count);
ZEND_FUNCTION(phalanx_fiber_run);
ZEND_FUNCTION(phalanx_fiber_resume);
ZEND_FUNCTION(phalanx_fiber_body);
ZEND_FUNCTION(phalanx_request_serve);
ZEND_FUNCTION(phalanx_request_file);
ZEND_FUNCTION(phalanx_request_static);
ZEND_FUNCTION(phalanx_listen);
ZEND_FUNCTION(phalanx_listener_address);
ZEND_FUNCTION(phalanx_listener_stream);
ZEND_FUNCTION(phalanx_listener_pause);
ZEND_FUNCTION(phalanx_listener_resume);
ZEND_FUNCTION(phalanx_listener_close);
ZEND_FUNCTION(phalanx_udp_send);
ZEND_FUNCTION(phalanx_conn_send);
ZEND_FUNCTION(phalanx_conn_send_response);
ZEND_FUNCTION(phalanx_conn_send_stream);
ZEND_FUNCTION(phalanx_conn_send_file);
ZEND_FUNCTION(phalanx_conn_send_frame);
ZEND_FUNCTION(phalanx_conn_close);
ZEND_FUNCTION(phalanx_conn_destroy);
ZEND_FUNCTION(phalanx_conn_pause);
ZEND_FUNCTION(phalanx_conn_resume);
ZEND_FUNCTION(phalanx_conn_stat);
ZEND_FUNCTION(phalanx_conn_address);
ZEND_FUNCTION(phalanx_conn_request);
ZEND_FUNCTION(phalanx_conn_opcode);
ZEND_FUNCTION(phalanx_conn_protocol);
ZEND_FUNCTION(phalanx_conn_limits);
ZEND_FUNCTION(phalanx_conn_want);
ZEND_FUNCTION(phalanx_conn_stream);
ZEND_FUNCTION(phalanx_conn_tls);
ZEND_FUNCTION(phalanx_conn_tls_info);
ZEND_FUNCTION(phalanx_tls_check);
ZEND_FUNCTION(phalanx_conn_ws_accept);
ZEND_FUNCTION(phalanx_connect);
ZEND_FUNCTION(phalanx_conn_adopt);
ZEND_FUNCTION(phalanx_conn_ws_expect);
ZEND_FUNCTION(phalanx_udp_connect);
ZEND_FUNCTION(phalanx_resolve);
ZEND_FUNCTION(phalanx_resolve_cancel);
ZEND_FUNCTION(phalanx_hub_id);
ZEND_FUNCTION(phalanx_hub_do);
ZEND_FUNCTION(phalanx_hub_ask);
ZEND_FUNCTION(phalanx_hub_connect);
ZEND_FUNCTION(phalanx_http_request_class);
ZEND_FUNCTION(phalanx_http_compression);
ZEND_FUNCTION(phalanx_http_coding);
ZEND_FUNCTION(phalanx_session_read);
ZEND_FUNCTION(phalanx_upload_options);
ZEND_FUNCTION(phalanx_upload_release);
ZEND_FUNCTION(phalanx_wire_encode);
ZEND_FUNCTION(phalanx_wire_decode);
ZEND_FUNCTION(phalanx_callable_answer);
ZEND_FUNCTION(phalanx_callable_thrown);
ZEND_FUNCTION(phalanx_call_limit);
ZEND_FUNCTION(phalanx_supervisor_listen);
ZEND_FUNCTION(phalanx_supervisor_start);
ZEND_FUNCTION(phalanx_supervisor_wait);
ZEND_FUNCTION(phalanx_supervisor_upgrade);
ZEND_FUNCTION(phalanx_supervisor_reload);
ZEND_FUNCTION(phalanx_supervisor_drain);
ZEND_FUNCTION(phalanx_supervisor_stop);
ZEND_FUNCTION(phalanx_supervisor_ask);
ZEND_FUNCTION(phalanx_supervisor_failed);
ZEND_FUNCTION(phalanx_supervisor_status);

static const zend_function_entry ext_functions[] = {
	ZEND_FE(phalanx_version, arginfo_phalanx_version)
	ZEND_FE(phalanx_role, arginfo_phalanx_role)
	ZEND_FE(phalanx_loop_run, arginfo_phalanx_loop_run)
	ZEND_FE(phalanx_loop_running, arginfo_phalanx_loop_running)
	ZEND_FE(phalanx_loop_stop, arginfo_phalanx_loop_stop)
	ZEND_FE(phalanx_loop_drain, arginfo_phalanx_loop_drain)
	ZEND_FE(phalanx_loop_on_control, arginfo_phalanx_loop_on_control)
	ZEND_FE(phalanx_slot_enter, arginfo_phalanx_slot_enter)
	ZEND_FE(phalanx_once_get, arginfo_phalanx_once_get)
	ZEND_FE(phalanx_once_put, arginfo_phalanx_once_put)
	ZEND_FE(phalanx_slot_tell, arginfo_phalanx_slot_tell)
	ZEND_FE(phalanx_slot_send_failed, arginfo_phalanx_slot_send_failed)
	ZEND_FE(phalanx_slot_adopt, arginfo_phalanx_slot_adopt)
	ZEND_FE(phalanx_slot_mark, arginfo_phalanx_slot_mark)
	ZEND_FE(phalanx_slot_hold, arginfo_phalanx_slot_hold)
	ZEND_FE(phalanx_slot_settle, arginfo_phalanx_slot_settle)
	ZEND_FE(phalanx_slot_unanswered, arginfo_phalanx_slot_unanswered)
	ZEND_FE(phalanx_conn_keep, arginfo_phalanx_conn_keep)
	ZEND_FE(phalanx_listener_kept, arginfo_phalanx_listener_kept)
	ZEND_FE(phalanx_conn_attach, arginfo_phalanx_conn_attach)
	ZEND_FE(phalanx_loop_on_signal, arginfo_phalanx_loop_on_signal)
	ZEND_FE(phalanx_loop_watch, arginfo_phalanx_loop_watch)
	ZEND_FE(phalanx_loop_on_error, arginfo_phalanx_loop_on_error)
	ZEND_FE(phalanx_loop_stats, arginfo_phalanx_loop_stats)
	ZEND_FE(phalanx_timer_add, arginfo_phalanx_timer_add)
	ZEND_FE(phalanx_timer_del, arginfo_phalanx_timer_del)
	ZEND_FE(phalanx_timer_clear, arginfo_phalanx_timer_clear)
	ZEND_FE(phalanx_timer_count, arginfo_phalanx_timer_count)
	ZEND_FE(phalanx_fiber_run, arginfo_phalanx_fiber_run)
	ZEND_FE(phalanx_fiber_resume, arginfo_phalanx_fiber_resume)
	ZEND_FE(phalanx_fiber_body, arginfo_phalanx_fiber_body)
	ZEND_FE(phalanx_request_serve, arginfo_phalanx_request_serve)
	ZEND_FE(phalanx_request_file, arginfo_phalanx_request_file)
	ZEND_FE(phalanx_request_static, arginfo_phalanx_request_static)
	ZEND_FE(phalanx_listen, arginfo_phalanx_listen)
	ZEND_FE(phalanx_listener_address, arginfo_phalanx_listener_address)
	ZEND_FE(phalanx_listener_stream, arginfo_phalanx_listener_stream)
	ZEND_FE(phalanx_listener_pause, arginfo_phalanx_listener_pause)
	ZEND_FE(phalanx_listener_resume, arginfo_phalanx_listener_resume)
	ZEND_FE(phalanx_listener_close, arginfo_phalanx_listener_close)
	ZEND_FE(phalanx_udp_send, arginfo_phalanx_udp_send)
	ZEND_FE(phalanx_conn_send, arginfo_phalanx_conn_send)
	ZEND_FE(phalanx_conn_send_response, arginfo_phalanx_conn_send_response)
	ZEND_FE(phalanx_conn_send_stream, arginfo_phalanx_conn_send_stream)
	ZEND_FE(phalanx_conn_send_file, arginfo_phalanx_conn_send_file)
	ZEND_FE(phalanx_conn_send_frame, arginfo_phalanx_conn_send_frame)
	ZEND_FE(phalanx_conn_close, arginfo_phalanx_conn_close)
	ZEND_FE(phalanx_conn_destroy, arginfo_phalanx_conn_destroy)
	ZEND_FE(phalanx_conn_pause, arginfo_phalanx_conn_pause)
	ZEND_FE(phalanx_conn_resume, arginfo_phalanx_conn_resume)
	ZEND_FE(phalanx_conn_stat, arginfo_phalanx_conn_stat)
	ZEND_FE(phalanx_conn_address, arginfo_phalanx_conn_address)
	ZEND_FE(phalanx_conn_request, arginfo_phalanx_conn_request)
	ZEND_FE(phalanx_conn_opcode, arginfo_phalanx_conn_opcode)
	ZEND_FE(phalanx_conn_protocol, arginfo_phalanx_conn_protocol)
	ZEND_FE(phalanx_conn_limits, arginfo_phalanx_conn_limits)
	ZEND_FE(phalanx_conn_want, arginfo_phalanx_conn_want)
	ZEND_FE(phalanx_conn_stream, arginfo_phalanx_conn_stream)
	ZEND_FE(phalanx_conn_tls, arginfo_phalanx_conn_tls)
	ZEND_FE(phalanx_conn_tls_info, arginfo_phalanx_conn_tls_info)
	ZEND_FE(phalanx_tls_check, arginfo_phalanx_tls_check)
	ZEND_FE(phalanx_conn_ws_accept, arginfo_phalanx_conn_ws_accept)
	ZEND_FE(phalanx_connect, arginfo_phalanx_connect)
	ZEND_FE(phalanx_conn_adopt, arginfo_phalanx_conn_adopt)
	ZEND_FE(phalanx_conn_ws_expect, arginfo_phalanx_conn_ws_expect)
	ZEND_FE(phalanx_udp_connect, arginfo_phalanx_udp_connect)
	ZEND_FE(phalanx_resolve, arginfo_phalanx_resolve)
	ZEND_FE(phalanx_resolve_cancel, arginfo_phalanx_resolve_cancel)
	ZEND_FE(phalanx_hub_id, arginfo_phalanx_hub_id)
	ZEND_FE(phalanx_hub_do, arginfo_phalanx_hub_do)
	ZEND_FE(phalanx_hub_ask, arginfo_phalanx_hub_ask)
	ZEND_FE(phalanx_hub_connect, arginfo_phalanx_hub_connect)
	ZEND_FE(phalanx_http_request_class, arginfo_phalanx_http_request_class)
	ZEND_FE(phalanx_http_compression, arginfo_phalanx_http_compression)
	ZEND_FE(phalanx_http_coding, arginfo_phalanx_http_coding)
	ZEND_FE(phalanx_session_read, arginfo_phalanx_session_read)
	ZEND_FE(phalanx_upload_options, arginfo_phalanx_upload_options)
	ZEND_FE(phalanx_upload_release, arginfo_phalanx_upload_release)
	ZEND_FE(phalanx_wire_encode, arginfo_phalanx_wire_encode)
	ZEND_FE(phalanx_wire_decode, arginfo_phalanx_wire_decode)
	ZEND_FE(phalanx_callable_answer, arginfo_phalanx_callable_answer)
	ZEND_FE(phalanx_callable_thrown, arginfo_phalanx_callable_thrown)
	ZEND_FE(phalanx_call_limit, arginfo_phalanx_call_limit)
	ZEND_FE(phalanx_supervisor_listen, arginfo_phalanx_supervisor_listen)
	ZEND_FE(phalanx_supervisor_start, arginfo_phalanx_supervisor_start)
	ZEND_FE(phalanx_supervisor_wait, arginfo_phalanx_supervisor_wait)
	ZEND_FE(phalanx_supervisor_upgrade, arginfo_phalanx_supervisor_upgrade)
	ZEND_FE(phalanx_supervisor_reload, arginfo_phalanx_supervisor_reload)
	ZEND_FE(phalanx_supervisor_drain, arginfo_phalanx_supervisor_drain)
	ZEND_FE(phalanx_supervisor_stop, arginfo_phalanx_supervisor_stop)
	ZEND_FE(phalanx_supervisor_ask, arginfo_phalanx_supervisor_ask)
	ZEND_FE(phalanx_supervisor_failed, arginfo_phalanx_supervisor_failed)
	ZEND_FE(phalanx_supervisor_status, arginfo_phalanx_supervisor_status)
	ZEND_FE_END
};
