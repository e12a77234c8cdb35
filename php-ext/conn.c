/* Connections: their objects, the events that concern them, and what PHP asks of them. */
#include "phalanx.h"

#include <Zend/zend_exceptions.h>
#include <Zend/zend_smart_str.h>
#include <main/php_network.h>
#include <fcntl.h>
#include <unistd.h>

#include "_cgo_export.h"

#define PHX_BATCH_LIMIT (64 << 10) /* bytes for one connection; beyond them it is written at once */
#define PHX_OPS_LIMIT (4 << 20)    /* bytes of all operations of a batch */
#define PHX_KEPT_REQUEST (64 << 10)

phx_conn *phx_conn_find(phx_loop *loop, uint64_t id)
{
	uint32_t slot = (uint32_t) id;
	if (slot < loop->conns_cap && loop->conns[slot].id == id) {
		return &loop->conns[slot];
	}
	return NULL;
}

/* The record of a connection that the engine speaks of for the first time, or again. */
phx_conn *phx_conn_record(phx_loop *loop, uint64_t id)
{
	uint32_t slot = (uint32_t) id;
	if (UNEXPECTED(slot >= loop->conns_cap)) {
		uint32_t cap = loop->conns_cap ? loop->conns_cap : 64;
		while (cap <= slot) {
			cap *= 2;
		}
		loop->conns = safe_erealloc(loop->conns, cap, sizeof(phx_conn), 0);
		memset(loop->conns + loop->conns_cap, 0, (cap - loop->conns_cap) * sizeof(phx_conn));
		loop->conns_cap = cap;
	}
	phx_conn *c = &loop->conns[slot];
	if (UNEXPECTED(c->id != id)) {
		memset(c, 0, sizeof(*c));
		c->id = id;
	}
	return c;
}

void phx_conns_release(phx_loop *loop)
{
	for (uint32_t i = 0; i < loop->conns_cap; i++) {
		if (loop->conns[i].request != NULL) {
			zend_string_release(loop->conns[i].request);
		}
		if (loop->conns[i].obj != NULL) {
			OBJ_RELEASE(loop->conns[i].obj);
		}
	}
	if (loop->conns) {
		efree(loop->conns);
		loop->conns = NULL;
		loop->conns_cap = 0;
	}
}

/* Notes a request that is about to be told. A large one keeps its head alone. */
static void phx_conn_owe(phx_conn *c, zend_string *request, size_t head)
{
	if (UNEXPECTED(c->request != NULL)) {
		zend_string_release(c->request);
		c->request = NULL;
	}
	if (EXPECTED(c->owed++ == 0)) {
		c->request = EXPECTED(ZSTR_LEN(request) <= PHX_KEPT_REQUEST) ? zend_string_copy(request)
																	 : zend_string_init(ZSTR_VAL(request), head, 0);
	}
}

static void phx_conn_answered(phx_conn *c)
{
	if (c->owed > 0) {
		c->owed--;
	}
	if (c->request != NULL) {
		zend_string_release(c->request);
		c->request = NULL;
	}
}

/* Asks the listener's factory for the connection's object. */
static zend_object *phx_conn_object(phx_loop *loop, uint64_t id, uint64_t listener)
{
	phx_conn *c = phx_conn_record(loop, id);
	if (EXPECTED(c->obj != NULL)) {
		return c->obj;
	}
	phx_listener *l = zend_hash_index_find_ptr(&loop->listeners, listener);
	if (l == NULL) {
		phx_conn_op(loop->engine.loop, id, 0); /* its listener was closed since */
		return NULL;
	}
	zval arg, ret;
	zend_fcall_info_cache fcc;
	ZVAL_LONG(&arg, (zend_long) id);
	ZVAL_UNDEF(&ret);
	if (!zend_is_callable_ex(&l->factory, NULL, IS_CALLABLE_SUPPRESS_DEPRECATIONS, NULL, &fcc, NULL)) {
		return NULL;
	}
	zend_call_known_fcc(&fcc, &ret, 1, &arg, NULL);
	if (EG(exception) || Z_TYPE(ret) != IS_OBJECT) {
		zval_ptr_dtor(&ret);
		phx_after_callback(NULL);
		phx_conn_op(loop->engine.loop, id, 0);
		return NULL;
	}
	c = phx_conn_record(loop, id); /* the factory may have made the table move */
	c->obj = Z_OBJ(ret);           /* the reference is ours now */
	if (UNEXPECTED(loop->adopted)) {
		c->blocked = phx_conn_stat(loop->engine.loop, id, 0) > 0; /* what the script before has sent */
	}
	return c->obj;
}

