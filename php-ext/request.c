/*
 * PHP's request, one for each message. What PHP keeps of "the" web request is one set of globals of
 * a thread: superglobals, headers, output, uploads, shutdown functions, the session. While a message is
 * served they are its own, in whatever Fiber its code runs: each Fiber remembers whose request it works
 * for, one that it starts inherits that, and at a switch between two requests the globals are exchanged.
 *
 * What else PHP lets code change, settings and the working directory among them, is in state.c.
 */
#include "phalanx.h"

#include <SAPI.h>
#include <main/php_main.h>
#include <Zend/zend_exceptions.h>
#include <Zend/zend_extensions.h>
#include <Zend/zend_fibers.h>
#include <Zend/zend_observer.h>
#include <ext/session/php_session.h>
#include <ext/standard/basic_functions.h>
#include <ext/standard/url.h>
#include <main/http_status_codes.h>
#include <main/php_output.h>
#include <main/php_variables.h>

#include "request.h"
#include "state.h"

#define PHX_BODY_BLOCK 8192

enum { PHX_GET, PHX_POST, PHX_COOKIE, PHX_FILES, PHX_SERVER, PHX_REQUEST, PHX_SESSION, PHX_ENV, PHX_SUPERGLOBALS };

static const char *const superglobal_names[] = {
	"_GET", "_POST", "_COOKIE", "_FILES", "_SERVER", "_REQUEST", "_SESSION", "_ENV"};
static zend_string *superglobals[PHX_SUPERGLOBALS];

/* Static properties that hold one value for each message; see phalanx_request_static(). */
typedef struct phx_static {
	struct phx_static *next;
	zval *at;
	uint32_t index;
} phx_static;

#define PHX_STATICS 8

/* What session.c resets at a request's end; its settings stay the worker's. */
typedef struct {
	zend_string *id;
	const ps_module *mod, *default_mod;
	void *mod_data;
	php_session_status session_status;
	zend_string *session_started_filename;
	uint32_t session_started_lineno;
	zval handlers[sizeof(((php_ps_globals *) 0)->mod_user_names) / sizeof(zval)];
	zend_string *mod_user_class_name;
	bool mod_user_implemented, mod_user_is_open, send_cookie, define_sid, in_save_handler, set_handler;
	zval http_session_vars;
	zend_string *session_vars;
} phx_php_session;

typedef struct {
	zval handler, exception_handler;
	int reporting;
	zend_stack reportings, handlers, exception_handlers;
} phx_error_handlers;

/*
 * While the request is not at work it holds its own values, while it is at work those of the worker.
 */
typedef struct phx_request {
	struct phx_request *next, **at; /* all of this thread's script */
	uint32_t references;            /* of Fibers, and of phalanx_request_serve() */
	bool over;                      /* answered: what is said now is the worker's */
	bool outlived;                  /* by a Fiber of its own */
	zval globals[PHX_SUPERGLOBALS];
	zval tracked[NUM_TRACK_VARS];
	zval statics[PHX_STATICS];
	sapi_request_info info;
	sapi_headers_struct headers;
	int64_t read_post_bytes;
	unsigned char post_read, headers_sent;
	HashTable *uploads;
	double time;
	zval header_callback;
	zend_fcall_info_cache header_callback_fcc;
	zend_output_globals output;
	HashTable *shutdown_functions;
	phx_php_session session;
	phx_error_handlers errors;
	int exit_status;
	phx_state state;
	/* Not exchanged. */
	zend_string *message; /* its bytes */
	size_t body;          /* where in these the body begins */
	char *reason;         /* the status line that was sent, NULL: none of its own */
	smart_str output_bytes;
	zend_string *file; /* whose content is the body, NULL: what was printed */
	zend_off_t file_size;
	void *session_lock; /* session_lock.c */
} phx_request;

static int request_slot = -1;
static __thread phx_request *at_work, *requests;
static __thread phx_static *statics;

static size_t (*ub_write_original)(const char *str, size_t len);
static void (*flush_original)(void *context);
static int (*header_handler_original)(sapi_header_struct *h, sapi_header_op_enum op, sapi_headers_struct *hs);
static int (*send_headers_original)(sapi_headers_struct *headers);
static size_t (*read_post_original)(char *buffer, size_t len);

#define PHX_SWAP(a, b)                                                                                                 \
	do {                                                                                                               \
		typeof(a) phx_swapped_ = (a);                                                                                  \
		(a) = (b);                                                                                                     \
		(b) = phx_swapped_;                                                                                            \
	} while (0)

#define PHX_SWAP_BYTES(a, b)                                                                                           \
	do {                                                                                                               \
		char phx_swapped_[sizeof(a)];                                                                                  \
		memcpy(phx_swapped_, &(a), sizeof(a));                                                                         \
		memcpy(&(a), &(b), sizeof(a));                                                                                 \
		memcpy(&(b), phx_swapped_, sizeof(a));                                                                         \
	} while (0)

static void swap_superglobal(HashTable *table, zend_string *name, zval *saved)
{
	zval *live = zend_hash_find_known_hash(table, name);
	zval was;

	if (live == NULL) {
		if (!Z_ISUNDEF_P(saved)) {
			zend_hash_add_new(table, name, saved);
			ZVAL_UNDEF(saved);
		}
		return;
	}
	ZVAL_COPY_VALUE(&was, live);
	if (Z_ISUNDEF_P(saved)) {
		ZVAL_NULL(live);
		zend_hash_del(table, name);
	} else {
		ZVAL_COPY_VALUE(live, saved);
	}
	ZVAL_COPY_VALUE(saved, &was);
}

