/* Outgoing connections, adopted streams, lookups of names. */
#include "phalanx.h"

#include <Zend/zend_exceptions.h>
#include <ext/spl/spl_exceptions.h>
#include <main/php_network.h>

#include "_cgo_export.h"

static phx_str phx_option_str(HashTable *options, const char *name, size_t len)
{
	zval *v = zend_hash_str_find(options, name, len);
	phx_str s = {NULL, 0};
	if (v != NULL && Z_TYPE_P(v) == IS_STRING) {
		s.data = Z_STRVAL_P(v);
		s.len = Z_STRLEN_P(v);
	}
	return s;
}

/* Reads the options that connections have in common; false: an exception is thrown. */
static bool phx_conn_options(HashTable *options, uint32_t argument, phx_connect_options *o)
{
	zval *protocol = zend_hash_str_find(options, ZEND_STRL("protocol"));
	zval *timeout = zend_hash_str_find(options, ZEND_STRL("timeout"));
	zval *broadcast = zend_hash_str_find(options, ZEND_STRL("broadcast"));

	memset(o, 0, sizeof(*o));
	o->network = phx_option_str(options, ZEND_STRL("network"));
	o->address = phx_option_str(options, ZEND_STRL("address"));
	o->bind = phx_option_str(options, ZEND_STRL("bind"));
	if (protocol && Z_TYPE_P(protocol) == IS_STRING && (o->proto = phx_parse_proto(Z_STR_P(protocol), argument)) < 0) {
		return false;
	}
	o->broadcast = broadcast != NULL && zend_is_true(broadcast);
	o->max_send = phx_option_long(options, "maxSendBufferSize", 0);
	o->max_package = phx_option_long(options, "maxPackageSize", 0);
	if (timeout != NULL) {
		double seconds = zval_get_double(timeout);
		if (!(seconds >= 0 && seconds < 1e9)) {
			zend_argument_value_error(argument, "must have a \"timeout\" of 0 or more and less than 1e9 seconds");
			return false;
		}
		o->timeout_ns = (int64_t) (seconds * 1e9);
	}
	return true;
}

/* Ties a connection that the engine has made to its object. */
static void phx_conn_tie(phx_loop *loop, uint64_t id, zend_object *obj)
{
	phx_conn *c = phx_conn_record(loop, id);
	GC_ADDREF(obj);
	c->obj = obj;
}

PHP_FUNCTION(phalanx_connect)
{
	zend_object *connection;
	HashTable *options;
	phx_connect_options o;
	char text[PHX_TEXT_SIZE];
	int32_t text_len = 0;
	uint64_t id = 0;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_OBJ(connection)
		Z_PARAM_ARRAY_HT(options)
	ZEND_PARSE_PARAMETERS_END();

	phx_loop *loop = phx_loop_get();
	if (loop == NULL || !phx_conn_options(options, 2, &o)) {
		RETURN_THROWS();
	}
	zval *proxy = zend_hash_str_find(options, ZEND_STRL("proxy"));
	if (proxy != NULL && Z_TYPE_P(proxy) == IS_STRING) {
		if (zend_string_equals_literal(Z_STR_P(proxy), "socks5")) {
			o.proxy = PHX_SOCKS5;
		} else if (zend_string_equals_literal(Z_STR_P(proxy), "http")) {
			o.proxy = PHX_HTTP_PROXY;
		} else {
			zend_argument_value_error(2, "must have \"socks5\" or \"http\" under \"proxy\"");
			RETURN_THROWS();
		}
		o.port = (int32_t) phx_option_long(options, "port", 0);
		o.host = phx_option_str(options, ZEND_STRL("host"));
		o.user = phx_option_str(options, ZEND_STRL("user"));
		o.password = phx_option_str(options, ZEND_STRL("password"));
		o.authorization = phx_option_str(options, ZEND_STRL("authorization"));
	}
	if (phx_connect(loop->engine.loop, &o, &id, text, &text_len) != PHX_OK) {
		RETURN_STRINGL(text, text_len);
	}
	phx_conn_tie(loop, id, connection);
	RETURN_LONG((zend_long) id);
}