static zval *phx_property(zend_class_entry *ce, zend_object *obj, const char *name, size_t len, uint32_t *offset)
{
	if (UNEXPECTED(*offset == 0)) {
		zend_property_info *info = zend_hash_str_find_ptr(&ce->properties_info, name, len);
		if (info == NULL || (info->flags & (ZEND_ACC_STATIC | ZEND_ACC_VIRTUAL))) {
			return NULL;
		}
		*offset = info->offset;
	}
	return OBJ_PROP(obj, *offset);
}

/* Tells the Request what is not in its bytes: see Request::setEngineExtra(). */
static void phx_request_extra(zend_object *request, const char *data, size_t len)
{
	zend_function *fn = zend_hash_str_find_ptr(&request->ce->function_table, ZEND_STRL("setengineextra"));
	zval arg;

	if (fn == NULL) {
		return; /* a class of the application's own */
	}
	ZVAL_STRINGL(&arg, data, len);
	zend_call_known_function(fn, request, request->ce, NULL, 1, &arg, NULL);
	zval_ptr_dtor(&arg);
}

/* Makes the Request: its two properties are written, or its own constructor is run. */
static bool phx_make_request(phx_loop *loop, zval *out, zend_object *conn, const phx_event *ev)
{
	const char *data = ev->data;
	size_t extra = ev->aux >> 32, len = ev->len - extra;

	zend_class_entry *ce = loop->request_ce;
	if (UNEXPECTED(ce == NULL)) {
		zend_string *base = zend_string_init(ZEND_STRL("Workerman\\Protocols\\Http\\Request"), 0);
		zend_class_entry *base_ce = zend_lookup_class(base);
		ce = loop->request_class ? zend_lookup_class(loop->request_class) : base_ce;
		zend_string_release(base);
		if (ce == NULL || base_ce == NULL) {
			if (!EG(exception)) {
				zend_throw_error(NULL, "Class %s not found",
					loop->request_class ? ZSTR_VAL(loop->request_class) : "Workerman\\Protocols\\Http\\Request");
			}
			return false;
		}
		loop->request_ce = ce;
		loop->request_buffer = loop->request_connection = loop->request_data = 0;
		if (ce->destructor && ce->destructor->common.scope == base_ce) {
			zend_property_info *data = zend_hash_str_find_ptr(&ce->properties_info, ZEND_STRL("data"));
			zend_property_info *spooled = zend_hash_str_find_ptr(&base_ce->properties_info, ZEND_STRL("spooled"));
			loop->request_data = data && spooled ? data->offset : 0;
			loop->request_spooled = spooled ? spooled->offset : 0;
		}
		if (instanceof_function(ce, base_ce) && ce->constructor && ce->constructor->common.scope == base_ce) {
			zend_property_info *info = zend_hash_str_find_ptr(&ce->properties_info, ZEND_STRL("buffer"));
			loop->request_buffer = info ? info->offset : 0;
		}
	}
	if (UNEXPECTED(object_init_ex(out, ce) != SUCCESS)) {
		return false;
	}
	zend_object *obj = Z_OBJ_P(out);
	zend_string *raw = zend_string_init(data, len, 0);
	phx_conn *c = phx_conn_find(loop, ev->conn);
	if (EXPECTED(c != NULL && ev->kind == PHX_MESSAGE)) {
		phx_conn_owe(c, raw, (uint32_t) ev->aux);
	}
	if (EXPECTED(loop->request_buffer != 0)) {
		zval *buffer = OBJ_PROP(obj, loop->request_buffer);
		zval_ptr_dtor(buffer);
		ZVAL_STR(buffer, raw);
	} else {
		zval arg;
		ZVAL_STR(&arg, raw);
		if (ce->constructor) {
			zend_call_known_function(ce->constructor, obj, ce, NULL, 1, &arg, NULL);
		}
		zval_ptr_dtor(&arg);
	}
	zval *connection = phx_property(ce, obj, ZEND_STRL("connection"), &loop->request_connection);
	if (EXPECTED(connection != NULL)) {
		zval_ptr_dtor(connection);
		GC_ADDREF(conn);
		ZVAL_OBJ(connection, conn);
	}
	if (UNEXPECTED(extra > 0)) {
		phx_request_extra(obj, data + len, extra);
	}
	return EG(exception) == NULL;
}

/*
 * Before the loop lets go of a Request: a destructor that would find no files to remove need not be called. Those of
 * subclasses are.
 */
