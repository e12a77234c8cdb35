/*
 * Files of sessions. In C, because PHP's streams take several times as long, and because a disk that
 * makes us wait must not keep one of Go's processors waiting too.
 */
#include "phalanx.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#define PHX_SESSIONS 1024          /* files whose content is kept */
#define PHX_SESSION_KEPT (4 << 10) /* bytes of one */
#define PHX_XFS_MAGIC 0x58465342
#define PHX_ZFS_MAGIC 0x2fc12fc1

/* A file's content, valid while stat() finds the file as it was. */
typedef struct {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec mtime, ctime;
	zend_string *data;
} phx_session;

static void phx_session_free(zval *entry)
{
	phx_session *s = Z_PTR_P(entry);
	zend_string_release(s->data);
	efree(s);
}

void phx_sessions_release(phx_loop *loop)
{
	if (loop->sessions) {
		zend_hash_destroy(loop->sessions);
		efree(loop->sessions);
		loop->sessions = NULL;
	}
}

static bool phx_session_same(const phx_session *s, const struct stat *st)
{
	return s->ino == st->st_ino && s->dev == st->st_dev && s->size == st->st_size &&
		s->ctime.tv_sec == st->st_ctim.tv_sec && s->ctime.tv_nsec == st->st_ctim.tv_nsec &&
		s->mtime.tv_sec == st->st_mtim.tv_sec && s->mtime.tv_nsec == st->st_mtim.tv_nsec;
}

/* Whether stat() tells the truth: a network's file system may answer with what it knew a while ago. */
static bool phx_fs_is_local(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) != 0) {
		return false;
	}
	switch ((unsigned long) fs.f_type) {
		case EXT4_SUPER_MAGIC:
		case TMPFS_MAGIC:
		case BTRFS_SUPER_MAGIC:
		case F2FS_SUPER_MAGIC:
		case OVERLAYFS_SUPER_MAGIC:
		case PHX_XFS_MAGIC:
		case PHX_ZFS_MAGIC:
			return true;
	}
	return false;
}

/* Keeps the content of a file that has not been changed for a second: two changes within a tick of
 * the file system's clock could not be told apart. */
static void phx_session_keep(
	phx_loop *loop, zend_string *path, int fd, const struct stat *st, zend_string *data, time_t now)
{
	if (st->st_size > PHX_SESSION_KEPT || now - st->st_ctim.tv_sec < 2 || now < st->st_ctim.tv_sec ||
		!phx_fs_is_local(fd)) {
		return;
	}
	if (loop->sessions == NULL) {
		loop->sessions = emalloc(sizeof(HashTable));
		zend_hash_init(loop->sessions, 64, NULL, phx_session_free, 0);
	} else if (zend_hash_num_elements(loop->sessions) >= PHX_SESSIONS) {
		zend_hash_clean(loop->sessions);
	}
	phx_session *s = emalloc(sizeof(*s));
	s->dev = st->st_dev;
	s->ino = st->st_ino;
	s->size = st->st_size;
	s->mtime = st->st_mtim;
	s->ctime = st->st_ctim;
	s->data = zend_string_copy(data);
	zend_hash_update_ptr(loop->sessions, path, s);
}

static zend_string *phx_read_all(int fd, size_t size)
{
	zend_string *data = zend_string_alloc(size, 0);
	size_t got = 0;

	while (got < size) {
		ssize_t n = read(fd, ZSTR_VAL(data) + got, size - got);
		if (UNEXPECTED(n < 0 && errno == EINTR)) {
			continue;
		}
		if (UNEXPECTED(n <= 0)) {
			break; /* it has become shorter, or cannot be read */
		}
		got += n;
	}
	if (UNEXPECTED(got == 0)) {
		zend_string_efree(data);
		return NULL;
	}
	ZSTR_LEN(data) = got;
	ZSTR_VAL(data)[got] = '\0';
	return data;
}

PHP_FUNCTION(phalanx_session_read)
{
	zend_string *path;
	zend_long age;
	struct stat st;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_PATH_STR(path)
		Z_PARAM_LONG(age)
	ZEND_PARSE_PARAMETERS_END();

	phx_loop *loop = &phx_current_loop;
	time_t now = time(NULL);
	if (UNEXPECTED(PG(open_basedir) && *PG(open_basedir) && php_check_open_basedir(ZSTR_VAL(path)))) {
		RETURN_FALSE;
	}
	phx_session *kept = loop->sessions ? zend_hash_find_ptr(loop->sessions, path) : NULL;
	if (kept != NULL) {
		if (stat(ZSTR_VAL(path), &st) == 0 && phx_session_same(kept, &st) && now - st.st_mtime <= age) {
			RETURN_STR_COPY(kept->data);
		}
		zend_hash_del(loop->sessions, path);
	}
	/* Non-blocking for the open itself: that of a pipe would wait for a writer. */
	int fd = open(ZSTR_VAL(path), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		RETURN_FALSE;
	}
	/* Age and size are those of the file that is open, whatever happens to its name meanwhile. */
	if (UNEXPECTED(fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
		close(fd);
		RETURN_FALSE;
	}
	if (now - st.st_mtime > age) {
		close(fd);
		RETURN_NULL();
	}
	if (UNEXPECTED(st.st_size <= 0)) {
		close(fd);
		RETURN_FALSE;
	}
	zend_string *data = phx_read_all(fd, st.st_size);
	if (EXPECTED(data != NULL && loop->open && ZSTR_LEN(data) == (size_t) st.st_size)) {
		phx_session_keep(loop, path, fd, &st, data, now);
	}
	close(fd);
	if (UNEXPECTED(data == NULL)) {
		RETURN_FALSE;
	}
	RETURN_STR(data);
}
