/* phalanx FILE.php: PHP's command line on a thread of its own.
 *
 * Go's main thread waits; the script runs on a thread with the stack size the process's first
 * thread would have. The arguments are read with PHP's own php_getopt, so that what php takes is
 * taken and what it refuses is refused with the same words. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <php_getopt.h>
#include <php_ini.h>
#include <php_main.h>
#include <php_output.h>
#include <pthread.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zend_exceptions.h>
#include <zend_extensions.h>
#include <zend_highlight.h>
#include <zend_interfaces.h>

#include <ext/standard/info.h>

/* PHP exports them and installs no header for them. */
extern PHPAPI zend_class_entry *reflection_function_ptr, *reflection_method_ptr, *reflection_class_ptr,
	*reflection_extension_ptr, *reflection_zend_extension_ptr;
extern PHPAPI char *php_ini_opened_path, *php_ini_scanned_path, *php_ini_scanned_files;
extern PHPAPI void php_get_highlight_struct(zend_syntax_highlighter_ini *ini);

/* Codes of the options that have no letter. */
enum { OPT_INI = 1, OPT_RF, OPT_RC, OPT_RE, OPT_RZ, OPT_RI };

/* clang-format off */
static const opt_struct options[] = {
	{'a', 0, "interactive"}, {'B', 1, "process-begin"}, {'C', 0, "no-chdir"}, {'c', 1, "php-ini"},
	{'d', 1, "define"}, {'E', 1, "process-end"}, {'e', 0, "profile-info"}, {'F', 1, "process-file"},
	{'f', 1, "file"}, {'h', 0, "help"}, {'?', 0, "usage"}, {'i', 0, "info"}, {'l', 0, "syntax-check"},
	{'m', 0, "modules"}, {'n', 0, "no-php-ini"}, {'q', 0, "no-header"}, {'R', 1, "process-code"},
	{'H', 0, "hide-args"}, {'r', 1, "run"}, {'s', 0, "syntax-highlight"}, {'s', 0, "syntax-highlighting"},
	{'S', 1, "server"}, {'t', 1, "docroot"}, {'w', 0, "strip"}, {'v', 0, "version"}, {'z', 1, "zend-extension"},
	{OPT_INI, 0, "ini"}, {OPT_RF, 1, "rf"}, {OPT_RF, 1, "rfunction"}, {OPT_RC, 1, "rc"}, {OPT_RC, 1, "rclass"},
	{OPT_RE, 1, "re"}, {OPT_RE, 1, "rextension"}, {OPT_RZ, 1, "rz"}, {OPT_RZ, 1, "rzendextension"},
	{OPT_RI, 1, "ri"}, {OPT_RI, 1, "rextinfo"}, {'-', 0, NULL},
};
/* clang-format on */

struct command {
	int argc;
	char **argv;
	int mode;         /* an option letter or OPT_*; 0 runs the file */
	const char *code; /* -r */
	const char *name; /* --ri and the like */
	const char *file; /* NULL: standard input */
	int next;         /* the first of the script's own arguments */
	bool extended_info;
};

/* php-ext/autoload.h; weak, so that the runner also works without the extension. */
extern void phx_autoload_install(void) __attribute__((weak));

static int startup(sapi_module_struct *module)
{
	int result = php_module_startup(module, NULL);

	if (result == SUCCESS && phx_autoload_install) {
		phx_autoload_install();
	}
	return result;
}

static sapi_module_struct cli_module = {
	.name = "cli",
	.pretty_name = "Command Line Interface",
	.startup = startup,
	.shutdown = php_module_shutdown_wrapper,
	.ub_write = phx_cli_ub_write,
	.flush = phx_cli_flush,
	.sapi_error = php_error,
	.header_handler = phx_cli_header_handler,
	.send_headers = phx_cli_send_headers,
	.send_header = phx_cli_send_header,
	.register_server_variables = phx_cli_server_variables,
	.log_message = phx_cli_log_message,
	.ini_defaults = phx_cli_ini_defaults,
	.php_ini_ignore_cwd = 1,
	.phpinfo_as_text = 1,
	.additional_functions = phx_cli_functions,
};

static char *read_cookies(void)
{
	return NULL;
}

/* ---- the options that ask about PHP ---- */

static int by_name(const void *a, const void *b)
{
	return strcasecmp(*(const char *const *) a, *(const char *const *) b);
}

