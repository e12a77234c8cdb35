<?php

/**
 * The functions PHP classes call. They parse, hand over to the engine and answer; every rule is
 * the engine's. A connection handle is never reused: a stale one is refused, not misdirected.
 *
 * @generate-class-entries
 */

/** The engine's version; phpsrc refuses to run on one it was not made for. */
function phalanx_version(): string {}

/** 'script': a plain command-line script; 'slot': a worker slot of a server process. */
function phalanx_role(): string {}

/* ---- loop: one for each thread, made on first use ---- */

/**
 * Runs the loop until phalanx_loop_stop() or, in a plain script, until nothing is left to wait for. With $coroutines each
 * message's callback runs in a Fiber, as by phalanx_fiber_run(). While one of an http connection waits, no further
 * request of that connection is delivered.
 */
function phalanx_loop_run(bool $coroutines = false): void {}

/** Whether this thread is inside phalanx_loop_run(). */
function phalanx_loop_running(): bool {}

/** Makes phalanx_loop_run() return after the current callback. */
function phalanx_loop_stop(): void {}

/**
 * Has connections end by themselves: HTTP ones with their next response, or soon when they are idle; with $all the others
 * too (WebSockets with code 1001), unless a part of a message has come. Close the listeners before.
 *
 * @return int how many connections that came by a listener are left; call again to see, and to close what has become fit
 */
function phalanx_loop_drain(bool $all): int {}

/** Calls $callback('stop'|'graceful'|'reload'|'reload-graceful'|'drain'|'retire'|'recycle'|'connections') when the supervisor wants something of this slot. */
function phalanx_loop_on_control(?callable $callback): void {}

/**
 * Says which slot this thread's loop serves, so that the supervisor's requests reach it. Answers the thread's identifier,
 * which is the slot's process id for the outside.
 */
function phalanx_slot_enter(int $worker, int $id): int {}

/** The value of this name, made once for the application; null: the caller is to make it and to call phalanx_once_put(). */
function phalanx_once_get(string $name): ?string {}

/** Gives a value that phalanx_once_get() has asked for; null when it could not be made. */
function phalanx_once_put(string $name, ?string $value): void {}

/** Hands the supervisor's script an event of type 'slot' with this 'what' and 'message'. False outside of a slot. */
function phalanx_slot_tell(string $what, string $message): bool {}

/** Counts a message that could not be sent, for the status. */
function phalanx_slot_send_failed(): void {}

/**
 * Takes over the loop that the slot's script before this one has left, with its listeners and connections, or makes one.
 * Waits up to 10 s for that script to end. To be called before anything else needs the loop.
 *
 * @return int what that script has left with phalanx_slot_mark(), 0: nothing
 */
function phalanx_slot_adopt(int $worker, int $id): int {}

/** Leaves a number for the slot's next script. */
function phalanx_slot_mark(int $number): void {}

/** From now on what connections say that outlive this script is kept for the next one, and none are accepted. */
function phalanx_slot_hold(): void {}

/** Closes what the script before has left and this one has not asked for with phalanx_listen(). */
function phalanx_slot_settle(): void {}

/**
 * How many HTTP connections wait for this script's answer, and how many connections cannot outlive it.
 * @return array{waiting: int, others: int}
 */
function phalanx_slot_unanswered(): array {}

/** Leaves a note about a connection for the slot's next script. */
function phalanx_conn_keep(int $conn, string $memo): bool {}

/**
 * The connections that came with a listener from the script before, with what that has noted, null: nothing.
 * @return array<int, string|null>
 */
function phalanx_listener_kept(int $listener): array {}

/**
 * Makes $object the one that hears of a connection that the script before has left.
 * @return array{paused: bool, ready: bool, protocol: string, maxSendBufferSize: int, maxPackageSize: int}|null null: it is gone
 */
function phalanx_conn_attach(int $conn, object $object): ?array {}

/** Calls $callback($signal) on this loop; null restores the default. Plain scripts only. */
function phalanx_loop_on_signal(int $signal, ?callable $callback): bool {}

/**
 * Calls $callback($stream) whenever the stream is readable (1) or writable (2); null ends it.
 *
 * @param resource $stream
 */
function phalanx_loop_watch($stream, int $mode, ?callable $callback): bool {}