static void phx_request_over(const phx_loop *loop, zval *request)
{
	zend_object *obj = Z_OBJ_P(request);

	if (GC_REFCOUNT(obj) != 1 || obj->ce != loop->request_ce || loop->request_data == 0) {
		return;
	}
	const zval *data = OBJ_PROP(obj, loop->request_data), *spooled = OBJ_PROP(obj, loop->request_spooled);
	if (EXPECTED(Z_TYPE_P(data) == IS_ARRAY && Z_TYPE_P(spooled) == IS_ARRAY &&
			zend_hash_num_elements(Z_ARRVAL_P(spooled)) == 0) &&
		(zend_hash_num_elements(Z_ARRVAL_P(data)) == 0 ||
			(!zend_hash_str_exists(Z_ARRVAL_P(data), ZEND_STRL("files")) &&
				!zend_hash_str_exists(Z_ARRVAL_P(data), ZEND_STRL("old_files"))))) {
		GC_ADD_FLAGS(obj, IS_OBJ_DESTRUCTOR_CALLED);
	}
}

/* A request that nobody gets may have files: its object removes them. */
static void phx_unheard(phx_loop *loop, const phx_event *ev, zend_object *conn)
{
	zval request;

	if (EXPECTED(ev->proto != PHX_HTTP || ev->aux >> 32 == 0)) {
		return;
	}
	ZVAL_UNDEF(&request);
	phx_make_request(loop, &request, conn, ev);
	zval_ptr_dtor(&request);
	phx_after_callback(NULL);
}

/* The hot path: one message, one callback. */
static void phx_message(phx_loop *loop, const phx_event *ev, zend_object *obj)
{
	zval argv[2];

	if (UNEXPECTED(loop->conn_ce != obj->ce)) {
		loop->conn_ce = obj->ce;
		loop->conn_on_message = 0;
	}
	zval *callback = phx_property(obj->ce, obj, ZEND_STRL("onMessage"), &loop->conn_on_message);
	if (callback == NULL) {
		return;
	}
	ZVAL_DEREF(callback);
	if (Z_TYPE_P(callback) <= IS_FALSE) {
		phx_unheard(loop, ev, obj); /* nobody listens */
		return;
	}
	GC_ADDREF(obj);
	ZVAL_OBJ(&argv[0], obj);
	if (ev->proto == PHX_HTTP) {
		if (UNEXPECTED(!phx_make_request(loop, &argv[1], obj, ev))) {
			zval_ptr_dtor(&argv[1]);
			phx_after_callback(obj);
			OBJ_RELEASE(obj);
			return;
		}
	} else {
		ZVAL_STRINGL_FAST(&argv[1], ev->data, ev->len);
	}
	zval held;
	ZVAL_COPY(&held, callback); /* the callback may replace itself */
	if (UNEXPECTED(loop->coroutines)) {
		phx_fiber_run(loop, &held, 2, argv, obj);
	} else {
		phx_call(&held, 2, argv);
	}
	zval_ptr_dtor(&held);
	if (ev->proto == PHX_HTTP) {
		phx_request_over(loop, &argv[1]);
	}
	zval_ptr_dtor(&argv[1]);
	if (UNEXPECTED(EG(exception) != NULL)) {
		phx_after_callback(obj);
	}
	OBJ_RELEASE(obj);
}

/* Calls an entry point of the connection's class; see its docblocks there. */
static void phx_notify(zend_object *obj, const char *method, size_t len, uint32_t argc, zval *argv, zval *ret)
{
	zend_function *fn = zend_hash_str_find_ptr(&obj->ce->function_table, method, len);
	if (fn == NULL) {
		return;
	}
	GC_ADDREF(obj);
	zend_call_known_function(fn, obj, obj->ce, ret, argc, argv, NULL);
	phx_after_callback(obj);
	OBJ_RELEASE(obj);
}

static void phx_user_data(phx_loop *loop, const phx_event *ev, zend_object *obj)
{
	zval arg, used;
	ZVAL_STRINGL(&arg, ev->data, ev->len);
	ZVAL_UNDEF(&used);
	phx_notify(obj, ZEND_STRL("onenginedata"), 1, &arg, &used);
	zval_ptr_dtor(&arg);
	if (Z_TYPE(used) == IS_LONG && Z_LVAL(used) > 0) {
		phx_conn_user(loop->engine.loop, ev->conn, Z_LVAL(used), 0);
	}
	zval_ptr_dtor(&used);
}

