/*
 * The floor of the benchmark: what one thread, epoll and the kernel's own cost come to when
 * nothing is between them. Level-triggered, non-blocking, one read and at most one write for
 * each readiness of a connection. It looks for the end of each request's header and parses
 * nothing else, so it serves requests without a body and no others.
 *
 * Usage: server PORT        listens on 127.0.0.1
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

enum {
	ANSWER = sizeof(answer) - 1,
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
	ssize_t n = write(fd, out, len);

	if (n < 0) {
		if (errno != EAGAIN) {
			drop(fd);
			return;
		}
		n = 0;
	}
	if ((size_t) n < len) {
		struct rest *r = rest_of(fd);

		r->out = keep(out + n, len - n);
		r->out_len = len - n;
		watch(fd, EPOLL_CTL_MOD, EPOLLOUT); /* no reading until the peer takes its answers */
	}
}

static void on_readable(int fd)
{
	struct rest *r = rests[fd];
	size_t len = 0, out_len = 0;
	char *at, *end, *stop;
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
	for (at = input; (end = memmem(at, stop - at, "\r\n\r\n", 4)); at = end + 4) {
		memcpy(output + out_len, answer, ANSWER);
		out_len += ANSWER;
	}
	if (r && r->in_len) {
		free(r->in);
		r->in = NULL;
		r->in_len = 0;
	}
	if (at < stop) {
		if ((size_t) (stop - at) == INPUT) {
			drop(fd); /* a header larger than the buffer */
			return;
		}
		r = rest_of(fd);
		r->in = keep(at, stop - at);
		r->in_len = stop - at;
	} else {
		tidy(fd);
	}
	if (out_len)
		send_answers(fd, output, out_len);
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

	if (argc != 2) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}
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