/** Receives what callbacks without a handler of their own throw. */
function phalanx_loop_on_error(?callable $callback): void {}

/**
 * Figures of this loop and, in a slot, of the whole process.
 * @return array{connections: int, accepted: int, closed: int, messages: int, bytes_read: int, bytes_written: int, timers: int, tls_handshakes: int, tls_resumed: int, tls_failed: int, process: array{connections: int, accepted: int, messages: int, bytes_read: int, bytes_written: int, tls_handshakes: int, tls_resumed: int, tls_failed: int, slots: int}}
 */
function phalanx_loop_stats(): array {}

/**
 * Calls $callback(...$args) after $seconds and, when $persistent, again and again.
 *
 * @return int the timer's identifier, > 0
 */
function phalanx_timer_add(float $seconds, callable $callback, array $args = [], bool $persistent = true): int {}

function phalanx_timer_del(int $timer): bool {}

function phalanx_timer_clear(): void {}

function phalanx_timer_count(): int {}

/* ---- fibers ---- */

/**
 * Calls $callback in a Fiber and comes back when it has returned or waits (Fiber::suspend()). What it throws before it
 * waits is thrown here, later where it is resumed. Fibers are used again when nobody can tell.
 */
function phalanx_fiber_run(callable $callback, mixed ...$args): void {}

/** As $fiber->resume(), by one who holds it in one property and lets go of that when this returns. */
function phalanx_fiber_resume(Fiber $fiber): void {}

/** What the Fibers of phalanx_fiber_run() run. Not to be called. */
function phalanx_fiber_body(): void {}

/* ---- PHP's own request ---- */

/**
 * Calls $handler() as PHP does with a web request. Until it returns, superglobals, php://input, header() and the like, echo
 * and output buffers, uploaded files, shutdown functions, error handlers, the session and exit are those of this request,
 * for the calling Fiber and those it starts, however they interleave with others.
 *
 * @param string $message head and body as they came
 * @param array $server what $_SERVER has besides the head
 * @param array $post $_POST
 * @param array $files $_FILES, in PHP's shape
 * @param string|null $file gets the path of a file that is to follow as the body, if there is one
 * @return string the answer as it goes to the peer; a Content-Length of the application's own stays
 */
function phalanx_request_serve(string $message, array $server, array $post, array $files, callable $handler, &$file = null): string {}

/**
 * Has this file's content be the body of the request that is being served, instead of what is printed.
 *
 * @return bool false: no request is, or the file cannot be read
 */
function phalanx_request_file(string $path): bool {}

/** Has a static property keep a value for each request; it starts with the worker's. @param class-string $class */
function phalanx_request_static(string $class, string $property): void {}

/* ---- listeners ---- */

/**
 * Starts accepting. Options:
 *  - fd: int, an inherited listening socket, or address: string 'tcp://127.0.0.1:80', 'udp://...', 'unix:///run/x.sock' to bind one
 *  - protocol: 'raw'|'text'|'frame'|'http'|'websocket'|'user'
 *  - backlog: int, reusePort: bool
 *  - maxPackageSize: int (bytes), maxSendBufferSize: int (bytes)
 *  - keep: bool, connections outlive the script of a slot (HTTP ones always do)
 *  - eager: bool, make the PHP object at accept (otherwise, for http, at the first request)
 *  - tls: array, the 'ssl' part of a stream context's options: the connections speak TLS
 *  - deflate: array{level?: int, threshold?: int, contextTakeover?: bool, windowBits?: int}, permessage-deflate for
 *    WebSockets whose client offers it; a threshold below 0 compresses every message
 *  - limits: string, lines NAME=VALUE of Phalanx\Limits::toText()
 *  - factory: callable(int $handle): TcpConnection; for UDP callable(string $data, string $remote, int $listener): void
 * @return int the listener's identifier
 * @throws RuntimeException when the address cannot be bound, or TLS not be served with these options
 */
function phalanx_listen(array $options): int {}

/** The bound address, 'ip:port' or the path: says which port was given when 0 was asked for. */
function phalanx_listener_address(int $listener): string {}

/**
 * A PHP stream of the listening socket (its own descriptor).
 *
 * @return resource|false
 */