/* A server's answer to our handshake; behind its aux bytes, if it was refused, the reason. */
static void phx_answer(const phx_event *ev, zend_object *obj)
{
	zval args[2];
	ZVAL_STRINGL(&args[0], ev->data, ev->aux);
	ZVAL_STRINGL(&args[1], ev->data + ev->aux, ev->opcode ? ev->len - ev->aux : 0);
	phx_notify(obj, ZEND_STRL("onengineanswer"), 2, args, NULL);
	zval_ptr_dtor(&args[0]);
	zval_ptr_dtor(&args[1]);
}

static void phx_handshake(phx_loop *loop, const phx_event *ev, zend_object *obj)
{
	zval arg, accepted;
	ZVAL_UNDEF(&accepted);
	if (ev->arg == 0) { /* through no listener: we are the client */
		phx_answer(ev, obj);
		return;
	}
	if (!phx_make_request(loop, &arg, obj, ev)) {
		zval_ptr_dtor(&arg);
		phx_after_callback(obj);
		phx_conn_op(loop->engine.loop, ev->conn, 0);
		return;
	}
	phx_notify(obj, ZEND_STRL("onenginehandshake"), 1, &arg, &accepted);
	zval_ptr_dtor(&arg);
	if (Z_TYPE(accepted) == IS_FALSE) {
		phx_apply_ops(loop);
		phx_conn_close(loop->engine.loop, ev->conn, 1000000000);
	}
	zval_ptr_dtor(&accepted);
}

/* The object may have another connection by now: the handle says which one is gone. */
static void phx_closed(phx_conn *c, const phx_event *ev)
{
	zend_object *obj = c->obj;
	zval args[4];
	c->id = 0;
	c->obj = NULL;
	c->owed = 0;
	phx_conn_answered(c);
	if (obj == NULL) {
		return;
	}
	ZVAL_LONG(&args[0], (zend_long) ev->conn);
	if (ev->kind == PHX_CONNECT_FAILED) {
		ZVAL_LONG(&args[1], ev->arg);
		ZVAL_STRINGL(&args[2], ev->data, ev->len);
		ZVAL_BOOL(&args[3], ev->opcode);
		phx_notify(obj, ZEND_STRL("onengineconnectfailed"), 4, args, NULL);
		zval_ptr_dtor(&args[2]);
	} else {
		phx_notify(obj, ZEND_STRL("onengineclose"), 1, args, NULL);
	}
	OBJ_RELEASE(obj);
}

void phx_dispatch(phx_loop *loop, const phx_event *ev)
{
	phx_conn *c = phx_conn_record(loop, ev->conn);
	zend_object *obj = c->obj;

	if (UNEXPECTED(obj == NULL)) {
		if (ev->kind == PHX_ACCEPT || ev->kind == PHX_MESSAGE || ev->kind == PHX_DATA || ev->kind == PHX_HANDSHAKE) {
			obj = phx_conn_object(loop, ev->conn, ev->arg);
			if (obj == NULL) {
				return;
			}
			c = phx_conn_record(loop, ev->conn);
		} else if (ev->kind != PHX_CLOSE && ev->kind != PHX_CONNECT_FAILED) {
			return;
		}
	}
	if (UNEXPECTED(c->closing == 2 && ev->kind != PHX_CLOSE)) {
		return; /* destroyed since: its object may have another connection */
	}
	if (ev->kind == PHX_MESSAGE || ev->kind == PHX_DATA) {
		if (UNEXPECTED(c->changed == loop->turn && ev->kind == PHX_MESSAGE)) {
			phx_conn_defer(loop->engine.loop, (phx_event *) ev, 1);
			return;
		}
		if (UNEXPECTED(c->paused || c->held == loop->turn)) {
			c->held = loop->turn;
			phx_conn_defer(loop->engine.loop, (phx_event *) ev, 0);
			return;
		}
	}
	switch (ev->kind) {
		case PHX_MESSAGE:
			c->opcode = ev->opcode;
			if (EXPECTED(!c->closing)) {
				phx_message(loop, ev, obj);
			} else {
				phx_unheard(loop, ev, obj);
			}
			break;
		case PHX_DATA:
			phx_user_data(loop, ev, obj);
			break;
		case PHX_HANDSHAKE:
			phx_handshake(loop, ev, obj);
			break;
		case PHX_CLOSE:
		case PHX_CONNECT_FAILED:
			phx_closed(c, ev);
			break;
		case PHX_CONNECTED: {
			zval arg;
			ZVAL_LONG(&arg, (zend_long) ev->conn);
			phx_notify(obj, ZEND_STRL("onengineconnected"), 1, &arg, NULL);
			break;
		}
		case PHX_FAILED: {
			zval args[2];
			ZVAL_LONG(&args[0], ev->arg);
			ZVAL_STRINGL(&args[1], ev->data, ev->len);
			phx_notify(obj, ZEND_STRL("onengineerror"), 2, args, NULL);
			zval_ptr_dtor(&args[1]);
			break;
		}
		case PHX_SECURE: {
			zval args[2];
			ZVAL_BOOL(&args[0], ev->arg);
			ZVAL_STRINGL(&args[1], ev->data, ev->len);
			phx_notify(obj, ZEND_STRL("onenginesecure"), 2, args, NULL);
			zval_ptr_dtor(&args[1]);
			break;
		}
		case PHX_CONTROL: {
			zval args[2];
			ZVAL_LONG(&args[0], ev->opcode);
			ZVAL_STRINGL(&args[1], ev->data, ev->len);
			phx_notify(obj, ZEND_STRL("onenginecontrol"), 2, args, NULL);
			zval_ptr_dtor(&args[1]);
			break;
		}
		case PHX_FULL:
			c->blocked = 1;
			if (ev->arg && !c->full) {
				c->full = 1;
				phx_notify(obj, ZEND_STRL("onenginefull"), 0, NULL, NULL);
			}
			break;
		case PHX_DRAIN:
			c->blocked = c->full = 0;
			phx_notify(obj, ZEND_STRL("onenginedrain"), 0, NULL, NULL);
			break;
		case PHX_DELIVERY: {
			zval message;
			ZVAL_STRINGL(&message, ev->data, ev->len);
			phx_notify(obj, ZEND_STRL("send"), 1, &message, NULL);
			zval_ptr_dtor(&message);
			break;
		}
	}
}

