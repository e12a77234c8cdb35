/* PHP opens files, sockets and pipes that children inherit. On the command line that is the script's own doing; in a server
 * process a program that one slot starts would get what all others have open: it would hold their locks (flock() belongs to
 * the open file, not to who took it) and their connections, and a slot that reads what its program prints would wait for
 * the end of another slot's. The functions below stand before the C library's for PHP and its extensions, and mark what they
 * open to be closed when a program starts; at once, for a mark that comes later misses a program that starts in between.
 * What proc_open() is told to pass on is passed on as ever: posix_spawn() copies it to the number wanted, without the mark. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int marks; /* in server processes */

/* As early as inherited.c: other constructors run PHP's libraries. */
__attribute__((constructor(101))) static void mark_in_server_processes(void)
{
	marks = getenv("PHALANX_CONTROL_FD") != NULL; /* goengine/supervisor */
}

/* The function that the one with this name stands before. */
#define REAL(name)                                                                                                     \
	static __typeof__(name) *real;                                                                                     \
	if (real == NULL) {                                                                                                \
		*(void **) &real = dlsym(RTLD_NEXT, #name);                                                                    \
	}

int open(const char *path, int flags, ...)
{
	REAL(open)
	mode_t mode = 0;

	if ((flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE) {
		va_list more;
		va_start(more, flags);
		mode = va_arg(more, mode_t);
		va_end(more);
	}
	return real(path, marks ? flags | O_CLOEXEC : flags, mode);
}

int socket(int domain, int type, int protocol)
{
	REAL(socket)
	return real(domain, marks ? type | SOCK_CLOEXEC : type, protocol);
}

int socketpair(int domain, int type, int protocol, int pair[2])
{
	REAL(socketpair)
	return real(domain, marks ? type | SOCK_CLOEXEC : type, protocol, pair);
}

int accept(int listener, struct sockaddr *address, socklen_t *length)
{
	REAL(accept)
	return marks ? accept4(listener, address, length, SOCK_CLOEXEC) : real(listener, address, length);
}

int pipe(int ends[2])
{
	REAL(pipe)
	return marks ? pipe2(ends, O_CLOEXEC) : real(ends);
}

int mkstemp(char *template)
{
	REAL(mkstemp)
	return marks ? mkostemp(template, O_CLOEXEC) : real(template);
}
