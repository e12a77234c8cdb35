/*
 * The floor of the benchmark: what one thread, epoll and the kernel's own cost come to when
 * nothing is between them. Level-triggered, non-blocking, one read and at most one write for
 * each readiness of a connection. It does what each load needs and checks nothing:
 *
 *   http       looks for the end of each header: requests have no body
 *   text       sends lines back
 *   websocket  answers the one key that the load generator has, and sends short messages back
 *   broadcast  sends them to every connection, those that came together in one write
 *
 * Usage: server PORT LOAD        listens on 127.0.0.1
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* To the byte what Workerman 5.2.2 sends for a string. */
static const char answer[] = "HTTP/1.1 200 OK\r\n"
							 "Connection: keep-alive\r\n"
							 "Content-Type: text/html;charset=utf-8\r\n"
							 "Content-Length: 13\r\n"
							 "\r\n"
							 "Hello, World!";

static const char handshake[] = "HTTP/1.1 101 Switching Protocol\r\n"
								"Upgrade: websocket\r\n"
								"Sec-WebSocket-Version: 13\r\n"
								"Connection: Upgrade\r\n"
								"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
								"\r\n";

enum {
	ANSWER = sizeof(answer) - 1,
	HANDSHAKE = sizeof(handshake) - 1,
	EVENTS = 512,
	MAX_FD = 1 << 16,
	INPUT = 64 << 10,
	/* Every four bytes of a full input buffer could be the end of a request. */
	OUTPUT = (INPUT / 4 + 1) * (sizeof(answer) - 1),
};

/* What a connection owns between two readinesses; most own nothing. */
struct rest {
	char *in; /* the start of a request whose end has not come */
	size_t in_len;
	char *out; /* answers the socket had no room for */
	size_t out_len;
};

static struct rest *rests[MAX_FD];
static char input[INPUT];
static char output[OUTPUT];
static int poller;

static unsigned char upgraded[MAX_FD]; /* behind its handshake */
static int members[MAX_FD];            /* those that are, for a broadcast */
static int place[MAX_FD];              /* of each among them */
static int member_count;
static int is_broadcast;

/*
 * Takes what it can from the bytes that have arrived, appends to *to what is to be sent back, and
 * returns the first byte it could not use.
 */
typedef char *(*decoder)(int fd, char *at, char *stop, char **to);
static decoder decode;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void drop(int fd)
{
	struct rest *r = rests[fd];

	if (r) {
		free(r->in);
		free(r->out);
		free(r);
		rests[fd] = NULL;
	}
	if (upgraded[fd]) {
		int last = members[--member_count];

		members[place[fd]] = last;
		place[last] = place[fd];
		upgraded[fd] = 0;
	}
	close(fd);
}

static void watch(int fd, int op, uint32_t events)
{
	struct epoll_event ev = {.events = events, .data.fd = fd};

	if (epoll_ctl(poller, op, fd, &ev) < 0)
		die("epoll_ctl");
}

static char *keep(const char *from, size_t len)
{
	char *copy = malloc(len);

	if (!copy)
		die("malloc");
	return memcpy(copy, from, len);
}

static struct rest *rest_of(int fd)
{
	if (!rests[fd] && !(rests[fd] = calloc(1, sizeof(struct rest))))
		die("calloc");
	return rests[fd];
}

/* Drops the rest once it holds nothing, so that the usual case stays a null pointer. */
static void tidy(int fd)
{
	if (rests[fd] && !rests[fd]->in_len && !rests[fd]->out_len) {
		free(rests[fd]);
		rests[fd] = NULL;
	}
}

static void send_answers(int fd, const char *out, size_t len)
{
	struct rest *r = rests[fd];
	ssize_t n = 0;

	if (!r || !r->out_len) {
		n = write(fd, out, len);
		if (n < 0) {
			if (errno != EAGAIN) {
				drop(fd);
				return;
			}
			n = 0;
		}
	}
	if ((size_t) n < len) {
		r = rest_of(fd);
		r->out = realloc(r->out, r->out_len + len - n);
		if (!r->out)
			die("realloc");
		memcpy(r->out + r->out_len, out + n, len - n);
		r->out_len += len - n;
		watch(fd, EPOLL_CTL_MOD, EPOLLOUT); /* no reading until the peer takes its answers */
	}
}

static char *decode_http(int fd, char *at, char *stop, char **to)
{
	char *end;

	(void) fd;
	for (; (end = memmem(at, stop - at, "\r\n\r\n", 4)); at = end + 4)
		*to = mempcpy(*to, answer, ANSWER);
	return at;
}

static char *decode_text(int fd, char *at, char *stop, char **to)
{
	char *end;

	(void) fd;
	for (; (end = memchr(at, '\n', stop - at)); at = end + 1)
		*to = mempcpy(*to, at, end + 1 - at);
	return at;
}