function phalanx_listener_stream(int $listener) {}

function phalanx_listener_pause(int $listener): void {}

function phalanx_listener_resume(int $listener): void {}

function phalanx_listener_close(int $listener): void {}

/** Sends a datagram from a UDP listener. */
function phalanx_udp_send(int $listener, string $data, string $remote): bool {}

/* ---- connections ---- */

/**
 * Queues a message; it leaves when the current callbacks have returned. With $raw the bytes go as they are, else the
 * connection's engine protocol frames them (http: a 200 response with this body; protocol 'user' and 'raw': as they are).
 *
 * @return bool|null true: taken; null: waits behind earlier bytes; false: closing, closed or buffer full
 */
function phalanx_conn_send(int $conn, string $data, bool $raw = false): ?bool {}

/** As phalanx_conn_send() for a whole HTTP response in its wire form: ends the exchange, so the connection closes after it when the request asked for that. $coding: from phalanx_http_coding(). */
function phalanx_conn_send_response(int $conn, string $response, int $coding = 0): ?bool {}

/** Sends the head of an HTTP response whose body follows as chunks or server-sent events, compressed. */
function phalanx_conn_send_stream(int $conn, string $head, int $coding): ?bool {}

/** Sends a file's bytes [$offset, $offset + $length) after $head; the kernel copies them (sendfile). $length 0: to the end. */
function phalanx_conn_send_file(int $conn, string $head, string $path, int $offset = 0, int $length = 0): ?bool {}

/** Sends a WebSocket frame with this first byte (0x81 text, 0x82 binary, 0x89 ping, ...). */
function phalanx_conn_send_frame(int $conn, string $data, int $firstByte): ?bool {}

/** Closes once what is queued has been written: FIN, then the rest of the peer's bytes are discarded for $lingerSeconds at most. */
function phalanx_conn_close(int $conn, float $lingerSeconds = 1.0): void {}

/** Closes at once; queued bytes are dropped. */
function phalanx_conn_destroy(int $conn): void {}

function phalanx_conn_pause(int $conn): void {}

function phalanx_conn_resume(int $conn): void {}

/** 0: bytes waiting to be sent, 1: bytes read, 2: bytes written, 3: bytes received and not consumed, 4: status (0 closed, 1 open, 2 closing). */
function phalanx_conn_stat(int $conn, int $what): int {}

/** 'ip:port' ('[ip]:port' for IPv6, the path or '' for unix). */
function phalanx_conn_address(int $conn, bool $remote): string {}

/** The HTTP request that the next response answers, of a large one the head alone; '' when none or several wait for one. */
function phalanx_conn_request(int $conn): string {}

/** The WebSocket opcode (1 text, 2 binary) of the message that was told last; 0: there was none. */
function phalanx_conn_opcode(int $conn): int {}

/** Changes the protocol in mid-connection: 'raw'|'text'|'frame'|'http'|'websocket'|'user'. */
function phalanx_conn_protocol(int $conn, string $protocol): bool {}

/** Sets how many bytes may wait in the send buffer, and how large a message may be. */
function phalanx_conn_limits(int $conn, int $bytes, int $package): bool {}

/** Protocol 'user': onEngineData() is not called again before $bytes are there. */
function phalanx_conn_want(int $conn, int $bytes): void {}

/**
 * A PHP stream of the connection's socket (its own descriptor).
 *
 * @return resource|false
 */
function phalanx_conn_stream(int $conn) {}

/**
 * Starts TLS on an open connection, as its client or its server. What is sent from now on waits for the handshake; its
 * end is told by onEngineSecure(bool $ok, string $error), and after a failed one the connection closes.
 *
 * @param array $options the 'ssl' part of a stream context's options. A client's peer_name is the name it asks for
 * @return bool false: the connection is closing or closed, speaks TLS already, or is sending a file
 * @throws RuntimeException when the options or the files they name cannot be used
 */
function phalanx_conn_tls(int $conn, array $options, bool $server = false): bool {}

/**
 * What TLS an established connection speaks, null without. Certificates are in PEM form, the peer's own first.
 *
 * @return array{protocol: string, cipher: string, alpn: string, server_name: string, resumed: bool, peer_certificates: list<string>}|null
 */
function phalanx_conn_tls_info(int $conn): ?array {}

