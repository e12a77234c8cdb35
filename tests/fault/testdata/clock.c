/* Sets the clock, for the process that has this loaded before the C library: by as many seconds as the file CLOCK_FILE says. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long offset(void)
{
	char text[32] = "";
	const char *path = getenv("CLOCK_FILE");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd >= 0) {
		if (read(fd, text, sizeof(text) - 1) < 0) {
			text[0] = '\0';
		}
		close(fd);
	}
	return atol(text);
}

int clock_gettime(clockid_t clock, struct timespec *ts)
{
	int st = (int) syscall(SYS_clock_gettime, clock, ts);
	if (st == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
		ts->tv_sec += offset();
	}
	return st;
}

int gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	struct timespec ts;
	int st = clock_gettime(CLOCK_REALTIME, &ts);
	tv->tv_sec = ts.tv_sec;
	tv->tv_usec = ts.tv_nsec / 1000;
	return st;
}

time_t time(time_t *at)
{
	struct timespec ts;
	clock_gettime(CLOCK_REALTIME, &ts);
	if (at) {
		*at = ts.tv_sec;
	}
	return ts.tv_sec;
}