static void swap_session(phx_php_session *s)
{
	php_ps_globals *ps = ZEND_MODULE_GLOBALS_BULK(ps); /* each macro would look them up */

	PHX_SWAP(s->id, ps->id);
	PHX_SWAP(s->mod, ps->mod);
	PHX_SWAP(s->default_mod, ps->default_mod);
	PHX_SWAP(s->mod_data, ps->mod_data);
	PHX_SWAP(s->session_status, ps->session_status);
	PHX_SWAP(s->session_started_filename, ps->session_started_filename);
	PHX_SWAP(s->session_started_lineno, ps->session_started_lineno);
	PHX_SWAP_BYTES(s->handlers, ps->mod_user_names);
	PHX_SWAP(s->mod_user_class_name, ps->mod_user_class_name);
	PHX_SWAP(s->mod_user_implemented, ps->mod_user_implemented);
	PHX_SWAP(s->mod_user_is_open, ps->mod_user_is_open);
	PHX_SWAP(s->send_cookie, ps->send_cookie);
	PHX_SWAP(s->define_sid, ps->define_sid);
	PHX_SWAP(s->in_save_handler, ps->in_save_handler);
	PHX_SWAP(s->set_handler, ps->set_handler);
	PHX_SWAP_BYTES(s->http_session_vars, ps->http_session_vars);
	PHX_SWAP(s->session_vars, ps->session_vars);
}

/* Puts a request to work, or takes it away: the same exchange both ways. */
static void swap(phx_request *r)
{
	zend_executor_globals *eg = TSRMG_FAST_BULK(executor_globals_offset, zend_executor_globals *);
	sapi_globals_struct *sg = TSRMG_FAST_BULK(sapi_globals_offset, sapi_globals_struct *);
	php_core_globals *pg = TSRMG_FAST_BULK(core_globals_offset, php_core_globals *);
	zend_output_globals *output = ZEND_MODULE_GLOBALS_BULK(output);

	for (int i = 0; i < PHX_SUPERGLOBALS; i++) {
		swap_superglobal(&eg->symbol_table, superglobals[i], &r->globals[i]);
	}
	for (phx_static *s = statics; s != NULL; s = s->next) {
		PHX_SWAP_BYTES(*s->at, r->statics[s->index]);
	}
	PHX_SWAP_BYTES(r->tracked, pg->http_globals);
	PHX_SWAP_BYTES(r->info, sg->request_info);
	PHX_SWAP_BYTES(r->headers, sg->sapi_headers);
	PHX_SWAP(r->read_post_bytes, sg->read_post_bytes);
	PHX_SWAP(r->post_read, sg->post_read);
	PHX_SWAP(r->headers_sent, sg->headers_sent);
	PHX_SWAP(r->uploads, sg->rfc1867_uploaded_files);
	PHX_SWAP(r->time, sg->global_request_time);
	PHX_SWAP_BYTES(r->header_callback, sg->callback_func);
	PHX_SWAP_BYTES(r->header_callback_fcc, sg->fci_cache);
	PHX_SWAP_BYTES(r->output, *output);
	PHX_SWAP(r->shutdown_functions, BG(user_shutdown_function_names));
	swap_session(&r->session);
	PHX_SWAP_BYTES(r->errors.handler, eg->user_error_handler);
	PHX_SWAP_BYTES(r->errors.exception_handler, eg->user_exception_handler);
	PHX_SWAP(r->errors.reporting, eg->user_error_handler_error_reporting);
	PHX_SWAP_BYTES(r->errors.reportings, eg->user_error_handlers_error_reporting);
	PHX_SWAP_BYTES(r->errors.handlers, eg->user_error_handlers);
	PHX_SWAP_BYTES(r->errors.exception_handlers, eg->user_exception_handlers);
	PHX_SWAP(r->exit_status, eg->exit_status);
}

static void put_to_work(phx_request *r)
{
	if (at_work == r) {
		return;
	}
	if (at_work != NULL) {
		swap(at_work);
		phx_state_leave(&at_work->state);
	}
	if (r != NULL) {
		phx_state_enter(&r->state);
		swap(r);
	}
	at_work = r;
}

/* ---- which Fiber works for which ---- */

static phx_request *request_of(zend_fiber_context *fiber)
{
	return fiber->reserved[request_slot];
}

static void release(phx_request *r);

static void assign(zend_fiber_context *fiber, phx_request *r)
{
	phx_request *before = request_of(fiber);

	if (r != NULL) {
		r->references++;
	}
	fiber->reserved[request_slot] = r;
	if (before != NULL) {
		release(before);
	}
}

static void fiber_switches(zend_fiber_context *from, zend_fiber_context *to)
{
	phx_request *r = request_of(to);

	if (to->status == ZEND_FIBER_STATUS_INIT && r == NULL && request_of(from) != NULL) {
		r = request_of(from);
		assign(to, r);
	}
	if (UNEXPECTED(r != at_work)) {
		int reporting = EG(error_reporting); /* PHP keeps each Fiber's, and takes this one's after this */
		put_to_work(r);
		EG(error_reporting) = reporting;
	}
}