/**
 * Whether a server could be made with these options: the 'ssl' part of a stream context's.
 *
 * @throws RuntimeException which says why not
 */
function phalanx_tls_check(array $options): void {}

/** Answers a WebSocket handshake with 101. $headers are further lines, 'Name: value'. */
function phalanx_conn_ws_accept(int $conn, array $headers): bool {}

/* ---- outgoing connections ---- */

/**
 * Starts a connection for $connection, whose onEngineConnected() or onEngineConnectFailed() follows. Options:
 *  - network: 'tcp'|'unix', address: 'host:port' or a path; names are looked up without blocking
 *  - protocol: as of phalanx_listen(), maxSendBufferSize, maxPackageSize: int (bytes)
 *  - timeout: float (seconds, 60 by default) for all of it, bind: local 'ip:port'
 *  - proxy: 'socks5'|'http' when address is a proxy's; then host, port: of the target; user, password, authorization
 * @return int|string the handle; or why a literal address or a path cannot be connected to
 */
function phalanx_connect(object $connection, array $options): int|string {}

/**
 * Serves what a PHP stream is made of, a stream socket or a pipe, through a descriptor of its own. The stream becomes
 * non-blocking and must not be read or written any more. Options: protocol, maxSendBufferSize, maxPackageSize.
 *
 * @param resource $stream
 * @throws RuntimeException when it has no descriptor, or one that cannot be waited for
 */
function phalanx_conn_adopt(object $connection, $stream, array $options = []): int {}

/** Says with which Sec-WebSocket-Key and Sec-WebSocket-Extensions a handshake has been sent; onEngineAnswer() follows. */
function phalanx_conn_ws_expect(int $conn, string $key, string $extensions = ''): bool {}

/**
 * A datagram socket with one peer. $receive is called as a UDP listener's factory; phalanx_udp_send() sends to the peer
 * and phalanx_listener_close() closes. Options: network: 'udp'|'unix', address: 'ip:port' or a path, bind: local
 * 'ip:port', broadcast: bool.
 *
 * @return int|string the listener's identifier; or why it cannot be made
 */
function phalanx_udp_connect(callable $receive, array $options): int|string {}

/**
 * Looks a name up without blocking and calls $callback(list<string> $addresses, string $error).
 *
 * @return int for phalanx_resolve_cancel()
 */
function phalanx_resolve(string $host, callable $callback): int {}

/** Ends a lookup without a call; false when it has ended. */
function phalanx_resolve_cancel(int $lookup): bool {}
/* ---- connections anywhere: Phalanx\Connections ---- */

/** A connection's name in the whole application, '' when it is gone. */
function phalanx_hub_id(int $conn): string {}

/**
 * Does something to connections wherever they are. $verb: 0 send, 1 join, 2 leave, 3 leave all groups, 4 disband,
 * 5 bind, 6 close. $kind, of $to: 0 a connection's name, 1 a user, 2 a group, 3 a JSON list of groups, 4 all.
 * $form: 0 text, 1 binary, 2 raw. $except: JSON.
 *
 * @return bool false: there is no such connection, or somebody does not get it
 */
function phalanx_hub_do(int $verb, int $kind, string $to, string $name = '', string $data = '', int $form = 0, string $except = ''): bool {}

/**
 * Asks about connections. Question and answer are JSON: goengine/hub's Query and Answer.
 *
 * @throws RuntimeException when a server process does not answer within two seconds
 */
function phalanx_hub_ask(string $query): string {}

/**
 * Connects a plain script to a running server, which its start file, pid file or socket names.
 *
 * @throws RuntimeException when none is there
 */
function phalanx_hub_connect(string $name): void {}

/* ---- http ---- */

/** The class of the objects onMessage gets; '' is Workerman\Protocols\Http\Request. */
function phalanx_http_request_class(string $class): void {}

/**
 * Compresses responses that are sent with a coding. Types may end with '*'; '' stands for the usual ones.
 *
 * @param string $codings of gzip, br and zstd, separated by commas, in order of preference
 * @param int $minLength bytes of the shortest body
 */
function phalanx_http_compression(string $codings, int $minLength, string $types, int $gzip, int $brotli, int $zstd): void {}