/* Room for an operation of size bytes; NULL when that is too much to queue. */
static char *phx_op(phx_loop *loop, phx_conn *c, uint64_t id, uint8_t op, uint8_t arg, size_t size)
{
	size_t need = (sizeof(phx_op_head) + size + 7) & ~(size_t) 7;
	if (UNEXPECTED(loop->ops_len + need > loop->ops_cap)) {
		if (loop->ops_len + need > PHX_OPS_LIMIT) {
			phx_apply_ops(loop);
		}
		size_t cap = loop->ops_cap ? loop->ops_cap : 16 << 10;
		while (cap < loop->ops_len + need) {
			cap *= 2;
		}
		if (cap > loop->ops_cap) {
			loop->ops = realloc(loop->ops, cap);
			if (loop->ops == NULL) {
				zend_error_noreturn(E_ERROR, "Out of memory for the send buffer");
			}
			loop->ops_cap = cap;
		}
	}
	phx_op_head *head = (phx_op_head *) (loop->ops + loop->ops_len);
	head->conn = id;
	head->size = (uint32_t) size;
	head->next = -1;
	head->op = op;
	head->arg = arg;
	head->from = 0;
	loop->ops_last = loop->ops_len;
	loop->ops_len += need;
	c->batch += (uint32_t) size;
	return (char *) (head + 1);
}

/* A message to many connections is the same again and again: its bytes are queued, and framed, once. */
static bool phx_op_again(phx_loop *loop, phx_conn *c, uint64_t id, uint8_t op, uint8_t arg, zend_string *data)
{
	if (loop->ops_len == 0) {
		return false;
	}
	const phx_op_head *last = (phx_op_head *) (loop->ops + loop->ops_last);
	if (last->size != ZSTR_LEN(data) || last->op != op || last->arg != arg || last->conn == id ||
		loop->ops_len + sizeof(phx_op_head) > loop->ops_cap || memcmp(last + 1, ZSTR_VAL(data), ZSTR_LEN(data)) != 0) {
		return false;
	}
	phx_op_head *head = (phx_op_head *) (loop->ops + loop->ops_len);
	head->conn = id;
	head->size = 0;
	head->next = -1;
	head->op = op | PHX_SHARED;
	head->arg = arg;
	head->from = (uint32_t) loop->ops_last;
	loop->ops_len += sizeof(phx_op_head);
	c->batch += (uint32_t) ZSTR_LEN(data);
	return true;
}

/* The answer of a send that went straight to the engine, and what the application is told. */
static void phx_sent_directly(phx_conn *c, phx_status st, const phx_sent *sent, zval *return_value)
{
	if (st != PHX_OK) {
		RETURN_FALSE;
	}
	c->blocked = sent->pending > 0;
	if (sent->full && !c->full) {
		c->full = 1;
		phx_notify(c->obj, ZEND_STRL("onenginefull"), 0, NULL, NULL);
	}
	if (sent->pending > 0) {
		RETURN_NULL();
	}
	RETURN_TRUE;
}

