/* FrankenPHP's SAPI made into a command line for the threads of a server process: all of them run
 * worker slots. What scripts find around them is bridge/cli's, as for plain scripts. */
#include "host.h"

#include "../cli/cli.h"

#include <ext/standard/php_filestat.h>
#include <php_main.h>
#include <php_variables.h>

/* FrankenPHP's; weak, because cgo links each package for itself once before they meet. */
extern sapi_module_struct frankenphp_sapi_module __attribute__((weak));
/* php-ext/phalanx.c */
extern void (*phx_slot_request_hook)(void) __attribute__((weak));
extern const char *phx_main_script __attribute__((weak));
extern char *phx_cli_binary __attribute__((weak));
extern void phx_slot_ini_defaults(HashTable *configuration) __attribute__((weak));
extern void phx_web_ini_defaults(HashTable *configuration) __attribute__((weak));
extern size_t phx_cli_ub_write(const char *str, size_t len) __attribute__((weak));
extern void phx_cli_flush(void *context) __attribute__((weak));
extern void phx_cli_log_message(const char *message, int syslog_type) __attribute__((weak));
extern int phx_cli_header_handler(sapi_header_struct *h, sapi_header_op_enum op, sapi_headers_struct *hs)
	__attribute__((weak));
extern int phx_cli_send_headers(sapi_headers_struct *h) __attribute__((weak));
extern void phx_cli_send_header(sapi_header_struct *h, void *context) __attribute__((weak));
extern void phx_cli_server_variables(zval *track_vars) __attribute__((weak));
extern void phx_cli_set_script(const char *self, const char *filename) __attribute__((weak));
extern void phx_cli_std_streams(void) __attribute__((weak));
extern void phx_cli_share_streams(void) __attribute__((weak));
extern void phx_signals_restore_mask(void) __attribute__((weak));
extern const zend_function_entry phx_slot_functions[] __attribute__((weak));

/* boot.go; not called before the host is there */
extern void phx_host_booted(void) __attribute__((weak));
extern int phx_host_complained(char *message, size_t len, int fatal) __attribute__((weak));

static int script_argc;
static char **script_argv;
static int (*frankenphp_startup_original)(sapi_module_struct *module);

/* What FrankenPHP has for web requests and the command line has not: a library that finds one of
 * them takes its way for web servers. */
static const char *const web_functions[] = {"getallheaders", "apache_request_headers", "apache_response_headers",
	"fastcgi_finish_request", "headers_send", "mercure_publish", "frankenphp_finish_request",
	"frankenphp_request_headers", "frankenphp_response_headers", "frankenphp_log", NULL};

/* FrankenPHP makes opcache_reset() end all threads and start PHP anew, without this extension, and
 * it installs that whenever a thread begins a script, for all threads as they share the function.
 * It leaves alone what is not an internal function, so slots have one in PHP. Nothing needs to be
 * reset: workers look at a file's time whenever they include it, a reload never runs old code. */
static zend_result remove_functions(void)
{
	zend_hash_str_del(CG(function_table), ZEND_STRL("opcache_reset"));
	for (const char *const *name = web_functions; *name; name++) {
		zend_hash_str_del(CG(function_table), *name, strlen(*name));
	}
	return SUCCESS;
}

static void define_opcache_reset(void)
{
	if (!zend_hash_str_exists(CG(function_table), ZEND_STRL("opcache_reset"))) {
		zend_eval_string("function opcache_reset(): bool { return true; }", NULL, "opcache_reset");
	}
}

/* While a thread's script is on its way to Worker::runAll(), what it complains of is shown once, not
 * by each slot and not each time that a script which cannot start is tried again. */
static __thread bool booting, silenced;
static __thread bool shown_errors, logged_errors; /* the settings, while silenced */
static void (*error_cb_original)(int type, zend_string *file, const uint32_t line, zend_string *message);

static void unsilence(void)
{
	if (silenced) {
		silenced = false;
		PG(display_errors) = shown_errors;
		PG(log_errors) = logged_errors;
	}
}

static void slot_error(int type, zend_string *file, const uint32_t line, zend_string *message)
{
	const int fatal = E_ERROR | E_PARSE | E_CORE_ERROR | E_COMPILE_ERROR | E_USER_ERROR | E_RECOVERABLE_ERROR;

	if (booting) {
		char *text = NULL;
		int len = asprintf(&text, "%s in %s:%u", ZSTR_VAL(message), file ? ZSTR_VAL(file) : "Unknown", line);
		if (len > 0 && !phx_host_complained(text, (size_t) len, (type & fatal) != 0) && !silenced) {
			silenced = true;
			shown_errors = PG(display_errors);
			logged_errors = PG(log_errors);
			PG(display_errors) = false;
			PG(log_errors) = false;
		}
		free(text);
	}
	error_cb_original(type, file, line, message);
	unsilence(); /* does not come here when the script ends by it: the next one does so */
}

/* What a script's predecessor in this thread has seen of the file system is forgotten, as by the new
 * process that a worker is elsewhere, and opcache looks at each file that is included, whatever
 * php.ini says: a reload never runs old code, not even where a symbolic link leads to a new release. */
