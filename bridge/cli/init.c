/* Process 1 of a container has duties that nobody else has: it is who orphans belong to when they
 * end, and signals have no effect on it unless it handles them. Go reaps only what it has started. So
 * as process 1 this program does nothing but these duties, and runs the rest of itself as its child. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* By it the child names, with sigqueue(), the process that replaces it (goengine/supervisor/upgrade.go). */
#define SUCCESSION 36

/* Waits for children until the one that counts has ended; its status, as a shell gives it. */
static int reap(pid_t main_child)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == main_child) {
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		}
	}
	return -1;
}

/* Who counts after a SUCCESSION: ours when its parent has ended. From others it means nothing. */
static pid_t heir(pid_t main_child, const siginfo_t *info)
{
	return info->si_code == SI_QUEUE && info->si_pid == main_child ? info->si_value.sival_int : main_child;
}

static void be_init(pid_t main_child, const sigset_t *signals)
{
	const struct timespec now = {0};
	sigset_t succession;

	sigemptyset(&succession);
	sigaddset(&succession, SUCCESSION);
	for (;;) {
		siginfo_t info;
		int sig = sigwaitinfo(signals, &info);

		if (sig == SIGCHLD) {
			/* The kernel hands this one out before a SUCCESSION that was sent earlier. */
			while (sigtimedwait(&succession, &info, &now) == SUCCESSION) {
				main_child = heir(main_child, &info);
			}
			int status = reap(main_child);
			if (status >= 0) {
				_exit(status); /* with process 1 the kernel ends all others */
			}
		} else if (sig == SUCCESSION) {
			main_child = heir(main_child, &info);
		} else if (sig > 0) {
			kill(main_child, sig);
		}
	}
}

/* Before Go and PHP: this process has one thread, so that it can fork. */
__attribute__((constructor)) static void phx_init(void)
{
	sigset_t all, before;

	if (getpid() != 1) {
		return;
	}
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid_t child = fork();
	if (child > 0) {
		be_init(child, &all);
	}
	if (child == 0) {
		setenv("PHALANX_INIT", "1", 1);
		/* A terminal's Ctrl-C is for the child, and is not passed on to it a second time. */
		setpgid(0, 0);
		if (isatty(STDIN_FILENO)) {
			tcsetpgrp(STDIN_FILENO, getpid()); /* SIGTTOU is blocked */
		}
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
}