static void phx_send(zval *return_value, zend_long id, zend_string *data, uint8_t op, uint8_t arg)
{
	phx_loop *loop = &phx_current_loop;
	phx_conn *c = phx_conn_find(loop, (uint64_t) id);

	if (UNEXPECTED(c == NULL || c->closing)) {
		RETURN_FALSE;
	}
	if (c->turn != loop->turn) {
		c->turn = loop->turn;
		c->batch = 0;
	}
	/* A response that is sent raw begins with its head; its body may come in pieces. */
	if (c->owed > 0 && (op != PHX_SEND_RAW || (ZSTR_LEN(data) > 7 && memcmp(ZSTR_VAL(data), "HTTP/1.", 7) == 0))) {
		phx_conn_answered(c);
	}
	if (EXPECTED(!c->blocked && c->batch + ZSTR_LEN(data) <= PHX_BATCH_LIMIT)) {
		if (!phx_op_again(loop, c, (uint64_t) id, op, arg, data)) {
			memcpy(phx_op(loop, c, (uint64_t) id, op, arg, ZSTR_LEN(data)), ZSTR_VAL(data), ZSTR_LEN(data));
		}
		if (UNEXPECTED(!loop->running)) {
			phx_apply_ops(loop);
		}
		RETURN_TRUE;
	}
	phx_sent sent = {0};
	phx_apply_ops(loop);
	phx_status st = phx_conn_write(loop->engine.loop, (uint64_t) id, op, arg, ZSTR_VAL(data), ZSTR_LEN(data), &sent);
	phx_sent_directly(c, st, &sent, return_value);
}

PHP_FUNCTION(phalanx_conn_send)
{
	zend_long conn;
	zend_string *data;
	bool raw = false;

	ZEND_PARSE_PARAMETERS_START(2, 3)
		Z_PARAM_LONG(conn)
		Z_PARAM_STR(data)
		Z_PARAM_OPTIONAL
		Z_PARAM_BOOL(raw)
	ZEND_PARSE_PARAMETERS_END();

	phx_send(return_value, conn, data, raw ? PHX_SEND_RAW : PHX_SEND_MESSAGE, 0);
}

PHP_FUNCTION(phalanx_conn_send_response)
{
	zend_long conn, coding = 0;
	zend_string *data;

	ZEND_PARSE_PARAMETERS_START(2, 3)
		Z_PARAM_LONG(conn)
		Z_PARAM_STR(data)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(coding)
	ZEND_PARSE_PARAMETERS_END();

	phx_send(return_value, conn, data, PHX_SEND_RESPONSE, (uint8_t) coding);
}

PHP_FUNCTION(phalanx_conn_send_stream)
{
	zend_long conn, coding;
	zend_string *head;

	ZEND_PARSE_PARAMETERS_START(3, 3)
		Z_PARAM_LONG(conn)
		Z_PARAM_STR(head)
		Z_PARAM_LONG(coding)
	ZEND_PARSE_PARAMETERS_END();

	phx_send(return_value, conn, head, PHX_SEND_RAW, (uint8_t) coding);
}

PHP_FUNCTION(phalanx_conn_send_frame)
{
	zend_long conn, first;
	zend_string *data;

	ZEND_PARSE_PARAMETERS_START(3, 3)
		Z_PARAM_LONG(conn)
		Z_PARAM_STR(data)
		Z_PARAM_LONG(first)
	ZEND_PARSE_PARAMETERS_END();

	if (first < 0 || first > 255) {
		zend_argument_value_error(3, "must be between 0 and 255");
		RETURN_THROWS();
	}
	phx_send(return_value, conn, data, PHX_SEND_FRAME, (uint8_t) first);
}

PHP_FUNCTION(phalanx_conn_send_file)
{
	zend_long conn, offset = 0, length = 0;
	zend_string *head, *path;

	ZEND_PARSE_PARAMETERS_START(3, 5)
		Z_PARAM_LONG(conn)
		Z_PARAM_STR(head)
		Z_PARAM_PATH_STR(path)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(offset)
		Z_PARAM_LONG(length)
	ZEND_PARSE_PARAMETERS_END();

	phx_loop *loop = &phx_current_loop;
	phx_conn *c = phx_conn_find(loop, (uint64_t) conn);
	if (c == NULL || c->closing) {
		RETURN_FALSE;
	}
	phx_sent sent = {0};
	phx_conn_answered(c);
	phx_apply_ops(loop);
	phx_status st = phx_conn_send_file(loop->engine.loop, (uint64_t) conn, ZSTR_VAL(head), ZSTR_LEN(head),
		ZSTR_VAL(path), ZSTR_LEN(path), offset, length, &sent);
	phx_sent_directly(c, st, &sent, return_value);
}

