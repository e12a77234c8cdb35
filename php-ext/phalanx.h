/* The extension's own declarations. */
#ifndef PHALANX_EXT_H
#define PHALANX_EXT_H

/* EG() and the like are of the thread's own variable: PHP's way to them is a call that calls another one. */
#define ZEND_ENABLE_STATIC_TSRMLS_CACHE 1
#include <php.h>
#include <Zend/zend_smart_str.h>

#include "engine.h"

ZEND_TSRMLS_CACHE_EXTERN()

#define PHX_VERSION "0.1.0"

/* What PHP keeps of a connection. Found by the slot in its handle's low 32 bits. */
typedef struct {
	uint64_t id;          /* 0: free */
	zend_object *obj;     /* NULL until the object is needed */
	zend_string *request; /* HTTP: the only request without an answer; NULL: none, or several */
	uint32_t owed;        /* HTTP: how many there are */
	uint32_t batch;       /* bytes queued in the turn of the loop that `turn` names */
	uint32_t turn;
	uint8_t closing; /* by the application: nothing more is taken */
	uint8_t blocked; /* bytes wait in the engine */
	uint8_t full;    /* and they pass the limit */
	uint8_t paused;
	uint32_t held;    /* turn in which a message was handed back: those behind it are too */
	uint32_t changed; /* turn in which the protocol was changed */
	uint8_t opcode;   /* WebSocket: of the last message */
} phx_conn;

typedef struct {
	zval factory;
	int32_t id;
	int32_t proto;
	bool datagram;
} phx_listener;

typedef struct phx_fiber phx_fiber;

/* The calling thread's loop. */
typedef struct {
	phx_loop_info engine;
	bool open;
	bool running;
	bool stop;
	int64_t timeout_ns; /* until the next timer; -1 none */
	uint32_t turn;      /* counts batches */
	int64_t noted;      /* bytes PHP had allocated when the engine was last told */
	int32_t at, count;  /* the event that is being told, and how many the batch has */
	bool adopted;       /* a slot's: it outlives the script */
	bool held;          /* what connections say is for the next script */

	char *ops;
	size_t ops_len, ops_cap;
	size_t ops_last; /* where the last operation with bytes of its own is */

	phx_conn *conns;
	uint32_t conns_cap;

	HashTable listeners; /* id => phx_listener */
	HashTable timers;    /* id => phx_timer */
	HashTable watches;   /* descriptor => phx_watch */
	HashTable signals;   /* number => callable */
	HashTable lookups;   /* identifier => callable */

	zval on_control;
	zval on_error;

	HashTable *sessions; /* path => content of a session's file; NULL: none */

	/* Looked up once for each script. */
	zend_class_entry *request_ce;
	zend_string *request_class;
	uint32_t request_buffer, request_connection; /* property offsets, 0: by name */
	uint32_t request_data, request_spooled;      /* 0: its destructor is to be called */
	zend_class_entry *conn_ce;                   /* class of the last connection object */
	uint32_t conn_on_message;

	bool coroutines; /* callbacks of messages run in Fibers */
	phx_fiber *fiber_idle;
	uint32_t fiber_count;
	uint32_t fiber_least; /* of idle ones, since the last trim */
	int64_t fiber_trimmed;
	phx_fiber *fiber_starts;  /* whose body is about to begin */
	phx_fiber *fiber_resumes; /* the one that phalanx_fiber_resume() has resumed */
} phx_loop;

extern __thread phx_loop phx_current_loop;
extern __thread bool phx_thread_slot;
extern const char *phx_main_script;

/* loop.c */
phx_loop *phx_loop_get(void);
void phx_loop_begin(phx_loop *loop);
void phx_loop_shutdown(void);
void phx_apply_ops(phx_loop *loop);
void phx_call(zval *callable, uint32_t argc, zval *argv);
bool phx_after_callback(zend_object *conn);
void phx_loop_poll_signals(phx_loop *loop);
void phx_vm_interrupt(void);

/* vitals.c */
extern __thread phx_vitals phx_thread_vitals;
void phx_vitals_install(void);
phx_vitals *phx_vitals_begin(void);
void phx_vitals_end(void);
void phx_vitals_ask(phx_vitals *v, int32_t what);
void phx_vitals_nudge(const phx_vitals *v);
size_t phx_stack_write(const phx_vitals *v, char *out, size_t room);

/* fiber.c */
#define PHX_KEPT_FIBERS 64
void phx_fiber_run(phx_loop *loop, zval *callable, uint32_t argc, zval *argv, zend_object *conn);
void phx_fibers_release(phx_loop *loop);
void phx_fibers_trim(phx_loop *loop);
void phx_fiber_init(void);

/* conn.c */
phx_conn *phx_conn_find(phx_loop *loop, uint64_t id);
phx_conn *phx_conn_record(phx_loop *loop, uint64_t id);
void phx_dispatch(phx_loop *loop, const phx_event *ev);
void phx_conns_release(phx_loop *loop);

/* tls.c */
typedef struct {
	phx_tls_options options;
	smart_str json;
	char cwd[MAXPATHLEN];
} phx_tls;
bool phx_tls_prepare(phx_tls *out, zval *options, uint32_t argument);
void phx_tls_release(phx_tls *tls);

/* handover.c */
bool phx_loop_leave(phx_loop *loop);
/* session.c */
void phx_sessions_release(phx_loop *loop);

/* http.c */
void phx_uploads_init(phx_loop *loop);

/* io.c */
void phx_dispatch_io(phx_loop *loop, const phx_event *ev);
void phx_io_release(phx_loop *loop);

zend_long phx_option_long(HashTable *options, const char *name, zend_long value);

/* connect.c */
void phx_fire_resolved(phx_loop *loop, const phx_event *ev);

int phx_parse_proto(zend_string *name, uint32_t argument);
void phx_return_stream(zval *return_value, int fd);

/* Called by the host on a PHP thread before the script of a worker slot runs on it. */
void phx_thread_is_slot(bool slot);

#endif