static void forget_files(void)
{
	static const struct {
		const char *name, *value;
	} checks[] = {
		{"opcache.validate_timestamps", "1"}, {"opcache.revalidate_freq", "0"}, {"opcache.revalidate_path", "1"}};

	realpath_cache_clean();
	php_clear_stat_cache(false, NULL, 0);
	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
		zend_string *name = zend_string_init(checks[i].name, strlen(checks[i].name), false);
		zend_alter_ini_entry_chars(name, checks[i].value, 1, ZEND_INI_SYSTEM, ZEND_INI_STAGE_ACTIVATE);
		zend_string_release(name);
	}
}

/* On a slot's thread, in the request that runs its script, before the script's first line. */
static void slot_request(void)
{
	unsilence();
	booting = true;
	SG(options) |= SAPI_OPTION_NO_CHDIR; /* a command line stays where it was started */
	SG(request_info).no_headers = 1;
	SG(request_info).argc = script_argc;
	SG(request_info).argv = script_argv;
	php_build_argv(NULL, NULL);
	CG(skip_shebang) = 1;
	phx_cli_share_streams();
	phx_cli_std_streams();
	phx_signals_restore_mask(); /* programs that the script starts inherit it */
	/* FrankenPHP answers a full opcache by ending all threads, which slots would not do in time. */
	zend_accel_schedule_restart_hook = NULL;
	define_opcache_reset();
	forget_files();
	zend_register_bool_constant(ZEND_STRL("PHP_CLI_PROCESS_TITLE"), true, 0, 0);
}

/* pcntl_fork would copy one thread of many: the child would wait for ever for locks of the others. */
ZEND_FUNCTION(phx_no_fork)
{
	zend_throw_error(
		NULL, "A worker cannot fork: it is a thread of the server process. Use proc_open(), or more workers");
}

/* Signal handlers belong to the process, and PHP's run only where its thread's globals are. */
ZEND_FUNCTION(phx_no_signals)
{
	php_error_docref(NULL, E_WARNING,
		"A worker is a thread of the server process and has no signals of its own: the supervisor has them");
	RETURN_FALSE;
}

static zif_handler replace(const char *name, zif_handler handler)
{
	zend_function *fn = zend_hash_str_find_ptr(CG(function_table), name, strlen(name));
	zif_handler before = NULL;

	if (fn && fn->type == ZEND_INTERNAL_FUNCTION) {
		before = fn->internal_function.handler;
		fn->internal_function.handler = handler;
	}
	return before;
}

/* FrankenPHP takes the output layer away when the message is served; the script goes on to its
 * shutdown functions and destructors, whose output is to be seen. */
static zif_handler handle_request_original;

ZEND_FUNCTION(phx_handle_request)
{
	booting = false;
	phx_host_booted();
	handle_request_original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
	php_output_activate();
}

/* FrankenPHP gives its workers a sign for frameworks that bring a loop of their own for them. Here it
 * would mislead: it is not among $_SERVER and $_ENV. */
static void (*import_environment_original)(zval *array);

static void import_environment(zval *array)
{
	import_environment_original(array);
	zend_hash_str_del(Z_ARR_P(array), ZEND_STRL("FRANKENPHP_WORKER"));
}

static int startup(sapi_module_struct *module)
{
	zend_post_startup_cb = remove_functions; /* before the threads copy the table; opcache's calls it */

	int result = frankenphp_startup_original(module);

	if (result == SUCCESS) {
		import_environment_original = php_import_environment_variables;
		php_import_environment_variables = import_environment;
		replace("pcntl_fork", ZEND_FN(phx_no_fork));
		replace("pcntl_rfork", ZEND_FN(phx_no_fork));
		replace("pcntl_signal", ZEND_FN(phx_no_signals));
		replace("pcntl_alarm", ZEND_FN(phx_no_signals));
		error_cb_original = zend_error_cb;
		zend_error_cb = slot_error;
		handle_request_original = replace("frankenphp_handle_request", ZEND_FN(phx_handle_request));
	}
	return result;
}

void phx_host_setup(const char *script, int argc, char **argv, char *ini_path, int ini_ignore)
{
	sapi_module_struct *m = &frankenphp_sapi_module;

	phx_main_script = script;
	script_argc = argc;
	script_argv = argv;
	phx_cli_set_script(argv[0], argv[0]);
	frankenphp_startup_original = m->startup;
	m->startup = startup;
	m->name = "cli";
	m->pretty_name = "Phalanx worker";
	m->ini_defaults = phx_slot_ini_defaults;
	m->additional_functions = phx_slot_functions;
	m->executable_location = phx_cli_binary;
	m->phpinfo_as_text = 1;
	m->php_ini_path_override = ini_path;
	m->php_ini_ignore = ini_ignore;
	m->ub_write = phx_cli_ub_write;
	m->flush = phx_cli_flush;
	m->log_message = phx_cli_log_message;
	m->header_handler = phx_cli_header_handler;
	m->send_headers = phx_cli_send_headers;
	m->send_header = phx_cli_send_header;
	m->register_server_variables = phx_cli_server_variables;
	phx_slot_request_hook = slot_request;
}

void phx_web_setup(void)
{
	frankenphp_sapi_module.ini_defaults = phx_web_ini_defaults;
}
