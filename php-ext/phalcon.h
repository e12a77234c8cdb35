/* The module entry "phalcon": see phalcon.c. */
#ifndef PHX_PHALCON_H
#define PHX_PHALCON_H

#include <stdbool.h>

/* To be called in MINIT. Does nothing when the C extension of that name is there. */
void phx_phalcon_register(void);

/* Whether the classes in Phalcon\ are those the binary carries. */
bool phx_phalcon_is_ours(void);

#endif