static void fiber_ends(zend_fiber_context *fiber)
{
	if (request_of(fiber) != NULL) {
		assign(fiber, NULL);
	}
}

/* ---- what PHP says to its web server ---- */

static size_t request_ub_write(const char *str, size_t len)
{
	phx_request *r = at_work;

	if (EXPECTED(r == NULL) || r->over) {
		return ub_write_original(str, len);
	}
	smart_str_appendl(&r->output_bytes, str, len);
	return len;
}

static void request_flush(void *context)
{
	if (at_work == NULL && flush_original != NULL) {
		flush_original(context);
	}
}

static int request_header_handler(sapi_header_struct *h, sapi_header_op_enum op, sapi_headers_struct *hs)
{
	if (EXPECTED(at_work == NULL)) {
		return header_handler_original ? header_handler_original(h, op, hs) : SAPI_HEADER_ADD;
	}
	return SAPI_HEADER_ADD;
}

static int request_send_headers(sapi_headers_struct *headers)
{
	phx_request *r = at_work;

	if (EXPECTED(r == NULL)) {
		return send_headers_original ? send_headers_original(headers) : SAPI_HEADER_DO_SEND;
	}
	if (headers->http_status_line != NULL && r->reason == NULL) {
		r->reason = estrdup(headers->http_status_line);
	}
	return SAPI_HEADER_SENT_SUCCESSFULLY;
}

static size_t request_read_post(char *buffer, size_t len)
{
	phx_request *r = at_work;

	if (EXPECTED(r == NULL)) {
		return read_post_original ? read_post_original(buffer, len) : 0;
	}
	size_t at = r->body + (size_t) SG(read_post_bytes);
	size_t left = r->message != NULL && at < ZSTR_LEN(r->message) ? ZSTR_LEN(r->message) - at : 0;
	len = MIN(len, left);
	if (len > 0) {
		memcpy(buffer, ZSTR_VAL(r->message) + at, len);
	}
	return len;
}

/* ---- beginning ---- */

static void add_string(HashTable *server, const char *name, size_t name_len, const char *value, size_t len)
{
	zval v;
	ZVAL_STRINGL_FAST(&v, value, len);
	zend_hash_str_update(server, name, name_len, &v);
}

/*
 * A field as CGI's meta-variable (RFC 3875, 4.1.18). What came several times is joined; a name with an underscore is
 * left out, as it would pass for the one with a hyphen; so is Proxy, which would pass for a setting.
 */
static void add_field(HashTable *server, const char *name, size_t name_len, const char *value, size_t len)
{
	char key[5 + 256] = "HTTP_";
	size_t key_len = 5;

	if (name_len > sizeof(key) - 6) {
		return;
	}
	for (size_t i = 0; i < name_len; i++) {
		char c = name[i];
		if (c == '_') {
			return;
		}
		key[key_len++] = c == '-' ? '_' : (c >= 'a' && c <= 'z') ? c - 32 : c;
	}
	if (key_len == 10 && memcmp(key, "HTTP_PROXY", 10) == 0) {
		return;
	}
	size_t from = 0;
	if ((key_len == 17 && memcmp(key, "HTTP_CONTENT_TYPE", 17) == 0) ||
		(key_len == 19 && memcmp(key, "HTTP_CONTENT_LENGTH", 19) == 0)) {
		from = 5;
	}
	zval *before = zend_hash_str_find(server, key + from, key_len - from);
	if (EXPECTED(before == NULL)) {
		add_string(server, key + from, key_len - from, value, len);
		return;
	}
	const char *glue = key_len == 11 && memcmp(key, "HTTP_COOKIE", 11) == 0 ? "; " : ", ";
	zend_string *joined = zend_string_concat3(Z_STRVAL_P(before), Z_STRLEN_P(before), glue, 2, value, len);
	zval_ptr_dtor(before);
	ZVAL_STR(before, joined);
}

/* Cookies as PHP has them: names become variables, values are decoded, of equal names the first counts. */
static void add_cookies(zval *cookies, const char *at, const char *end)
{
	zend_long left = PG(max_input_vars);
	zval *live = &PG(http_globals)[TRACK_VARS_COOKIE]; /* where PHP knows cookies by */
	zval before;

	ZVAL_COPY_VALUE(&before, live);
	ZVAL_COPY_VALUE(live, cookies);
	while (at < end && left-- > 0) {
		const char *stop = memchr(at, ';', (size_t) (end - at));
		if (stop == NULL) {
			stop = end;
		}
		while (at < stop && (*at == ' ' || *at == '\t')) {
			at++;
		}
		const char *equals = memchr(at, '=', (size_t) (stop - at));
		if (at < stop) {
			const char *name_end = equals ? equals : stop;
			char *name = estrndup(at, (size_t) (name_end - at));
			char *value = equals ? estrndup(equals + 1, (size_t) (stop - equals - 1)) : estrdup("");
			size_t len = php_raw_url_decode(value, equals ? (size_t) (stop - equals - 1) : 0);
			php_url_decode(name, (size_t) (name_end - at));
			php_register_variable_safe(name, value, len, live);
			efree(name);
			efree(value);
		}
		at = stop + 1;
	}
	ZVAL_COPY_VALUE(cookies, live);
	ZVAL_COPY_VALUE(live, &before);
}

