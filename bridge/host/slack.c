/* The supervisor starts the server process with a large timer slack, which is for one thread: Go's monitor, whose sleeps of
 * 20 microseconds would cost a tenth of the process's time. All other threads must have the kernel's: Go's scheduler
 * sleeps for 3 microseconds before it takes a goroutine from a busy thread, and with the large slack that is 4 ms, which each
 * reply of a database would wait.
 *
 * A thread inherits the slack of the one that creates it. The monitor is the first that Go creates; pthread_create() below,
 * which stands before the C library's, lets it have what the process began with. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/prctl.h>

#define USUAL_SLACK 50000 /* ns */

int pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*start)(void *), void *arg)
{
	static int (*real)(pthread_t *, const pthread_attr_t *, void *(*) (void *), void *);
	static atomic_int monitored;

	if (real == NULL) {
		*(void **) &real = dlsym(RTLD_NEXT, "pthread_create");
	}
	int slack = prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
	if (slack <= USUAL_SLACK) {
		return real(thread, attr, start, arg);
	}
	if (atomic_exchange(&monitored, 1) == 0) {
		int status = real(thread, attr, start, arg);
		prctl(PR_SET_TIMERSLACK, USUAL_SLACK, 0, 0, 0); /* the first thread's own: it runs goroutines, too */
		return status;
	}
	prctl(PR_SET_TIMERSLACK, USUAL_SLACK, 0, 0, 0);
	int status = real(thread, attr, start, arg);
	prctl(PR_SET_TIMERSLACK, (unsigned long) slack, 0, 0, 0);
	return status;
}