static void print_sorted(const char **names, size_t n)
{
	qsort(names, n, sizeof(*names), by_name);
	for (size_t i = 0; i < n; i++) {
		php_printf("%s\n", names[i]);
	}
	php_printf("\n");
}

static void print_modules(void)
{
	zend_module_entry *module;
	size_t n = 0;
	const char **names = calloc(zend_hash_num_elements(&module_registry) + 1, sizeof(*names));

	php_printf("[PHP Modules]\n");
	ZEND_HASH_MAP_FOREACH_PTR(&module_registry, module)
	{
		names[n++] = module->name;
	}
	ZEND_HASH_FOREACH_END();
	print_sorted(names, n);
	free(names);

	php_printf("[Zend Modules]\n");
	names = calloc(zend_llist_count(&zend_extensions) + 1, sizeof(*names));
	n = 0;
	zend_llist_position at;
	for (zend_extension *e = zend_llist_get_first_ex(&zend_extensions, &at); e;
		 e = zend_llist_get_next_ex(&zend_extensions, &at)) {
		names[n++] = e->name;
	}
	print_sorted(names, n);
	free(names);
}

static void print_ini_files(void)
{
	php_printf("Configuration File (php.ini) Path: %s\n", PHP_CONFIG_FILE_PATH);
	php_printf("Loaded Configuration File:         %s\n", php_ini_opened_path ? php_ini_opened_path : "(none)");
	php_printf("Scan for additional .ini files in: %s\n", php_ini_scanned_path ? php_ini_scanned_path : "(none)");
	php_printf("Additional .ini files parsed:      %s\n", php_ini_scanned_files ? php_ini_scanned_files : "(none)");
}

static void print_reflection(int what, const char *name)
{
	zend_class_entry *ce = what == OPT_RF ? reflection_function_ptr
		: what == OPT_RC                  ? reflection_class_ptr
		: what == OPT_RE                  ? reflection_extension_ptr
										  : reflection_zend_extension_ptr;
	zval arg, object;
	zend_execute_data frame = {0};

	EG(current_execute_data) = &frame; /* an exception needs a frame to be thrown into */
	if (what == OPT_RF && strstr(name, "::")) {
		ce = reflection_method_ptr;
	}
	object_init_ex(&object, ce);
	ZVAL_STRING(&arg, name);
	zend_call_known_instance_method_with_1_params(ce->constructor, Z_OBJ(object), NULL, &arg);
	if (EG(exception)) {
		zval rv, *message = zend_read_property(zend_ce_exception, EG(exception), ZEND_STRL("message"), 1, &rv);
		php_printf("Exception: %s\n", Z_STRVAL_P(message));
		zend_clear_exception();
		EG(exit_status) = 1;
	} else {
		zend_string *text = zval_get_string(&object);
		php_printf("%s\n", ZSTR_VAL(text));
		zend_string_release(text);
	}
	zval_ptr_dtor(&arg);
	zval_ptr_dtor(&object);
	EG(current_execute_data) = NULL;
}

static void print_extension_info(const char *name)
{
	zend_string *lower = zend_string_tolower(zend_string_init(name, strlen(name), 0));
	zend_module_entry *module = zend_hash_find_ptr(&module_registry, lower);

	if (module) {
		php_info_print_module(module);
	} else if (zend_string_equals_literal(lower, "main")) {
		display_ini_entries(NULL);
	} else {
		php_printf("Extension '%s' not present.\n", name);
		EG(exit_status) = 1;
	}
}

/* ---- the script ---- */

static bool open_file(zend_file_handle *handle, const char *path)
{
	FILE *fp = VCWD_FOPEN(path, "rb");

	if (!fp) {
		fprintf(stderr, "Could not open input file: %s\n", path);
		return false;
	}
	zend_stream_init_fp(handle, fp, path);
	handle->primary_script = 1;
	return true;
}

/* Every file named is linted; the last failure gives the status. */
static void lint(struct command *c, zend_file_handle *handle, const char *path)
{
	int status = 0;

	for (bool opened = true;;) {
		if (!opened) {
			status = 1;
		} else if (php_lint_script(handle) == SUCCESS) {
			php_printf("No syntax errors detected in %s\n", path);
		} else {
			php_printf("Errors parsing %s\n", path);
			status = 255;
		}
		if (c->next >= c->argc) {
			break;
		}
		path = c->argv[c->next++];
		if (opened) {
			zend_destroy_file_handle(handle);
		}
		memset(handle, 0, sizeof(*handle));
		opened = open_file(handle, path);
	}
	EG(exit_status) = status;
}