/* The request's head: $_SERVER's part of it, and $_GET and $_COOKIE. */
static void read_head(phx_request *r, zval *globals)
{
	HashTable *server = Z_ARRVAL(globals[PHX_SERVER]);
	const char *at = ZSTR_VAL(r->message), *end = at + ZSTR_LEN(r->message);
	const char *stop = php_memnstr(at, "\r\n", 2, end);
	const char *method_end = stop ? memchr(at, ' ', (size_t) (stop - at)) : NULL;
	const char *target_end = method_end ? zend_memrchr(at, ' ', (size_t) (stop - at)) : NULL;

	r->body = ZSTR_LEN(r->message);
	if (target_end == NULL || target_end == method_end) {
		return;
	}
	add_string(server, ZEND_STRL("REQUEST_METHOD"), at, (size_t) (method_end - at));
	const char *target = method_end + 1;
	add_string(server, ZEND_STRL("REQUEST_URI"), target, (size_t) (target_end - target));
	add_string(server, ZEND_STRL("SERVER_PROTOCOL"), target_end + 1, (size_t) (stop - target_end - 1));
	const char *query = memchr(target, '?', (size_t) (target_end - target));
	query = query ? query + 1 : target_end;
	size_t query_len = (size_t) (target_end - query);
	const char *fragment = memchr(query, '#', query_len);
	query_len = fragment ? (size_t) (fragment - query) : query_len;
	add_string(server, ZEND_STRL("QUERY_STRING"), query, query_len);
	if (query_len > 0) {
		sapi_module.treat_data(PARSE_STRING, estrndup(query, query_len), &globals[PHX_GET]);
	}

	for (at = stop + 2; at < end; at = stop + 2) {
		stop = php_memnstr(at, "\r\n", 2, end);
		if (stop == NULL || stop == at) {
			r->body = stop ? (size_t) (stop + 2 - ZSTR_VAL(r->message)) : r->body;
			break;
		}
		const char *colon = memchr(at, ':', (size_t) (stop - at));
		if (colon == NULL) {
			continue;
		}
		const char *value = colon + 1, *value_end = stop;
		while (value < value_end && (*value == ' ' || *value == '\t')) {
			value++;
		}
		while (value_end > value && (value_end[-1] == ' ' || value_end[-1] == '\t')) {
			value_end--;
		}
		add_field(server, at, (size_t) (colon - at), value, (size_t) (value_end - value));
	}
	zval *cookie = zend_hash_str_find(server, ZEND_STRL("HTTP_COOKIE"));
	if (cookie != NULL) {
		add_cookies(&globals[PHX_COOKIE], Z_STRVAL_P(cookie), Z_STRVAL_P(cookie) + Z_STRLEN_P(cookie));
	}
}

/* $_REQUEST in the order of php.ini; a single source is shared, not copied. */
static void add_request(zval *globals)
{
	const char *order = PG(request_order) ? PG(request_order) : PG(variables_order);
	zval *all = &globals[PHX_REQUEST];

	ZVAL_EMPTY_ARRAY(all);
	for (; *order; order++) {
		zval *source = *order == 'g' || *order == 'G' ? &globals[PHX_GET]
			: *order == 'p' || *order == 'P'          ? &globals[PHX_POST]
			: *order == 'c' || *order == 'C'          ? &globals[PHX_COOKIE]
													  : NULL;
		if (source == NULL || zend_hash_num_elements(Z_ARRVAL_P(source)) == 0) {
			continue;
		}
		if (zend_hash_num_elements(Z_ARRVAL_P(all)) == 0) {
			ZVAL_COPY(all, source);
			continue;
		}
		SEPARATE_ARRAY(all);
		zend_hash_merge(Z_ARRVAL_P(all), Z_ARRVAL_P(source), zval_add_ref, true);
	}
}

static void add_paths(HashTable *uploads, zval *paths)
{
	zval *path;

	ZVAL_DEREF(paths);
	if (Z_TYPE_P(paths) == IS_STRING && Z_STRLEN_P(paths) > 0) {
		zend_hash_add_empty_element(uploads, Z_STR_P(paths));
	} else if (Z_TYPE_P(paths) == IS_ARRAY) {
		ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(paths), path)
		{
			add_paths(uploads, path);
		}
		ZEND_HASH_FOREACH_END();
	}
}

/* The temporary files, so that is_uploaded_file() and move_uploaded_file() know them. */
static void add_uploads(phx_request *r, HashTable *files)
{
	zval *field;

	if (zend_hash_num_elements(files) == 0) {
		return;
	}
	r->uploads = zend_new_array(0);
	ZEND_HASH_FOREACH_VAL(files, field)
	{
		ZVAL_DEREF(field);
		zval *paths = Z_TYPE_P(field) == IS_ARRAY ? zend_hash_str_find(Z_ARRVAL_P(field), ZEND_STRL("tmp_name")) : NULL;
		if (paths != NULL) {
			add_paths(r->uploads, paths);
		}
	}
	ZEND_HASH_FOREACH_END();
}

