/*
 * What the extension and the engine share: flat structures and the calls of bridge/ext.
 *
 * Ownership: bytes handed to a phx_* call are borrowed for that call; bytes an event points to
 * live until the next phx_loop_process. Threads: a loop belongs to the thread that made it.
 */
#ifndef PHALANX_ENGINE_H
#define PHALANX_ENGINE_H

#include <stddef.h>
#include <stdint.h>

/* goengine/loop.Kind */
enum phx_kind {
	PHX_ACCEPT = 1,
	PHX_MESSAGE,
	PHX_DATA,
	PHX_HANDSHAKE,
	PHX_CLOSE,
	PHX_FAILED,
	PHX_FULL,
	PHX_DRAIN,
	PHX_SECURE,
	PHX_DELIVERY,
	PHX_CONTROL,
	PHX_DATAGRAM,
	PHX_TIMER,
	PHX_POSTED,
	PHX_WATCHED,
	/* of outgoing connections */
	PHX_CONNECTED = 32,
	PHX_CONNECT_FAILED,
	PHX_RESOLVED = 48,
};

/* goengine/loop.Proto */
enum phx_proto { PHX_RAW, PHX_TEXT, PHX_FRAME, PHX_HTTP, PHX_WEBSOCKET, PHX_USER };

/* goengine/loop.Op */
enum phx_op { PHX_SEND_RAW = 1, PHX_SEND_MESSAGE, PHX_SEND_RESPONSE, PHX_SEND_FRAME };

/* goengine/loop.Event: the same layout, a Go slice at its end. */
typedef struct {
	uint8_t kind;
	uint8_t opcode;
	uint8_t proto;
	uint8_t unused;
	int32_t arg;
	uint64_t conn;
	uint64_t aux;
	const char *data;
	int64_t len;
	int64_t cap;
} phx_event;

/* The head of an operation; size bytes follow, padded to 8. goengine/loop.AppendOp */
typedef struct {
	uint64_t conn;
	uint32_t size;
	int32_t next;
	uint8_t op;
	uint8_t arg;
	uint8_t unused[2];
	uint32_t from; /* with PHX_SHARED: offset of the operation whose bytes these are */
} phx_op_head;

#define PHX_SHARED 0x80 /* in op: no bytes of its own follow */

/* Answers of phx_* calls; negative ones are refusals. bridge/ext/status.go */
typedef int32_t phx_status;
enum {
	PHX_OK = 0,
	PHX_ECLOSED = -1,
	PHX_EFULL = -2,
	PHX_EPROTO = -3,
	PHX_EINVAL = -4,
	PHX_EINTERNAL = -5,
};

typedef struct {
	int64_t loop; /* handle, > 0 */
	int32_t epfd;
	const phx_event *events;
} phx_loop_info;

typedef struct {
	int64_t connections, accepted, closed, messages, bytes_read, bytes_written, timers, slots;
	int64_t tls_handshakes, tls_resumed, tls_failed;
} phx_stats;

typedef struct {
	int64_t pending; /* bytes waiting to be sent */
	int32_t full;    /* they pass the connection's limit */
	phx_status status;
} phx_sent;

/* The SSL options of a stream context, as JSON, and the directory that relative paths start from. */
typedef struct {
	const char *json;
	size_t len;
	const char *cwd;
} phx_tls_options;

/* How a listener serves its connections; goengine/loop.ListenOptions. */
typedef struct {
	int32_t proto;
	int64_t max_send, max_package;
	int32_t announce;
	int32_t backlog;
	int32_t reuse_port;
	phx_tls_options *tls; /* NULL: none */
	int32_t keep;         /* connections outlive the script */
	int32_t deflate;      /* 0 none; 1 permessage-deflate, as the rest says: goengine/ws.DeflateOptions */
	int32_t deflate_level, deflate_threshold, deflate_takeover, deflate_bits;
	const char *limits; /* lines name=value: goengine/loop.ParseLimits; NULL: the defaults */
	size_t limits_len;
} phx_listen_options;

/* What a script has to know of a connection that it inherits. */
typedef struct {
	int64_t max_send, max_package;
	int32_t proto;
	uint8_t paused, blocked, full;
	uint8_t ready; /* a WebSocket's handshake has been answered */
} phx_resumed;

/* Bytes of C's, borrowed for a call. */
typedef struct {
	const char *data;
	size_t len;
} phx_str;

enum phx_proxy { PHX_NO_PROXY, PHX_SOCKS5, PHX_HTTP_PROXY };

/* Whom to connect to; goengine/loop.ConnectOptions, DatagramOptions. */
typedef struct {
	phx_str network, address, bind;
	int32_t proto;
	int32_t broadcast;
	int64_t max_send, max_package, timeout_ns;
	int32_t proxy; /* phx_proxy; address is then the proxy's */
	int32_t port;  /* of the target behind it */
	phx_str host, user, password, authorization;
} phx_connect_options;

/* goengine/hub.Command: how and to whom. */
typedef struct {
	int32_t verb; /* bridge/ext/hub.go */
	int32_t kind; /* of to: 0 connection, 1 user, 2 group, 3 groups (JSON), 4 all */
	int32_t form; /* goengine/loop.Form */
	phx_str to, name, data;
	phx_str except; /* goengine/hub.Except as JSON, or nothing */
} phx_hub_command;

/* What a PHP thread asked through phx_vitals_ask() is to do at its next instruction. */
#define PHX_ASK_STACK 1 /* write down where it is */
#define PHX_ASK_END 2   /* end the script with the fatal error `why` */

#define PHX_STACK_SIZE 8192

/* A PHP thread, seen from outside. Its memory lives as long as the thread. Written by the thread, but for what others ask. */
typedef struct {
	uint32_t alive;   /* it runs a slot's script, from its entry until all it had is gone */
	uint32_t busy;    /* 0: it waits for something to happen */
	uint32_t looping; /* it is in its loop: what it does is a callback */
	uint32_t step;    /* changes with each callback */
	uint32_t fibers;  /* that have a stack, of this and of earlier scripts */
	int32_t thread;
	void *frame;              /* &EG(current_execute_data) */
	void *interrupt;          /* &EG(vm_interrupt) */
	int32_t asked;            /* PHX_ASK_*, by others */
	uint32_t step_asked;      /* PHX_ASK_END is meant for this step only */
	uint32_t answered, ended; /* how often */
	size_t stack_len;         /* of stack, valid once answered has changed */
	char stack[PHX_STACK_SIZE];
	char why[256]; /* by others, before PHX_ASK_END */
} phx_vitals;

/* Room for a message, an address or a name that the engine writes; it is cut to fit. */
#define PHX_TEXT_SIZE 512

#endif
