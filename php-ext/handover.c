/* From one script of a slot to the next: the loop goes on, with its listeners and connections. */
#include "phalanx.h"

#include "_cgo_export.h"

/* At the end of a slot's script; false: the loop is to be closed. */
bool phx_loop_leave(phx_loop *loop)
{
	uint64_t loop_handle = loop->engine.loop;
	int32_t rest = 0;

	phx_loop_apply(loop_handle, loop->ops, loop->ops_len); /* what a script that failed had sent before */
	loop->ops_len = 0;
	if (loop->count > loop->at) {
		const phx_event *ev = &loop->engine.events[loop->at];
		if (ev->kind == PHX_DATA) {
			/* Nobody knows how much of it was used, and told again it might end the next script too. */
			phx_conn_op(loop_handle, ev->conn, 0);
		}
		rest = loop->count - loop->at - 1;
	}
	return phx_loop_park(loop_handle, (phx_event *) loop->engine.events + loop->at + 1, rest) == PHX_OK;
}

PHP_FUNCTION(phalanx_slot_adopt)
{
	zend_long worker, id;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_LONG(worker)
		Z_PARAM_LONG(id)
	ZEND_PARSE_PARAMETERS_END();

	phx_loop *loop = &phx_current_loop;
	phx_loop_info info = {.loop = loop->open ? loop->engine.loop : 0};
	int64_t own = info.loop;
	if (phx_slot_adopt((int32_t) worker, (int32_t) id, &info) != PHX_OK) {
		zend_throw_error(NULL, "Phalanx could not make an event loop: see the log");
		RETURN_THROWS();
	}
	if (loop->open && info.loop != own) {
		/* Timers and streams of before runAll() are not the workers' in Workerman either. */
		phx_conns_release(loop);
		phx_io_release(loop);
		loop->open = false;
	}
	loop->engine = info;
	if (!loop->open) {
		zval on_control = loop->on_control, on_error = loop->on_error;
		phx_loop_begin(loop);
		if (own) {
			loop->on_control = on_control;
			loop->on_error = on_error;
		}
	}
	loop->adopted = true;
	RETURN_LONG(phx_loop_mark(loop->engine.loop, -1));
}

PHP_FUNCTION(phalanx_slot_mark)
{
	zend_long number;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_LONG(number)
	ZEND_PARSE_PARAMETERS_END();

	if (phx_current_loop.open && number >= 0) {
		phx_loop_mark(phx_current_loop.engine.loop, number);
	}
}

PHP_FUNCTION(phalanx_slot_hold)
{
	ZEND_PARSE_PARAMETERS_NONE();

	phx_loop *loop = &phx_current_loop;
	if (loop->open && loop->adopted && !loop->held) {
		loop->held = true;
		phx_loop_hold(loop->engine.loop);
	}
}

PHP_FUNCTION(phalanx_slot_settle)
{
	ZEND_PARSE_PARAMETERS_NONE();

	if (phx_current_loop.open && phx_current_loop.adopted) {
		phx_loop_settle(phx_current_loop.engine.loop);
	}
}

PHP_FUNCTION(phalanx_slot_unanswered)
{
	ZEND_PARSE_PARAMETERS_NONE();

	phx_loop *loop = &phx_current_loop;
	int64_t others = 0, waiting = 0;
	if (loop->open) {
		phx_apply_ops(loop);
		waiting = phx_loop_unanswered(loop->engine.loop, &others);
	}
	array_init(return_value);
	add_assoc_long(return_value, "waiting", waiting);
	add_assoc_long(return_value, "others", others);
}

PHP_FUNCTION(phalanx_conn_keep)
{
	zend_long conn;
	zend_string *memo;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_LONG(conn)
		Z_PARAM_STR(memo)
	ZEND_PARSE_PARAMETERS_END();

	phx_loop *loop = &phx_current_loop;
	RETURN_BOOL(loop->adopted &&
		phx_conn_set_memo(loop->engine.loop, (uint64_t) conn, ZSTR_VAL(memo), ZSTR_LEN(memo)) == PHX_OK);
}

static void phx_add_memo(zval *array, int64_t loop_handle, uint64_t conn)
{
	zval memo;
	int64_t size = phx_conn_memo(loop_handle, conn, NULL, 0);
	if (size < 0) {
		ZVAL_NULL(&memo);
	} else {
		zend_string *text = zend_string_alloc((size_t) size, 0);
		phx_conn_memo(loop_handle, conn, ZSTR_VAL(text), (size_t) size);
		ZSTR_VAL(text)[size] = '\0';
		ZVAL_STR(&memo, text);
	}
	zend_hash_index_update(Z_ARRVAL_P(array), (zend_ulong) conn, &memo);
}

PHP_FUNCTION(phalanx_listener_kept)
{
	zend_long listener;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_LONG(listener)
	ZEND_PARSE_PARAMETERS_END();

	phx_loop *loop = &phx_current_loop;
	int64_t count = loop->adopted ? phx_listener_kept(loop->engine.loop, (int32_t) listener, NULL, 0) : 0;
	array_init_size(return_value, (uint32_t) count);
	if (count > 0) {
		uint64_t *ids = safe_emalloc((size_t) count, sizeof(*ids), 0);
		phx_listener_kept(loop->engine.loop, (int32_t) listener, ids, (size_t) count);
		for (int64_t i = 0; i < count; i++) {
			phx_add_memo(return_value, loop->engine.loop, ids[i]);
		}
		efree(ids);
	}
}

PHP_FUNCTION(phalanx_conn_attach)
{
	static const char *const protocols[] = {"raw", "text", "frame", "http", "websocket", "user"};
	zend_long conn;
	zend_object *object;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_LONG(conn)
		Z_PARAM_OBJ(object)
	ZEND_PARSE_PARAMETERS_END();

	phx_loop *loop = &phx_current_loop;
	phx_resumed r = {0};
	if (!loop->adopted || phx_conn_resumed(loop->engine.loop, (uint64_t) conn, &r) != PHX_OK) {
		RETURN_NULL();
	}
	phx_conn *c = phx_conn_record(loop, (uint64_t) conn);
	if (c->obj == NULL) {
		GC_ADDREF(object);
		c->obj = object;
	}
	c->paused = r.paused;
	c->blocked = r.blocked;
	c->full = r.full;
	array_init(return_value);
	add_assoc_bool(return_value, "paused", r.paused);
	add_assoc_bool(return_value, "ready", r.ready);
	add_assoc_string(return_value, "protocol", protocols[r.proto]);
	add_assoc_long(return_value, "maxSendBufferSize", r.max_send);
	add_assoc_long(return_value, "maxPackageSize", r.max_package);
}