static void begin_session(phx_php_session *s)
{
	const zval *handlers = (const zval *) &PS(mod_user_names);

	s->mod = phx_session_locking(PS(mod));
	s->default_mod = phx_session_locking(PS(default_mod));
	s->send_cookie = s->define_sid = true;
	s->session_status = PS(session_status) == php_session_disabled ? php_session_disabled : php_session_none;
	for (size_t i = 0; i < sizeof(s->handlers) / sizeof(zval); i++) {
		ZVAL_COPY(&s->handlers[i], &handlers[i]);
	}
	if (PS(mod_user_class_name) != NULL) {
		s->mod_user_class_name = zend_string_copy(PS(mod_user_class_name));
	}
	ZVAL_UNDEF(&s->http_session_vars);
}

static double now(void)
{
	struct timeval t;

	gettimeofday(&t, NULL);
	return (double) t.tv_sec + (double) t.tv_usec / 1e6;
}

/* An argument, which may be a constant. */
static void share_array(zval *to, HashTable *array)
{
	ZVAL_ARR(to, array);
	if (GC_FLAGS(array) & GC_IMMUTABLE) {
		Z_TYPE_INFO_P(to) = IS_ARRAY;
	} else {
		GC_ADDREF(array);
	}
}

static phx_request *begin(zend_string *message, HashTable *server, HashTable *post, HashTable *files)
{
	phx_request *r = ecalloc(1, sizeof(*r));
	const int kept[] = {PHX_POST, TRACK_VARS_POST, PHX_GET, TRACK_VARS_GET, PHX_COOKIE, TRACK_VARS_COOKIE, PHX_SERVER,
		TRACK_VARS_SERVER, PHX_FILES, TRACK_VARS_FILES, PHX_ENV, TRACK_VARS_ENV};
	zval *environment = zend_hash_find_known_hash(&EG(symbol_table), superglobals[PHX_ENV]);

	r->references = 1;
	r->next = requests;
	r->at = &requests;
	if (requests != NULL) {
		requests->at = &r->next;
	}
	requests = r;
	r->message = zend_string_copy(message);
	for (int i = 0; i < PHX_SUPERGLOBALS; i++) {
		ZVAL_EMPTY_ARRAY(&r->globals[i]);
	}
	ZVAL_UNDEF(&r->globals[PHX_SESSION]);
	if (environment != NULL && Z_TYPE_P(environment) == IS_ARRAY) {
		ZVAL_COPY(&r->globals[PHX_ENV], environment);
	}
	array_init(&r->globals[PHX_GET]);
	array_init(&r->globals[PHX_COOKIE]);
	ZVAL_ARR(&r->globals[PHX_SERVER], zend_array_dup(server));
	share_array(&r->globals[PHX_POST], post);
	share_array(&r->globals[PHX_FILES], files);
	r->time = now();
	add_assoc_long(&r->globals[PHX_SERVER], "REQUEST_TIME", (zend_long) r->time);
	add_assoc_double(&r->globals[PHX_SERVER], "REQUEST_TIME_FLOAT", r->time);
	read_head(r, r->globals);
	add_request(r->globals);
	add_uploads(r, files);
	for (int i = 0; i < NUM_TRACK_VARS; i++) {
		ZVAL_UNDEF(&r->tracked[i]);
	}
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i += 2) {
		ZVAL_COPY(&r->tracked[kept[i + 1]], &r->globals[kept[i]]);
	}
	for (phx_static *s = statics; s != NULL; s = s->next) {
		ZVAL_COPY(&r->statics[s->index], s->at);
	}
	r->info = SG(request_info); /* the command line's argv and the like */
	r->info.request_body = NULL;
	r->info.no_headers = false;
	zend_llist_init(&r->headers.headers, sizeof(sapi_header_struct), (void (*)(void *)) sapi_free_header, 0);
	r->headers.http_response_code = 200;
	r->headers.send_default_content_type = true;
	ZVAL_UNDEF(&r->header_callback);
	zend_stack_init(&r->output.handlers, sizeof(php_output_handler *));
	r->output.flags = PHP_OUTPUT_ACTIVATED;
	begin_session(&r->session);
	ZVAL_COPY(&r->errors.handler, &EG(user_error_handler));
	ZVAL_COPY(&r->errors.exception_handler, &EG(user_exception_handler));
	r->errors.reporting = EG(user_error_handler_error_reporting);
	zend_stack_init(&r->errors.reportings, sizeof(int));
	zend_stack_init(&r->errors.handlers, sizeof(zval));
	zend_stack_init(&r->errors.exception_handlers, sizeof(zval));
	phx_state_begin(&r->state, r->next == NULL);
	return r;
}

/* ---- the end ---- */

/* exit() ends the request. What else was thrown stays. */
static bool ended_by_exit(void)
{
	if (EG(exception) == NULL || !zend_is_unwind_exit(EG(exception))) {
		return false;
	}
	zend_clear_exception();
	return true;
}

/* As PHP calls them; exit() in one ends them all. */
static void call_shutdown_functions(void)
{
	php_shutdown_function_entry *entry;
	bool exited = false;

	if (BG(user_shutdown_function_names) == NULL) {
		return;
	}
	/* The table grows when one registers another. */
	HashTable *all = BG(user_shutdown_function_names);
	for (zend_long i = 0; i < all->nNextFreeElement && !exited && EG(exception) == NULL; i++) {
		zval *at = zend_hash_index_find(all, (zend_ulong) i);
		if (at == NULL) {
			continue;
		}
		zval ret;
		entry = Z_PTR_P(at);
		ZVAL_UNDEF(&ret);
		entry->fci.retval = &ret;
		zend_call_function(&entry->fci, &entry->fci_cache);
		zval_ptr_dtor(&ret);
		exited = ended_by_exit();
	}
}

