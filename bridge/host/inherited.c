/* The supervisor starts the server process while the start script runs, and PHP opens files that children inherit. Of these the
 * server process must keep none: a lock (flock()) that the script had at that moment would be held for as long as this process
 * lives, and the script would wait for its own lock. The last descriptor that is meant for it is the way to the others.
 *
 * Before Go and libraries open files of their own. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

__attribute__((constructor(101))) static void close_what_is_not_ours(void)
{
	const char *control = getenv("PHALANX_CONTROL_FD"), *hub = getenv("PHALANX_HUB"); /* goengine/supervisor */

	if (control != NULL && hub != NULL && atoi(hub) >= atoi(control)) {
		close_range((unsigned) atoi(hub) + 1, UINT_MAX, 0);
	}

	/* The same holds for a supervisor that is to replace its parent. */
	const char *upgrade = getenv("PHALANX_UPGRADE"), *parent = upgrade != NULL ? strchr(upgrade, ':') : NULL;
	if (parent != NULL && atoi(parent + 1) == getppid() && atoi(upgrade) > 3) {
		close_range((unsigned) atoi(upgrade) + 1, UINT_MAX, 0);
	}
}