static void run(struct command *c, zend_file_handle *handle)
{
	zend_syntax_highlighter_ini colours;

	switch (c->mode) {
		case 0:
			phx_cli_std_streams();
			php_execute_script(handle);
			break;
		case 'r':
			phx_cli_std_streams();
			zend_eval_string_ex(c->code, NULL, "Command line code", 1);
			break;
		case 'l':
			lint(c, handle, c->file ? c->file : "Standard input code");
			break;
		case 's':
			if (open_file_for_scanning(handle) == SUCCESS) {
				php_get_highlight_struct(&colours);
				zend_highlight(&colours);
			}
			break;
		case 'w':
			if (open_file_for_scanning(handle) == SUCCESS) {
				zend_strip();
			}
			break;
	}
}

static void ask(struct command *c)
{
	switch (c->mode) {
		case 'i':
			php_print_info(0xFFFFFFFF);
			break;
		case 'm':
			print_modules();
			break;
		case 'v':
			php_print_version(&cli_module);
			if (phx_cli_version_line) {
				php_printf("%s\n", phx_cli_version_line);
			}
			break;
		case OPT_INI:
			print_ini_files();
			break;
		case OPT_RI:
			print_extension_info(c->name);
			break;
		default:
			print_reflection(c->mode, c->name);
	}
}

static bool is_question(int mode)
{
	return mode == 'i' || mode == 'm' || mode == 'v' || (mode >= OPT_INI && mode <= OPT_RI);
}

static int execute(struct command *c)
{
	zend_file_handle handle;
	volatile bool opened = false, started = false;
	volatile int status = 1;
	char *self = "Standard input code";

	memset(&handle, 0, sizeof(handle));
	zend_first_try
	{
		CG(in_compilation) = 0;
		if (c->extended_info) {
			CG(compiler_options) |= ZEND_COMPILE_EXTENDED_INFO;
		}
		bool ready = true;
		if (!is_question(c->mode) && c->mode != 'r') {
			if (c->file) {
				ready = open_file(&handle, c->file);
				self = (char *) c->file;
			} else {
				zend_stream_init_fp(&handle, stdin, "Standard input code");
				handle.primary_script = 1;
			}
			opened = ready;
		}
		if (ready) {
			char real[MAXPATHLEN];
			char *translated = c->file && VCWD_REALPATH(c->file, real) ? real : self;
			char **argv = calloc((size_t) (c->argc - c->next) + 2, sizeof(char *));

			argv[0] = self;
			memcpy(argv + 1, c->argv + c->next, sizeof(char *) * (size_t) (c->argc - c->next));
			SG(request_info).argc = c->argc - c->next + 1;
			SG(request_info).argv = argv;
			SG(request_info).path_translated = translated;
			SG(options) |= SAPI_OPTION_NO_CHDIR;
			SG(headers_sent) = 1; /* there are none */
			SG(request_info).no_headers = 1;
			phx_cli_set_script(is_question(c->mode) ? "" : self, c->file ? c->file : "");

			if (php_request_startup() == SUCCESS) {
				started = true;
				CG(skip_shebang) = 1;
				zend_register_bool_constant(ZEND_STRL("PHP_CLI_PROCESS_TITLE"), true, 0, 0);
				zend_is_auto_global(ZSTR_KNOWN(ZEND_STR_AUTOGLOBAL_SERVER));
				PG(during_request_startup) = 0;
				EG(exit_status) = 0;
				if (is_question(c->mode)) {
					ask(c);
				} else {
					run(c, &handle);
				}
			} else {
				fputs("Could not startup.\n", stderr);
			}
		}
	}
	zend_end_try();

	zend_try
	{
		if (opened) {
			zend_destroy_file_handle(&handle);
		}
	}
	zend_end_try();
	if (started) {
		php_request_shutdown(NULL);
		status = EG(exit_status);
	}
	return status;
}

/* ---- arguments ---- */

static int usage_error(const char *text)
{
	fprintf(stderr, "%s\n", text);
	return 1;
}

