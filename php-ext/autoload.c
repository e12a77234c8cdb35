/* The last-resort autoloader, see autoload.h.
 *
 * It stands behind zend_autoload rather than in spl's queue: it is asked only when every loader
 * the script registered has failed, whenever they were registered, so Composer's copy of a class
 * wins, and spl_autoload_functions() shows the script's own and nothing else. */
#include "autoload.h"
#include "phalanx.h"
#include "phalcon.h"

#include <SAPI.h>
#include <Zend/zend_exceptions.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "_cgo_export.h"

static zend_class_entry *(*phx_next_autoload)(zend_string *name, zend_string *lc_name);

static bool phx_has_prefix(zend_string *lc_name, const char *prefix, size_t len)
{
	return ZSTR_LEN(lc_name) > len && memcmp(ZSTR_VAL(lc_name), prefix, len) == 0;
}

/* The folder a class's path begins at: ours, or the script's own for its protocols. */
static bool phx_autoload_folder(zend_string *lc_name, char *out, size_t size)
{
	if (phx_has_prefix(lc_name, ZEND_STRL("workerman\\")) || phx_has_prefix(lc_name, ZEND_STRL("phalanx\\")) ||
		(phx_has_prefix(lc_name, ZEND_STRL("phalcon\\")) && phx_phalcon_is_ours())) {
		const char *folder = phx_phpsrc_folder();
		return folder != NULL && (size_t) snprintf(out, size, "%s", folder) < size;
	}
	if (phx_has_prefix(lc_name, ZEND_STRL("protocols\\"))) {
		const char *script = phx_main_script ? phx_main_script : SG(request_info).path_translated;
		const char *slash = script ? strrchr(script, '/') : NULL;
		return slash != NULL && (size_t) snprintf(out, size, "%.*s", (int) (slash - script), script) < size;
	}
	return false;
}

static void phx_require(const char *path, size_t len)
{
	zend_file_handle file;
	zend_string *opened = zend_string_init(path, len, 0);

	if (zend_hash_exists(&EG(included_files), opened)) {
		zend_string_release(opened);
		return;
	}
	zend_stream_init_filename_ex(&file, opened);
	zend_op_array *code = zend_compile_file(&file, ZEND_REQUIRE);
	zend_destroy_file_handle(&file); /* closed before it runs, for that may load other classes */
	if (code != NULL) {
		zval result;

		zend_hash_add_empty_element(&EG(included_files), opened);
		ZVAL_UNDEF(&result);
		zend_execute(code, &result);
		destroy_op_array(code);
		efree_size(code, sizeof(zend_op_array));
		if (EG(exception) == NULL) {
			zval_ptr_dtor(&result);
		}
	}
	zend_string_release(opened);
}

/* Upstream's Worker forks this process and uses nothing of the engine: whoever starts it here has not meant that. */
static void phx_tell_of_upstream(zend_class_entry *ce)
{
	for (uint32_t i = 0; i < ce->num_traits; i++) {
		if (zend_string_equals_literal(ce->trait_names[i].lc_name, "phalanx\\worker\\master")) {
			return;
		}
	}
	fprintf(stderr,
		"phalanx: Workerman\\Worker is that of %s: it runs, but on PHP alone. 'composer require phalanx/phalanx' puts "
		"Phalanx's in its place.\n",
		ce->type == ZEND_USER_CLASS ? ZSTR_VAL(ce->info.user.filename) : "an extension");
}

/* Kept for files of classes that are first needed when the process has no descriptor left: a worker would end. */
static __thread int phx_spare = -1;

void phx_autoload_reserve(void)
{
	if (phx_spare < 0) {
		phx_spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
	}
}

/* Frees the spare descriptor if there is no other one; true: it is to be reserved again. */
static bool phx_lend_spare(void)
{
	if (EXPECTED(phx_spare < 0)) {
		return false;
	}
	int other = fcntl(phx_spare, F_DUPFD_CLOEXEC, 0);
	if (EXPECTED(other >= 0)) {
		close(other);
		return false;
	}
	close(phx_spare);
	phx_spare = -1;
	return true;
}

static zend_class_entry *phx_autoload_file(zend_string *name, zend_string *lc_name)
{
	zend_class_entry *ce = phx_next_autoload ? phx_next_autoload(name, lc_name) : NULL;
	char path[MAXPATHLEN], folder[MAXPATHLEN];

	if (ce != NULL && zend_string_equals_literal(lc_name, "workerman\\worker")) {
		phx_tell_of_upstream(ce);
	}
	if (ce != NULL || EG(exception) != NULL || !phx_autoload_folder(lc_name, folder, sizeof(folder))) {
		return ce;
	}
	size_t len = (size_t) snprintf(path, sizeof(path), "%s/%s.php", folder, ZSTR_VAL(name));
	if (len >= sizeof(path)) {
		return NULL;
	}
	for (char *p = path + strlen(folder); *p; p++) {
		if (*p == '\\') {
			*p = '/';
		}
	}
	zend_stat_t st;
	if (VCWD_STAT(path, &st) != 0 || !S_ISREG(st.st_mode)) {
		return NULL;
	}
	phx_require(path, len);
	return zend_hash_find_ptr(EG(class_table), lc_name);
}

static zend_class_entry *phx_autoload(zend_string *name, zend_string *lc_name)
{
	bool lent = phx_lend_spare();
	zend_class_entry *ce = phx_autoload_file(name, lc_name);

	if (UNEXPECTED(lent)) {
		phx_autoload_reserve();
	}
	return ce;
}

void phx_autoload_install(void)
{
	if (zend_autoload != phx_autoload) {
		phx_next_autoload = zend_autoload;
		zend_autoload = phx_autoload;
	}
}