PHP_FUNCTION(phalanx_conn_close)
{
	zend_long conn;
	double linger = 1.0;

	ZEND_PARSE_PARAMETERS_START(1, 2)
		Z_PARAM_LONG(conn)
		Z_PARAM_OPTIONAL
		Z_PARAM_DOUBLE(linger)
	ZEND_PARSE_PARAMETERS_END();

	phx_loop *loop = &phx_current_loop;
	phx_conn *c = phx_conn_find(loop, (uint64_t) conn);
	if (c == NULL) {
		return;
	}
	c->closing = 1;
	phx_apply_ops(loop);
	linger = linger < 0 ? 0 : (linger > 3600 ? 3600 : linger);
	phx_conn_close(loop->engine.loop, (uint64_t) conn, (int64_t) (linger * 1e9));
	if (!loop->running) {
		phx_loop_flush(loop->engine.loop, NULL, 0);
	}
}

static void phx_conn_do(INTERNAL_FUNCTION_PARAMETERS, int32_t op)
{
	zend_long conn;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_LONG(conn)
	ZEND_PARSE_PARAMETERS_END();

	phx_loop *loop = &phx_current_loop;
	phx_conn *c = phx_conn_find(loop, (uint64_t) conn);
	if (c == NULL) {
		return;
	}
	if (op == 0) {
		c->closing = 2;
	} else {
		c->paused = op == 1;
	}
	phx_conn_op(loop->engine.loop, (uint64_t) conn, op);
}

PHP_FUNCTION(phalanx_conn_destroy)
{
	phx_conn_do(INTERNAL_FUNCTION_PARAM_PASSTHRU, 0);
}

PHP_FUNCTION(phalanx_conn_pause)
{
	phx_conn_do(INTERNAL_FUNCTION_PARAM_PASSTHRU, 1);
}

PHP_FUNCTION(phalanx_conn_resume)
{
	phx_conn_do(INTERNAL_FUNCTION_PARAM_PASSTHRU, 2);
}

PHP_FUNCTION(phalanx_conn_stat)
{
	zend_long conn, what;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_LONG(conn)
		Z_PARAM_LONG(what)
	ZEND_PARSE_PARAMETERS_END();

	if (what < 0 || what > 4) {
		zend_argument_value_error(2, "must be between 0 and 4");
		RETURN_THROWS();
	}
	phx_loop *loop = &phx_current_loop;
	if (!loop->open) {
		RETURN_LONG(0);
	}
	if (what == 0 || what == 2) {
		phx_apply_ops(loop);
	}
	RETURN_LONG(phx_conn_stat(loop->engine.loop, (uint64_t) conn, (int32_t) what));
}

PHP_FUNCTION(phalanx_conn_address)
{
	zend_long conn;
	bool remote;
	char text[PHX_TEXT_SIZE];

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_LONG(conn)
		Z_PARAM_BOOL(remote)
	ZEND_PARSE_PARAMETERS_END();

	phx_status n = phx_conn_address(phx_current_loop.engine.loop, (uint64_t) conn, remote, text);
	if (n <= 0) {
		RETURN_EMPTY_STRING();
	}
	RETURN_STRINGL(text, n);
}

static int phx_proto_by_name(zend_string *name)
{
	static const char *const names[] = {"raw", "text", "frame", "http", "websocket", "user"};
	for (int i = 0; i < 6; i++) {
		if (zend_string_equals_cstr(name, names[i], strlen(names[i]))) {
			return i;
		}
	}
	return -1;
}

int phx_parse_proto(zend_string *name, uint32_t argument)
{
	int proto = phx_proto_by_name(name);
	if (proto < 0) {
		zend_argument_value_error(argument, "must name a protocol: raw, text, frame, http, websocket or user");
	}
	return proto;
}

PHP_FUNCTION(phalanx_conn_request)
{
	zend_long conn;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_LONG(conn)
	ZEND_PARSE_PARAMETERS_END();

	phx_conn *c = phx_conn_find(&phx_current_loop, (uint64_t) conn);
	if (c == NULL || c->request == NULL) {
		RETURN_EMPTY_STRING();
	}
	RETURN_STR_COPY(c->request);
}

PHP_FUNCTION(phalanx_conn_opcode)
{
	zend_long conn;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_LONG(conn)
	ZEND_PARSE_PARAMETERS_END();

	phx_conn *c = phx_conn_find(&phx_current_loop, (uint64_t) conn);
	RETURN_LONG(c == NULL ? 0 : c->opcode);
}