/* Fills *c. Returns false with *status set when there is nothing to run. */
static bool parse(struct command *c, int *status)
{
	char *arg = NULL;
	int next = 1, opt;

	while ((opt = php_getopt(c->argc, c->argv, options, &arg, &next, 1, 2)) != -1) {
		switch (opt) {
			case 'c':
				phx_cli_ini_path = strdup(arg);
				break;
			case 'n':
				phx_cli_ini_ignore = 1;
				break;
			case 'd':
				phx_cli_define(arg);
				break;
			case 'z': {
				char *setting = NULL;
				if (asprintf(&setting, "zend_extension=%s", arg) > 0) {
					phx_cli_define(setting);
					free(setting);
				}
				break;
			}
			case 'e':
				c->extended_info = true;
				break;
			case 'C':
			case 'q':
			case 'H':
				break; /* without effect, or only on what ps shows */
			case 'f':
				c->file = strdup(arg);
				break;
			case 'r':
				c->mode = 'r';
				c->code = strdup(arg);
				break;
			case 'l':
			case 's':
			case 'w':
				c->mode = opt;
				break;
			case 'i':
			case 'm':
			case 'v':
			case OPT_INI:
				c->mode = opt;
				return true;
			case OPT_RF:
			case OPT_RC:
			case OPT_RE:
			case OPT_RZ:
			case OPT_RI:
				c->mode = opt;
				c->name = strdup(arg);
				return true;
			case 'h':
			case '?':
				fputs(phx_cli_help, stdout);
				fflush(stdout);
				*status = 0;
				return false;
			case 'a':
				*status = usage_error("phalanx has no interactive shell (-a): use php -a, or -r CODE");
				return false;
			case 'S':
			case 't':
				*status = usage_error("phalanx has no -S: use 'phalanx php-server --listen ADDRESS --root FOLDER'");
				return false;
			case 'B':
			case 'R':
			case 'F':
			case 'E':
				*status = usage_error(
					"phalanx does not process input line by line (-B, -R, -F, -E): read STDIN in the script");
				return false;
			default: /* php_getopt has said what is wrong */
				*status = usage_error("'phalanx help' lists the options");
				return false;
		}
	}
	/* The file is the first argument that is no option, unless "--" ended the options. */
	if (!c->file && c->mode != 'r' && c->argc > next && strcmp(c->argv[next - 1], "--") != 0) {
		c->file = c->argv[next++];
	}
	c->next = next;
	return true;
}

static void *php_main(void *arg)
{
	struct command *c = arg;
	pid_t pid = getpid();

	phx_signals_own_thread();
	php_tsrm_startup();
	zend_signal_startup();
	cli_module.read_cookies = read_cookies;
	cli_module.executable_location = phx_cli_binary;
	cli_module.php_ini_path_override = phx_cli_ini_path;
	cli_module.php_ini_ignore = phx_cli_ini_ignore;
	sapi_startup(&cli_module);
	cli_module.ini_entries = phx_cli_ini_entries(); /* sapi_startup() clears it */

	int status = 1;
	if (cli_module.startup(&cli_module) == SUCCESS) {
		status = execute(c);
		php_module_shutdown();
	}
	sapi_shutdown();
	tsrm_shutdown();
	fflush(NULL);
	if (getpid() != pid) {
		/* A child made with pcntl_fork(): this thread is all there is of it. */
		_exit(status);
	}
	return (void *) (intptr_t) status;
}

int phx_cli_main(int argc, char **argv)
{
	struct command c = {.argc = argc, .argv = argv};
	int status = 0;

	/* A stream that is missing would be replaced by the first file the script opens. */
	for (int fd = 0; fd < 3; fd++) {
		if (fcntl(fd, F_GETFD) == -1 && errno == EBADF) {
			open("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY);
		}
	}
	if (!parse(&c, &status)) {
		return status;
	}
	if (!phx_cli_ini_ignore) {
		phx_cli_opcache_beside_php();
	}
	phx_signals_restore_handlers();

	pthread_attr_t attr;
	struct rlimit stack;
	pthread_attr_init(&attr);
	size_t size = (size_t) 8 << 20;
	if (getrlimit(RLIMIT_STACK, &stack) == 0 && stack.rlim_cur != RLIM_INFINITY && stack.rlim_cur > size / 8) {
		size = stack.rlim_cur;
	}
	pthread_attr_setstacksize(&attr, size);

	pthread_t thread;
	void *result = (void *) 1;
	int err = pthread_create(&thread, &attr, php_main, &c);
	if (err != 0) {
		fprintf(stderr, "phalanx: cannot start PHP's thread: %s\n", strerror(err));
		return 1;
	}
	pthread_join(thread, &result);
	return (int) (intptr_t) result;
}
