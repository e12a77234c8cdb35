/* What was sent goes out before PHP waits. */
#ifndef PHALANX_BLOCKING_H
#define PHALANX_BLOCKING_H

/* At the start of the module, once in a process. */
void phx_blocking_install(void);

#endif