static char *upgrade(int fd, char *at, char *stop, char **to)
{
	char *end = memmem(at, stop - at, "\r\n\r\n", 4);

	if (!end)
		return at;
	*to = mempcpy(*to, handshake, HANDSHAKE);
	upgraded[fd] = 1;
	place[fd] = member_count;
	members[member_count++] = fd;
	return end + 4;
}

/* Messages of one frame with less than 126 bytes. */
static char *decode_frames(int fd, char *at, char *stop, char **to)
{
	if (!upgraded[fd])
		return upgrade(fd, at, stop, to);
	while (stop - at >= 6) {
		size_t size = at[1] & 0x7f;
		char *payload = at + 6, *out = *to;
		uint32_t key;

		if ((size_t) (stop - payload) < size)
			break;
		memcpy(&key, at + 2, 4);
		*out++ = at[0];
		*out++ = (char) size;
		for (size_t i = 0; i < size; i++)
			out[i] = payload[i] ^ (char) (key >> (i & 3) * 8);
		*to = out + size;
		at = payload + size;
	}
	return at;
}

static void on_readable(int fd)
{
	struct rest *r = rests[fd];
	size_t len = 0;
	char *at, *stop, *to = output;
	int was_member = upgraded[fd];
	ssize_t n;

	if (r && r->in_len) {
		memcpy(input, r->in, r->in_len);
		len = r->in_len;
	}
	n = read(fd, input + len, INPUT - len);
	if (n <= 0) {
		if (n == 0 || errno != EAGAIN)
			drop(fd);
		return;
	}
	len += n;
	stop = input + len;
	at = decode(fd, input, stop, &to);
	if (r && r->in_len) {
		free(r->in);
		r->in = NULL;
		r->in_len = 0;
	}
	if (at < stop) {
		if ((size_t) (stop - at) == INPUT) {
			drop(fd); /* a message larger than the buffer */
			return;
		}
		r = rest_of(fd);
		r->in = keep(at, stop - at);
		r->in_len = stop - at;
	} else {
		tidy(fd);
	}
	if (to == output)
		return;
	if (is_broadcast && was_member) {
		for (int i = member_count; i-- > 0;) /* the last one may be dropped on the way */
			send_answers(members[i], output, to - output);
	} else {
		send_answers(fd, output, to - output);
	}
}

static void on_writable(int fd)
{
	struct rest *r = rests[fd];
	ssize_t n = write(fd, r->out, r->out_len);

	if (n < 0) {
		if (errno != EAGAIN)
			drop(fd);
		return;
	}
	r->out_len -= n;
	memmove(r->out, r->out + n, r->out_len);
	if (r->out_len == 0) {
		free(r->out);
		r->out = NULL;
		tidy(fd);
		watch(fd, EPOLL_CTL_MOD, EPOLLIN);
	}
}

static void on_connect(int listener)
{
	int fd;

	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		if (fd >= MAX_FD)
			close(fd);
		else
			watch(fd, EPOLL_CTL_ADD, EPOLLIN);
	}
}

static int listen_on(int port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)); /* accepted sockets inherit it */
	if (bind(fd, (struct sockaddr *) &addr, sizeof(addr)) < 0)
		die("bind");
	if (listen(fd, 4096) < 0)
		die("listen");
	return fd;
}

int main(int argc, char **argv)
{
	static struct epoll_event events[EVENTS];
	struct rlimit files;
	int listener;

	if (argc == 3 && !strcmp(argv[2], "http"))
		decode = decode_http;
	else if (argc == 3 && !strcmp(argv[2], "text"))
		decode = decode_text;
	else if (argc == 3 && (!strcmp(argv[2], "websocket") || !strcmp(argv[2], "broadcast")))
		decode = decode_frames;
	if (!decode) {
		fprintf(stderr, "usage: %s PORT http|text|websocket|broadcast\n", argv[0]);
		return 2;
	}
	is_broadcast = !strcmp(argv[2], "broadcast");
	signal(SIGPIPE, SIG_IGN);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	listener = listen_on(atoi(argv[1]));
	if ((poller = epoll_create1(EPOLL_CLOEXEC)) < 0)
		die("epoll_create1");
	watch(listener, EPOLL_CTL_ADD, EPOLLIN);
	for (;;) {
		int n = epoll_wait(poller, events, EVENTS, -1);

		if (n < 0 && errno != EINTR)
			die("epoll_wait");
		for (int i = 0; i < n; i++) {
			int fd = events[i].data.fd;

			if (fd == listener)
				on_connect(fd);
			else if (rests[fd] && rests[fd]->out_len)
				on_writable(fd);
			else
				on_readable(fd);
		}
	}
}