/* The session's part of PHP's end of a request. */
static void end_session(bool write)
{
	php_session_flush(write);
	zval_ptr_dtor(&PS(http_session_vars));
	ZVAL_UNDEF(&PS(http_session_vars));
	if (PS(mod_data) != NULL) {
		PS(mod)->s_close(&PS(mod_data));
	}
	zend_string **strings[] = {&PS(id), &PS(session_vars), &PS(mod_user_class_name), &PS(session_started_filename)};
	for (size_t i = 0; i < sizeof(strings) / sizeof(*strings); i++) {
		if (*strings[i] != NULL) {
			zend_string_release(*strings[i]);
			*strings[i] = NULL;
		}
	}
	zval *handlers = (zval *) &PS(mod_user_names);
	for (size_t i = 0; i < sizeof(PS(mod_user_names)) / sizeof(zval); i++) {
		zval_ptr_dtor(&handlers[i]);
		ZVAL_UNDEF(&handlers[i]);
	}
	if (PS(session_status) == php_session_active) {
		PS(session_status) = php_session_none;
	}
}

/* Streams that read php://input share one copy of the body, which is this request's. */
static void close_input(void)
{
	php_stream *body = SG(request_info).request_body;
	zend_resource *resource;

	if (body == NULL) {
		return;
	}
	ZEND_HASH_FOREACH_PTR(&EG(regular_list), resource)
	{
		if (resource->type == php_file_le_stream() && resource->ptr != NULL) {
			php_stream *stream = resource->ptr;
			if (stream->abstract != NULL && strcmp(stream->ops->label, "Input") == 0 &&
				*(php_stream **) stream->abstract == body) {
				zend_list_close(resource);
			}
		}
	}
	ZEND_HASH_FOREACH_END();
	SG(request_info).request_body = NULL;
	php_stream_free(body, PHP_STREAM_FREE_CLOSE);
}

static void forget_credentials(void)
{
	char **all[] = {&SG(request_info).auth_user, &SG(request_info).auth_password, &SG(request_info).auth_digest};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		if (*all[i] != NULL) {
			efree(*all[i]);
			*all[i] = NULL;
		}
	}
}

/*
 * What PHP does when a request is over, in its order; the request is at work. With something thrown there will be no
 * answer. Not complete: the request was given up, and the session stays as it was.
 */
static void finish(phx_request *r, bool complete)
{
	zend_exception_save();
	if (complete) {
		call_shutdown_functions();
		zend_exception_save();
	}
	php_free_shutdown_functions();
	BG(user_shutdown_function_names) = NULL;
	end_session(complete); /* before the headers: a handler may set some */
	if (complete && EG(prev_exception) == NULL && EG(exception) == NULL) {
		php_output_end_all();
		sapi_send_headers();
	} else {
		php_output_discard_all();
	}
	zend_exception_restore();
	r->over = true;
	SG(headers_sent) = true;
	php_output_deactivate();
	close_input();
	forget_credentials();
	if (!r->outlived) {
		phx_state_end(&r->state);
	}
	if (r->references > 2) {
		/* The worker's output for those who go on. */
		r->outlived = true;
		zend_stack_init(&OG(handlers), sizeof(php_output_handler *));
		OG(flags) = PHP_OUTPUT_ACTIVATED;
	}
}

static void free_request(phx_request *r)
{
	if (r->outlived) {
		phx_request *before = at_work;
		put_to_work(r);
		finish(r, false);
		put_to_work(before);
	}
	for (int i = 0; i < PHX_SUPERGLOBALS; i++) {
		zval_ptr_dtor(&r->globals[i]);
	}
	for (int i = 0; i < NUM_TRACK_VARS; i++) {
		zval_ptr_dtor(&r->tracked[i]);
	}
	for (int i = 0; i < PHX_STATICS; i++) {
		zval_ptr_dtor(&r->statics[i]);
	}
	zend_llist_destroy(&r->headers.headers);
	if (r->headers.mimetype != NULL) {
		efree(r->headers.mimetype);
	}
	if (r->headers.http_status_line != NULL) {
		efree(r->headers.http_status_line);
	}
	zval_ptr_dtor(&r->header_callback);
	if (r->uploads != NULL) {
		zend_array_destroy(r->uploads);
	}
	zval_ptr_dtor(&r->errors.handler);
	zval_ptr_dtor(&r->errors.exception_handler);
	zend_stack_destroy(&r->errors.reportings);
	zend_stack_clean(&r->errors.handlers, (void (*)(void *)) ZVAL_PTR_DTOR, true);
	zend_stack_clean(&r->errors.exception_handlers, (void (*)(void *)) ZVAL_PTR_DTOR, true);
	phx_state_free(&r->state);
	zend_string_release(r->message);
	if (r->reason != NULL) {
		efree(r->reason);
	}
	smart_str_free(&r->output_bytes);
	if (r->file != NULL) {
		zend_string_release(r->file);
	}
	phx_session_unlock(r->session_lock);
	if (r->at != NULL) {
		*r->at = r->next;
		if (r->next != NULL) {
			r->next->at = r->at;
		}
	}
	efree(r);
}

