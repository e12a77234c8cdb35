/* Signals of a script. PHP's handlers use thread-local state, so they must run on PHP's thread;
 * the kernel hands a process's signal to any thread that does not block it, and Go has several.
 *
 * - What Go's runtime installed at start is taken back before the script starts, except what the
 *   runtime itself lives on.
 * - sigaction() below stands before the C library's, for PHP and for Go's runtime alike. Go's
 *   handler passes: it can run anywhere. A handler PHP installs is kept aside and take_signal()
 *   goes into the kernel: it runs the handler on PHP's thread and sends the signal there, with
 *   its siginfo, from any other. */
#include "cli.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct sigaction at_start[NSIG];
static sigset_t mask_at_start;
static struct sigaction wanted[NSIG]; /* what the script asked for; valid where taken[] is set */
static volatile sig_atomic_t taken[NSIG];
static volatile pid_t php_thread;
static void (*go_handler)(int, siginfo_t *, void *);
static struct sigaction gos[NSIG]; /* what Go's runtime installed at its start, and thinks to be there ever since */
static __thread bool on_php_thread;

extern int __sigaction(int sig, const struct sigaction *act, struct sigaction *old);

/* Before Go's runtime and before FrankenPHP's constructor, which blocks three signals. */
__attribute__((constructor(101))) static void remember(void)
{
	sigprocmask(SIG_SETMASK, NULL, &mask_at_start);
	for (int sig = 1; sig < NSIG; sig++) {
		__sigaction(sig, NULL, &at_start[sig]);
	}
}

/* Go needs faults (it turns its own into panics), profiling, and SIGURG (preemption); glibc
 * keeps 32 and 33 for itself. */
static bool is_runtimes(int sig)
{
	return sig == SIGSEGV || sig == SIGBUS || sig == SIGFPE || sig == SIGILL || sig == SIGTRAP || sig == SIGPROF ||
		sig == SIGURG || sig == SIGKILL || sig == SIGSTOP || (sig > SIGSYS && sig < SIGRTMIN);
}

/* Marks a forwarded signal's si_errno, whose lower half then holds the true si_code. */
#define FORWARDED 0x50480000

static void forward(int sig, const siginfo_t *info)
{
	siginfo_t copy = *info;
	int saved = errno;

	/* To another thread the kernel takes only what says it comes from sigqueue(). */
	copy.si_errno = FORWARDED | (info->si_code & 0xffff);
	copy.si_code = SI_QUEUE;
	if (syscall(SYS_rt_tgsigqueueinfo, getpid(), php_thread, sig, &copy) != 0) {
		syscall(SYS_tgkill, getpid(), php_thread, sig);
	}
	errno = saved;
}

static void take_signal(int sig, siginfo_t *info, void *context)
{
	if (!on_php_thread) {
		forward(sig, info);
		return;
	}
	if (info->si_code == SI_QUEUE && (info->si_errno & 0x7fff0000) == FORWARDED) {
		info->si_code = (short) (info->si_errno & 0xffff);
		info->si_errno = 0;
	}
	if (wanted[sig].sa_handler == SIG_DFL) {
		/* Held back by a mask until now; the default action was meant. */
		__sigaction(sig, &wanted[sig], NULL);
		taken[sig] = 0;
		syscall(SYS_tgkill, getpid(), php_thread, sig);
		return;
	}
	if (wanted[sig].sa_flags & SA_SIGINFO) {
		wanted[sig].sa_sigaction(sig, info, context);
	} else {
		wanted[sig].sa_handler(sig);
	}
}

static int take(int sig, const struct sigaction *act)
{
	struct sigaction mine = *act;

	wanted[sig] = *act;
	taken[sig] = 1;
	mine.sa_sigaction = take_signal;
	/* Go's threads run on small stacks: their handlers need the alternate one. A one-shot
	 * handler would be spent on the way to PHP's thread. */
	mine.sa_flags = (act->sa_flags & ~SA_RESETHAND) | SA_SIGINFO | SA_ONSTACK;
	return __sigaction(sig, &mine, NULL);
}

int sigaction(int sig, const struct sigaction *act, struct sigaction *old)
{
	if (!on_php_thread || sig < 1 || sig >= NSIG || is_runtimes(sig)) {
		return __sigaction(sig, act, old);
	}

	struct sigaction before;
	if (taken[sig]) {
		before = wanted[sig];
	} else if (__sigaction(sig, NULL, &before) != 0) {
		return -1;
	}
	int rc = 0;
	if (act && act->sa_handler != SIG_DFL && act->sa_handler != SIG_IGN && act->sa_sigaction != go_handler) {
		rc = take(sig, act);
	} else if (act) {
		rc = __sigaction(sig, act, NULL);
		taken[sig] = 0;
	}
	if (rc == 0 && old) {
		*old = before;
	}
	return rc;
}

/* A script that blocks a signal expects it to wait. Other threads do not block it, and its default
 * action would end the process: while blocked it is forwarded to PHP's thread, where it waits. */
static void hold_back(int how, const sigset_t *set)
{
	/* Who blocks even faults is a library or Go starting a thread, for a moment. */
	if (!on_php_thread || !set || how == SIG_UNBLOCK || sigismember(set, SIGSEGV) == 1) {
		return;
	}
	for (int sig = 1; sig < NSIG; sig++) {
		struct sigaction now;
		if (sigismember(set, sig) == 1 && !is_runtimes(sig) && !taken[sig] && __sigaction(sig, NULL, &now) == 0 &&
			now.sa_handler == SIG_DFL) {
			take(sig, &now);
		}
	}
}

int pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
	static int (*real)(int, const sigset_t *, sigset_t *);
	if (!real) {
		real = (int (*)(int, const sigset_t *, sigset_t *)) dlsym(RTLD_NEXT, "pthread_sigmask");
	}
	hold_back(how, set);
	return real(how, set, old);
}

int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	int err = pthread_sigmask(how, set, old);
	if (err != 0) {
		errno = err;
		return -1;
	}
	return 0;
}

static void in_forked_child(void)
{
	if (on_php_thread) {
		php_thread = (pid_t) syscall(SYS_gettid);
	}
}

void phx_signals_restore_mask(void)
{
	sigset_t mask = mask_at_start;
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
}

void phx_signals_restore_handlers(void)
{
	if (__sigaction(SIGURG, NULL, &gos[SIGURG]) == 0) {
		go_handler = gos[SIGURG].sa_sigaction; /* the runtime has one for all signals */
	}
	for (int sig = 1; sig < NSIG; sig++) {
		if (!is_runtimes(sig)) {
			__sigaction(sig, &at_start[sig], &gos[sig]);
		}
	}
	signal(SIGPIPE, SIG_IGN); /* as php does: a broken pipe is an error of the write */
}

/* In one step: a signal finds the script's handler or Go's. */
void phx_signals_hand_back(int sig)
{
	if (go_handler != NULL && gos[sig].sa_sigaction == go_handler) {
		__sigaction(sig, &gos[sig], NULL);
		taken[sig] = 0;
	}
}

void phx_signals_own_thread(void)
{
	phx_signals_restore_mask();
	php_thread = (pid_t) syscall(SYS_gettid);
	on_php_thread = true;
	pthread_atfork(NULL, NULL, in_forked_child);
}
