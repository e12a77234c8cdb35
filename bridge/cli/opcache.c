/* Opcache, when JIT is on, looks in /proc/self/maps for a hole beside PHP's code and then maps its
 * shared memory there with MAP_FIXED, which replaces whatever is there by then. PHP expects to be
 * alone at that moment. Here Go's threads run: one that has just got its malloc arena or its stack
 * in that hole finds it zeroed or read-only, and the process dies as it starts, one time in thirty
 * on a busy machine. So mmap() below, which stands before the C library's, makes such a mapping
 * fail where something is; opcache then takes memory anywhere.
 *
 * Kernels before 4.17 take MAP_FIXED_NOREPLACE for a mere hint, which is as good. */
#include <dlfcn.h>
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