static void release(phx_request *r)
{
	if (--r->references > 0) {
		return;
	}
	if (at_work == r) {
		put_to_work(NULL);
	}
	free_request(r);
}

/* ---- for PHP ---- */

/* HTTP authentication, as PHP shows it. */
static void add_credentials(void)
{
	zval *server = zend_hash_find_known_hash(&EG(symbol_table), superglobals[PHX_SERVER]);
	zval *field = zend_hash_str_find(Z_ARRVAL_P(server), ZEND_STRL("HTTP_AUTHORIZATION"));

	if (EXPECTED(field == NULL) || php_handle_auth_data(Z_STRVAL_P(field)) == -1) {
		return;
	}
	const struct {
		const char *name;
		char *value;
	} all[] = {{"PHP_AUTH_USER", SG(request_info).auth_user}, {"PHP_AUTH_PW", SG(request_info).auth_password},
		{"PHP_AUTH_DIGEST", SG(request_info).auth_digest}};
	SEPARATE_ARRAY(server);
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		if (all[i].value != NULL) {
			add_assoc_string(server, all[i].name, all[i].value);
		}
	}
}

static const char *reason_phrase(const phx_request *r, int status)
{
	/* header('HTTP/1.1 404 Not here') */
	const char *own = r->reason ? strchr(r->reason, ' ') : NULL;
	own = own ? strchr(own + 1, ' ') : NULL;
	if (own != NULL) {
		return own + 1;
	}
	for (size_t i = 0; i < sizeof(http_status_map) / sizeof(*http_status_map); i++) {
		if (http_status_map[i].code == status) {
			return http_status_map[i].str;
		}
	}
	return "";
}

/* The answer as it goes to the peer. PHP has looked at each header line: none can be two. */
static zend_string *answer(phx_request *r)
{
	smart_str out = {0};
	zend_llist_position at;
	int status = SG(sapi_headers).http_response_code;
	size_t body = r->output_bytes.s ? ZSTR_LEN(r->output_bytes.s) : 0;
	bool framed = status == 204 || status == 304 || status < 200, connection = false;

	smart_str_alloc(&out, body + 512, false);
	smart_str_appends(&out, "HTTP/1.1 ");
	smart_str_append_long(&out, status);
	smart_str_appendc(&out, ' ');
	smart_str_appends(&out, reason_phrase(r, status));
	smart_str_appends(&out, "\r\n");
	for (sapi_header_struct *h = zend_llist_get_first_ex(&SG(sapi_headers).headers, &at); h != NULL;
		 h = zend_llist_get_next_ex(&SG(sapi_headers).headers, &at)) {
		framed = framed || strncasecmp(h->header, ZEND_STRL("Content-Length:")) == 0 ||
			strncasecmp(h->header, ZEND_STRL("Transfer-Encoding:")) == 0;
		connection = connection || strncasecmp(h->header, ZEND_STRL("Connection:")) == 0;
		smart_str_appendl(&out, h->header, h->header_len);
		smart_str_appends(&out, "\r\n");
	}
	if (!connection) {
		smart_str_appends(&out, "Connection: keep-alive\r\n");
	}
	if (!framed) {
		smart_str_appends(&out, "Content-Length: ");
		smart_str_append_unsigned(&out, r->file != NULL ? (zend_ulong) r->file_size : body);
		smart_str_appends(&out, "\r\n");
	}
	smart_str_appends(&out, "\r\n");
	if (body > 0 && r->file == NULL && status != 204 && status != 304) {
		smart_str_append_smart_str(&out, &r->output_bytes);
	}
	return smart_str_extract(&out);
}

PHP_FUNCTION(phalanx_request_serve)
{
	zend_string *message;
	HashTable *server, *post, *files;
	zend_fcall_info fci;
	zend_fcall_info_cache fcc;
	zval *file = NULL;
	volatile bool bailed = false;

	ZEND_PARSE_PARAMETERS_START(5, 6)
		Z_PARAM_STR(message)
		Z_PARAM_ARRAY_HT(server)
		Z_PARAM_ARRAY_HT(post)
		Z_PARAM_ARRAY_HT(files)
		Z_PARAM_FUNC(fci, fcc)
		Z_PARAM_OPTIONAL
		Z_PARAM_ZVAL(file)
	ZEND_PARSE_PARAMETERS_END();

	if (at_work != NULL) {
		zend_throw_error(NULL, "A request is being served in this Fiber already");
		RETURN_THROWS();
	}
	/* Otherwise a file that is compiled now, the first to use them, would have the worker's made. */
	zend_is_auto_global(superglobals[PHX_SERVER]);
	zend_is_auto_global(superglobals[PHX_REQUEST]);
	zend_is_auto_global(superglobals[PHX_ENV]);

	zend_fiber_context *fiber = EG(current_fiber_context);
	phx_request *r = begin(message, server, post, files);
	assign(fiber, r);
	put_to_work(r);
	zend_try
	{
		zval ret;
		add_credentials();
		php_output_start_default();
		ZVAL_UNDEF(&ret);
		zend_call_known_fcc(&fcc, &ret, 0, NULL, NULL);
		zval_ptr_dtor(&ret);
		ended_by_exit();
		finish(r, EG(exception) == NULL || !zend_is_graceful_exit(EG(exception)));
	}
	zend_catch
	{
		bailed = true;
	}
	zend_end_try();
	if (UNEXPECTED(bailed)) {
		/* A fatal error ends the script; PHP lets shutdown functions have a word. */
		EG(current_execute_data) = execute_data;
		zend_try
		{
			call_shutdown_functions();
		}
		zend_end_try();
		put_to_work(NULL);
		zend_bailout();
	}
	if (EXPECTED(EG(exception) == NULL)) {
		RETVAL_STR(answer(r));
		if (file != NULL && r->file != NULL && r->file_size > 0) {
			ZEND_TRY_ASSIGN_REF_STR(file, zend_string_copy(r->file));
		}
	}
	put_to_work(NULL);
	assign(fiber, NULL);
	release(r);
}