/** What an Accept-Encoding field is to be answered with; not 0. */
function phalanx_http_coding(string $acceptEncoding): int {}

/**
 * Reads the file of a session. $path must be absolute.
 *
 * @return string|false|null false: there is none, or nothing in it; null: it is older than $maxAge seconds
 */
function phalanx_session_read(string $path, int $maxAge): string|false|null {}

/** Where files of forms are put, and how many bytes of a form may be in memory before they are (0: 1 MiB). */
function phalanx_upload_options(string $dir, int $memory = 0): void {}

/** Removes a file that came with a request and is still where the engine put it. */
function phalanx_upload_release(string $path): void {}

/* ---- components ---- */

/** A value as it crosses to Go: docs/wire.md. Objects other than dates and stdClass are refused. */
function phalanx_wire_encode(mixed $value): string {}

/** The value of such bytes. */
function phalanx_wire_decode(string $bytes): mixed {}

/** Answers a question of Go's to a PHP callable. */
function phalanx_callable_answer(int $question, mixed $value): void {}

/** Answers a question of Go's to a PHP callable with what that has thrown. */
function phalanx_callable_thrown(int $question, Throwable $exception): void {}

/** Bounds the calls for which this thread itself waits; 0 ends that. Answers how many seconds were left, 0 without a limit. */
function phalanx_call_limit(float $seconds): float {}

/* ---- supervisor: only where phalanx_role() is 'script' ---- */

/**
 * Binds the workers' sockets: connections wait in their queues from now on.
 *
 * $spec: script: string; argv: list<string>; stopTimeout, gracefulTimeout, stuckTimeout: float (seconds); monitor: string (an address, '' none); pidFile, logFile: string; workers: a list of
 * name: string, count: int, listen: string ('' without a socket), transport: string, backlog: int, reusePort: bool,
 * user: string, group: string, reloadable: bool, maxRequests, maxMemory (bytes): int, maxAge: float (seconds); processes: int (server processes for the workers of each user)
 *
 * @throws RuntimeException when an address cannot be bound or a user or group does not exist
 */
function phalanx_supervisor_listen(array $spec): void {}

/**
 * Starts the server processes with those sockets; from now on signals are events.
 *
 * @throws RuntimeException when one does not start
 */
function phalanx_supervisor_start(): void {}

/**
 * The next thing that happened, or null after $timeoutSeconds (negative: no limit).
 * @return array{type: 'ready'|'signal'|'slot'|'slot_exit'|'slot_failed'|'server_exit'|'reloaded'|'stopped'|'upgraded'|'taken_over'|'successor_exit', signal?: int, worker?: int, id?: int, status?: int, pid?: int, what?: string, message?: string}|null
 */
function phalanx_supervisor_wait(float $timeoutSeconds = -1.0): ?array {}

/**
 * Starts the program that now lies where this one lay; it takes the sockets over when each of its slots serves. 'upgraded'
 * follows: with 'message' it does not and nothing has changed. Otherwise 'pid' serves from now on, 'stopped' comes when
 * the slots here have let their connections end, and 'successor_exit' when that process ends. It hears 'taken_over'.
 */
function phalanx_supervisor_upgrade(): void {}

/** Replaces the slots one by one. */
function phalanx_supervisor_reload(bool $graceful): void {}

/**
 * As phalanx_supervisor_stop(), but is not ready any more for $delaySeconds first, while everything is served as before, and
 * then lets messages finish. phalanx_supervisor_stop() cuts it short.
 */
function phalanx_supervisor_drain(float $delaySeconds): void {}

/** Stops the slots, then the server processes; 'stopped' follows. A second call means now. */
function phalanx_supervisor_stop(bool $graceful): void {}

/** Calls the phalanx_loop_on_control() callback of every slot with $wish. */
function phalanx_supervisor_ask(string $wish): void {}

/** The start failed: the process ends with status 1 when the script does not say another. */
function phalanx_supervisor_failed(): void {}

/** What runs: pid, started (Unix time), state, reloads, reloads_failed, inherited (list<int>: workers whose sockets are a service manager's), servers and slots (lists of name => value, as goengine/supervisor.Server and Slot). $stacks: slots have their `stack`. */
function phalanx_supervisor_status(bool $stacks = false): array {}