PHP_FUNCTION(phalanx_conn_adopt)
{
	zend_object *connection;
	zval *zstream;
	HashTable *options = NULL;
	phx_connect_options o;
	php_stream *stream;
	char text[PHX_TEXT_SIZE];
	int32_t text_len = 0;
	uint64_t id = 0;
	int fd = -1;

	ZEND_PARSE_PARAMETERS_START(2, 3)
		Z_PARAM_OBJ(connection)
		Z_PARAM_RESOURCE(zstream)
		Z_PARAM_OPTIONAL
		Z_PARAM_ARRAY_HT(options)
	ZEND_PARSE_PARAMETERS_END();

	phx_loop *loop = phx_loop_get();
	if (loop == NULL || !phx_conn_options(options ? options : (HashTable *) &zend_empty_array, 3, &o)) {
		RETURN_THROWS();
	}
	php_stream_from_zval(stream, zstream);
	if (php_stream_cast(stream, PHP_STREAM_AS_FD_FOR_SELECT | PHP_STREAM_CAST_INTERNAL, (void *) &fd, false) !=
			SUCCESS ||
		fd < 0) {
		zend_throw_exception(
			spl_ce_RuntimeException, "The stream has no descriptor that a connection could be made of", 0);
		RETURN_THROWS();
	}
	/* What PHP has read ahead belongs to the connection. */
	size_t ahead = stream->writepos > stream->readpos ? (size_t) (stream->writepos - stream->readpos) : 0;
	phx_status st = phx_adopt(loop->engine.loop, fd, &o, ahead ? (char *) stream->readbuf + stream->readpos : NULL,
		ahead, &id, text, &text_len);
	if (st != PHX_OK) {
		zend_throw_exception_ex(spl_ce_RuntimeException, 0, "%.*s", text_len, text);
		RETURN_THROWS();
	}
	stream->readpos = stream->writepos;
	phx_conn_tie(loop, id, connection);
	RETURN_LONG((zend_long) id);
}

PHP_FUNCTION(phalanx_conn_ws_expect)
{
	zend_long conn;
	zend_string *key, *extensions = ZSTR_EMPTY_ALLOC();

	ZEND_PARSE_PARAMETERS_START(2, 3)
		Z_PARAM_LONG(conn)
		Z_PARAM_STR(key)
		Z_PARAM_OPTIONAL
		Z_PARAM_STR(extensions)
	ZEND_PARSE_PARAMETERS_END();

	RETURN_BOOL(phx_conn_ws_expect(phx_current_loop.engine.loop, (uint64_t) conn, ZSTR_VAL(key), ZSTR_LEN(key),
					ZSTR_VAL(extensions), ZSTR_LEN(extensions)) == PHX_OK);
}

PHP_FUNCTION(phalanx_udp_connect)
{
	zend_fcall_info fci;
	zend_fcall_info_cache fcc;
	HashTable *options;
	phx_connect_options o;
	char text[PHX_TEXT_SIZE];
	int32_t text_len = 0;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_FUNC(fci, fcc)
		Z_PARAM_ARRAY_HT(options)
	ZEND_PARSE_PARAMETERS_END();

	phx_loop *loop = phx_loop_get();
	if (loop == NULL || !phx_conn_options(options, 2, &o)) {
		RETURN_THROWS();
	}
	phx_status id = phx_udp_connect(loop->engine.loop, &o, text, &text_len);
	if (id <= 0) {
		RETURN_STRINGL(text, text_len);
	}
	phx_listener *l = emalloc(sizeof(*l));
	ZVAL_COPY(&l->factory, &fci.function_name);
	l->id = id;
	l->proto = -1;
	l->datagram = true;
	zend_hash_index_update_ptr(&loop->listeners, id, l);
	RETURN_LONG(id);
}

PHP_FUNCTION(phalanx_resolve)
{
	zend_string *host;
	zend_fcall_info fci;
	zend_fcall_info_cache fcc;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_STR(host)
		Z_PARAM_FUNC(fci, fcc)
	ZEND_PARSE_PARAMETERS_END();

	phx_loop *loop = phx_loop_get();
	if (loop == NULL) {
		RETURN_THROWS();
	}
	uint64_t id = phx_lookup(loop->engine.loop, ZSTR_VAL(host), ZSTR_LEN(host));
	zval callback;
	ZVAL_COPY(&callback, &fci.function_name);
	zend_hash_index_update(&loop->lookups, id, &callback);
	RETURN_LONG((zend_long) id);
}

PHP_FUNCTION(phalanx_resolve_cancel)
{
	zend_long id;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_LONG(id)
	ZEND_PARSE_PARAMETERS_END();

	phx_loop *loop = &phx_current_loop;
	if (!loop->open || zend_hash_index_del(&loop->lookups, (zend_ulong) id) != SUCCESS) {
		RETURN_FALSE;
	}
	phx_lookup_cancel(loop->engine.loop, (uint64_t) id);
	RETURN_TRUE;
}

void phx_fire_resolved(phx_loop *loop, const phx_event *ev)
{
	zval *entry = zend_hash_index_find(&loop->lookups, ev->conn), callback, args[2];
	if (entry == NULL) {
		return;
	}
	ZVAL_COPY(&callback, entry);
	zend_hash_index_del(&loop->lookups, ev->conn);
	array_init(&args[0]);
	const char *at = ev->data, *end = ev->data + ev->len;
	for (int32_t i = 0; i < ev->arg; i++) {
		const char *line = memchr(at, '\n', end - at);
		add_next_index_stringl(&args[0], at, (line ? line : end) - at);
		at = line ? line + 1 : end;
	}
	if (ev->arg > 0) {
		ZVAL_EMPTY_STRING(&args[1]);
	} else {
		ZVAL_STRINGL(&args[1], ev->data, ev->len);
	}
	phx_call(&callback, 2, args);
	zval_ptr_dtor(&args[0]);
	zval_ptr_dtor(&args[1]);
	zval_ptr_dtor(&callback);
	phx_after_callback(NULL);
}