PHP_FUNCTION(phalanx_request_file)
{
	zend_string *path;
	zend_stat_t info;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_PATH_STR(path)
	ZEND_PARSE_PARAMETERS_END();

	phx_request *r = at_work;
	if (r == NULL || r->over || php_check_open_basedir(ZSTR_VAL(path)) || VCWD_STAT(ZSTR_VAL(path), &info) != 0 ||
		!S_ISREG(info.st_mode) || VCWD_ACCESS(ZSTR_VAL(path), R_OK) != 0) {
		RETURN_FALSE;
	}
	if (r->file != NULL) {
		zend_string_release(r->file);
	}
	r->file = zend_string_copy(path);
	r->file_size = info.st_size;
	RETURN_TRUE;
}

PHP_FUNCTION(phalanx_request_static)
{
	zend_class_entry *ce = NULL; /* of any class */
	zend_string *property;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_CLASS(ce)
		Z_PARAM_STR(property)
	ZEND_PARSE_PARAMETERS_END();

	zend_class_entry *scope = EG(fake_scope);
	EG(fake_scope) = ce;
	zval *at = zend_std_get_static_property(ce, property, BP_VAR_IS);
	EG(fake_scope) = scope;
	if (EG(exception) != NULL) {
		RETURN_THROWS();
	}
	uint32_t index = 0;
	for (phx_static *s = statics; s != NULL; s = s->next, index++) {
		if (s->at == at) {
			return;
		}
	}
	if (at == NULL || requests != NULL || index == PHX_STATICS) {
		zend_value_error("%s::$%s cannot be kept for each request: %s", ZSTR_VAL(ce->name), ZSTR_VAL(property),
			at == NULL             ? "there is no such static property"
				: requests != NULL ? "requests are being served"
								   : "there are too many of them");
		RETURN_THROWS();
	}
	phx_static *s = emalloc(sizeof(*s));
	*s = (phx_static){.next = statics, .at = at, .index = index};
	statics = s;
}

/* ---- for the extension ---- */

/* A Fiber that the engine starts for the calling code. */
void phx_request_inherit(zend_fiber_context *fiber)
{
	if (UNEXPECTED(at_work != NULL)) {
		assign(fiber, at_work);
	}
}

void **phx_request_session_lock(void)
{
	return at_work ? &at_work->session_lock : NULL;
}

/* Its callback has returned, or thrown: exit() has ended that and not the worker. */
void phx_request_left(zend_fiber_context *fiber)
{
	if (UNEXPECTED(request_of(fiber) != NULL)) {
		ended_by_exit();
		put_to_work(NULL);
		assign(fiber, NULL);
	}
}

/*
 * At the end of a script. Those that are left belong to Fibers that PHP has yet to destroy, or, after a fatal error,
 * forgets with all its memory.
 */
void phx_requests_release(void)
{
	put_to_work(NULL);
	while (requests != NULL) {
		phx_request *r = requests;
		requests = r->next;
		r->at = NULL;
		if (!r->over || r->outlived) {
			put_to_work(r);
			finish(r, false);
			put_to_work(NULL);
		}
		r->outlived = false;
		phx_session_unlock(r->session_lock);
		r->session_lock = NULL;
		for (int i = 0; i < PHX_STATICS; i++) {
			zval_ptr_dtor(&r->statics[i]);
			ZVAL_UNDEF(&r->statics[i]);
		}
	}
	while (statics != NULL) {
		phx_static *next = statics->next;
		efree(statics);
		statics = next;
	}
}

void phx_request_install(int resource)
{
	request_slot = resource;
	for (int i = 0; i < PHX_SUPERGLOBALS; i++) {
		superglobals[i] = zend_string_init_interned(superglobal_names[i], strlen(superglobal_names[i]), true);
	}
	ub_write_original = sapi_module.ub_write;
	sapi_module.ub_write = request_ub_write;
	flush_original = sapi_module.flush;
	sapi_module.flush = request_flush;
	header_handler_original = sapi_module.header_handler;
	sapi_module.header_handler = request_header_handler;
	send_headers_original = sapi_module.send_headers;
	sapi_module.send_headers = request_send_headers;
	read_post_original = sapi_module.read_post;
	sapi_module.read_post = request_read_post;
	phx_session_lock_install();
	zend_observer_fiber_switch_register(fiber_switches);
	zend_observer_fiber_destroy_register(fiber_ends);
}