PHP_FUNCTION(phalanx_conn_protocol)
{
	zend_long conn;
	zend_string *name;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_LONG(conn)
		Z_PARAM_STR(name)
	ZEND_PARSE_PARAMETERS_END();

	int proto = phx_parse_proto(name, 2);
	if (proto < 0) {
		RETURN_THROWS();
	}
	phx_apply_ops(&phx_current_loop);
	phx_conn *c = phx_conn_find(&phx_current_loop, (uint64_t) conn);
	if (c != NULL && phx_conn_stat(phx_current_loop.engine.loop, (uint64_t) conn, 6) != proto) {
		c->changed = phx_current_loop.turn;
	}
	RETURN_BOOL(phx_conn_set(phx_current_loop.engine.loop, (uint64_t) conn, proto, 0, 0) == PHX_OK);
}

PHP_FUNCTION(phalanx_conn_limits)
{
	zend_long conn, bytes, package;

	ZEND_PARSE_PARAMETERS_START(3, 3)
		Z_PARAM_LONG(conn)
		Z_PARAM_LONG(bytes)
		Z_PARAM_LONG(package)
	ZEND_PARSE_PARAMETERS_END();

	RETURN_BOOL(phx_conn_set(phx_current_loop.engine.loop, (uint64_t) conn, -1, bytes, package) == PHX_OK);
}

PHP_FUNCTION(phalanx_conn_want)
{
	zend_long conn, bytes;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_LONG(conn)
		Z_PARAM_LONG(bytes)
	ZEND_PARSE_PARAMETERS_END();

	phx_conn_user(phx_current_loop.engine.loop, (uint64_t) conn, 0, bytes);
}

/* A stream of its own descriptor: closing it does not close the connection. */
void phx_return_stream(zval *return_value, int fd)
{
	int copy = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 3); /* not for programs that the script starts */
	php_stream *stream = copy < 0 ? NULL : php_stream_sock_open_from_socket(copy, NULL);
	if (stream == NULL) {
		if (copy >= 0) {
			close(copy);
		}
		RETURN_FALSE;
	}
	php_stream_to_zval(stream, return_value);
}

PHP_FUNCTION(phalanx_conn_stream)
{
	zend_long conn;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_LONG(conn)
	ZEND_PARSE_PARAMETERS_END();

	phx_return_stream(return_value, (int) phx_conn_stat(phx_current_loop.engine.loop, (uint64_t) conn, 5));
}

PHP_FUNCTION(phalanx_conn_ws_accept)
{
	zend_long conn;
	HashTable *headers;
	zval *line;
	smart_str lines = {0};

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_LONG(conn)
		Z_PARAM_ARRAY_HT(headers)
	ZEND_PARSE_PARAMETERS_END();

	ZEND_HASH_FOREACH_VAL(headers, line)
	{
		zend_string *text = zval_try_get_string(line);
		if (text == NULL) {
			smart_str_free(&lines);
			RETURN_THROWS();
		}
		if (memchr(ZSTR_VAL(text), '\n', ZSTR_LEN(text)) || memchr(ZSTR_VAL(text), '\r', ZSTR_LEN(text))) {
			zend_string_release(text);
			smart_str_free(&lines);
			zend_argument_value_error(2, "must not contain a line break: each element is one header line");
			RETURN_THROWS();
		}
		if (lines.s) {
			smart_str_appendc(&lines, '\n');
		}
		smart_str_append(&lines, text);
		zend_string_release(text);
	}
	ZEND_HASH_FOREACH_END();
	smart_str_0(&lines);
	phx_apply_ops(&phx_current_loop);
	phx_status st = phx_conn_ws_accept(phx_current_loop.engine.loop, (uint64_t) conn,
		lines.s ? ZSTR_VAL(lines.s) : NULL, lines.s ? ZSTR_LEN(lines.s) : 0);
	smart_str_free(&lines);
	RETURN_BOOL(st == PHX_OK);
}

PHP_FUNCTION(phalanx_http_request_class)
{
	zend_string *name;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(name)
	ZEND_PARSE_PARAMETERS_END();

	phx_loop *loop = phx_loop_get();
	if (loop == NULL) {
		RETURN_THROWS();
	}
	if (loop->request_class) {
		zend_string_release(loop->request_class);
	}
	loop->request_class = ZSTR_LEN(name) ? zend_string_copy(name) : NULL;
	loop->request_ce = NULL;
}
