/* Opcache, when JIT is on, looks in /proc/self/maps for a hole beside PHP's code and then maps its
 * shared memory there with MAP_FIXED, which replaces whatever is there by then. PHP expects to be
 * alone at that moment. Here Go's threads run: one that has just got its malloc arena or its stack
 * in that hole finds it zeroed or read-only, and the process dies as it starts, one time in thirty
 * on a busy machine. So mmap() below, which stands before the C library's, makes such a mapping
 * fail where something is; opcache then takes memory anywhere.
 *
 * Kernels before 4.17 take MAP_FIXED_NOREPLACE for a mere hint, which is as good. */
#include "cli.h"

#include <build-defs.h>
#include <dlfcn.h>
#include <php_main.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

#define OPCACHES (MAP_FIXED | MAP_SHARED | MAP_ANONYMOUS) /* Go's own fixed mappings are private */

void *mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset)
{
	if ((flags & OPCACHES) == OPCACHES) {
		flags = (flags & ~MAP_FIXED) | MAP_FIXED_NOREPLACE;
	}
	return (void *) syscall(SYS_mmap, addr, len, prot, flags, fd, offset);
}

/* PHP loads extensions with RTLD_DEEPBIND: they would find the C library's mmap() first. */
void *dlopen(const char *file, int mode)
{
	static void *(*real)(const char *, int);

	if (real == NULL) {
		*(void **) &real = dlsym(RTLD_NEXT, "dlopen");
	}
#ifdef __SANITIZE_ADDRESS__
	mode &= ~RTLD_DEEPBIND; /* the sanitizer's functions are to be found first, too */
#endif
	const char *name = file != NULL ? strrchr(file, '/') : NULL;
	if (name != NULL && strcmp(name, "/opcache.so") == 0) {
		mode &= ~RTLD_DEEPBIND;
	}
	return real(file, mode);
}

/* PHP_INI_SCAN_DIR replaces the folder that PHP was compiled with; an empty part of it stands for that folder. */
static bool has_own_ini(void)
{
	const char *scan = getenv("PHP_INI_SCAN_DIR");

	if (scan != NULL && *scan != ':' && strstr(scan, "::") == NULL &&
		(*scan == '\0' || scan[strlen(scan) - 1] != ':')) {
		return false;
	}
	return access(PHP_CONFIG_FILE_SCAN_DIR "/phalanx.ini", R_OK) == 0;
}

/* Where PHP looks for php.ini and extensions was settled when it was compiled: there our own ini file
 * names opcache. A package that can lie anywhere (Composer's, Debian's) has it beside libphp.so. */
void phx_cli_opcache_beside_php(void)
{
	Dl_info php;
	char *setting = NULL;

	if (has_own_ini() || dladdr((void *) php_module_startup, &php) == 0 || php.dli_fname == NULL) {
		return;
	}
	const char *name = strrchr(php.dli_fname, '/');
	if (name == NULL) {
		return;
	}
	if (asprintf(&setting, "zend_extension=%.*s/opcache.so", (int) (name - php.dli_fname), php.dli_fname) > 0) {
		if (access(strchr(setting, '=') + 1, R_OK) == 0) {
			phx_cli_define(setting);
		}
		free(setting);
	}
}
