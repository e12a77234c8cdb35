/* The last-resort autoloader: classes the binary carries, for scripts without Composer.
 *
 * phx_autoload_install() is to be called once in a process after php_module_startup() (or in
 * MINIT: the spl extension, whose function it wraps, has started by then). Any number of calls is
 * fine. bridge/cli calls it for scripts; the server process has to call it too. */
#ifndef PHX_AUTOLOAD_H
#define PHX_AUTOLOAD_H

void phx_autoload_install(void);

/* Keeps a descriptor of the calling thread's for loading classes. */
void phx_autoload_reserve(void);

#endif
