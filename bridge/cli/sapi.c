/* What a script finds around itself: streams, $_SERVER, defaults of php.ini, the functions that
 * belong to the command line rather than to PHP's library. */
#include "cli.h"

#include <errno.h>
#include <ext/standard/dl.h>
#include <ext/standard/head.h>
#include <fcntl.h>
#include <php_ini.h>
#include <php_ini_builder.h>
#include <php_main.h>
#include <php_variables.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

char *phx_cli_binary;
char *phx_cli_version_line;
char *phx_cli_help = "";
char *phx_cli_ini_path;
int phx_cli_ini_ignore;

static struct php_ini_builder defines;
static char *script_self = "";
static char *script_filename = "";

/* ---- php.ini ---- */

static void set_default(HashTable *configuration, const char *name, const char *value)
{
	zval v;

	ZVAL_NEW_STR(&v, zend_string_init(value, strlen(value), 1));
	zend_hash_str_update(configuration, name, strlen(name), &v);
}

void phx_cli_ini_defaults(HashTable *configuration)
{
	set_default(configuration, "display_errors", "1");
}

/* A server lives long and runs the same code for years: what is slow to start and quick to run
 * pays there. */
static void server_defaults(HashTable *configuration)
{
	set_default(configuration, "opcache.jit", "tracing");
	set_default(configuration, "opcache.jit_buffer_size", "64M");
	set_default(configuration, "opcache.memory_consumption", "128");
	set_default(configuration, "opcache.interned_strings_buffer", "16");
	set_default(configuration, "opcache.max_accelerated_files", "20000");
	set_default(configuration, "opcache.validate_timestamps", "1");
}

/* Time stamps are looked at whenever a file is included, which workers do when they start, so that
 * a reload never runs old code. */
void phx_slot_ini_defaults(HashTable *configuration)
{
	phx_cli_ini_defaults(configuration);
	server_defaults(configuration);
	set_default(configuration, "opcache.enable_cli", "1"); /* the workers' SAPI name is cli */
	set_default(configuration, "opcache.revalidate_freq", "0");
}

/* Behind Caddy, errors are for the log and not for whoever asks. */
void phx_web_ini_defaults(HashTable *configuration)
{
	server_defaults(configuration);
	set_default(configuration, "display_errors", "0");
	set_default(configuration, "log_errors", "1");
}

void phx_cli_define(const char *setting)
{
	php_ini_builder_define(&defines, setting);
}

char *phx_cli_ini_entries(void)
{
	/* php hard-codes these for its command line; no php.ini changes them, a -d does. */
	static const char fixed[] = "html_errors=0\n"
								"register_argc_argv=1\n"
								"implicit_flush=1\n"
								"output_buffering=0\n"
								"max_execution_time=0\n"
								"max_input_time=-1\n";
	/* What opcache may only do where there is one thread. It would take away the first code in
	 * /proc/self/maps that bears the program's name, to put it on huge pages: that is Go's, and runs.
	 * And it would let its memory be written to while one thread does, and then nobody. */
	static const char forced[] = "\nopcache.huge_code_pages=0\nopcache.protect_memory=0\n";
	size_t before = sizeof(fixed) - 1;
	char *entries = malloc(before + defines.length + sizeof(forced));

	memcpy(entries, fixed, before);
	if (defines.length > 0) {
		memcpy(entries + before, defines.value, defines.length);
	}
	memcpy(entries + before + defines.length, forced, sizeof(forced));
	return entries;
}

/* ---- output ---- */

/* Everything or nothing: a descriptor that somebody made non-blocking is waited for. */
static ssize_t write_all(int fd, const char *str, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = write(fd, str + done, len - done);
		if (n >= 0) {
			done += (size_t) n;
		} else if (errno == EAGAIN) {
			struct pollfd p = {.fd = fd, .events = POLLOUT};
			poll(&p, 1, -1);
		} else if (errno != EINTR) {
			return -1;
		}
	}
	return (ssize_t) done;
}

size_t phx_cli_ub_write(const char *str, size_t len)
{
	if (len > 0 && write_all(STDOUT_FILENO, str, len) < 0) {
		EG(exit_status) = 255;
		php_handle_aborted_connection();
	}
	return len;
}

void phx_cli_flush(void *context)
{
}

void phx_cli_log_message(const char *message, int syslog_type)
{
	size_t len = strlen(message);
	char *line = malloc(len + 1);

	if (line) { /* one write: lines of threads do not mix */
		memcpy(line, message, len);
		line[len] = '\n';
		write_all(STDERR_FILENO, line, len + 1);
		free(line);
	}
}

int phx_cli_header_handler(sapi_header_struct *h, sapi_header_op_enum op, sapi_headers_struct *hs)
{
	return 0;
}

/* A command line has no headers to print. */
int phx_cli_send_headers(sapi_headers_struct *h)
{
	return SAPI_HEADER_SENT_SUCCESSFULLY;
}

void phx_cli_send_header(sapi_header_struct *h, void *context)
{
}

/* ---- $_SERVER ---- */

void phx_cli_set_script(const char *self, const char *filename)
{
	script_self = strdup(self);
	script_filename = strdup(filename);
}

const char *phx_cli_script(void)
{
	return script_filename;
}

static void server_variable(const char *name, char *value, zval *track_vars)
{
	size_t len = strlen(value);

	if (sapi_module.input_filter(PARSE_SERVER, name, &value, len, &len)) {
		php_register_variable(name, value, track_vars);
	}
}

void phx_cli_server_variables(zval *track_vars)
{
	php_import_environment_variables(track_vars);
	server_variable("PHP_SELF", script_self, track_vars);
	server_variable("SCRIPT_NAME", script_self, track_vars);
	server_variable("SCRIPT_FILENAME", script_filename, track_vars);
	server_variable("PATH_TRANSLATED", script_filename, track_vars);
	server_variable("DOCUMENT_ROOT", "", track_vars);
}

/* ---- streams ---- */

/* Set once every thread gets copies of the descriptors: programs PHP starts need none of those. */
static bool copies;

static php_stream *std_stream(const char *uri, const char *mode)
{
	php_stream *s = php_stream_open_wrapper_ex((char *) uri, mode, 0, NULL, NULL);
	int fd;

	if (s && copies && php_stream_cast(s, PHP_STREAM_AS_FD, (void **) &fd, 0) == SUCCESS) {
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	}
	return s;
}

static void std_constant(const char *name, size_t len, php_stream *s)
{
	zend_constant c;

	if (s) {
		php_stream_to_zval(s, &c.value);
		ZEND_CONSTANT_SET_FLAGS(&c, CONST_CS, 0);
		c.name = zend_string_init_interned(name, len, 0);
		zend_register_constant(&c);
	}
}

void phx_cli_std_streams(void)
{
	std_constant(ZEND_STRL("STDIN"), std_stream("php://stdin", "rb"));
	std_constant(ZEND_STRL("STDOUT"), std_stream("php://stdout", "wb"));
	std_constant(ZEND_STRL("STDERR"), std_stream("php://stderr", "wb"));
}

static void open_originals(void)
{
	static const char *uris[] = {"php://stdin", "php://stdout", "php://stderr"};

	for (int i = 0; i < 3; i++) {
		php_stream *s = std_stream(uris[i], i == 0 ? "rb" : "wb");
		if (s) {
			php_stream_free(s, PHP_STREAM_FREE_CLOSE | PHP_STREAM_FREE_PRESERVE_HANDLE);
		}
	}
	copies = true;
}

void phx_cli_share_streams(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, open_originals);
}

/* ---- process title ---- */

extern char **environ;
static char *title_area;
static size_t title_size;
static char title[4096];

/* ps reads a process's arguments from where the kernel put them. The area is used for the title;
 * the environment behind it moves away first, before anybody keeps pointers into it. */
__attribute__((constructor(102))) static void find_title_area(int argc, char **argv, char **envp)
{
	if (argc < 1 || !argv[0]) {
		return;
	}
	char *end = argv[0] + strlen(argv[0]);
	for (int i = 1; i < argc; i++) {
		if (argv[i] == end + 1) {
			end = argv[i] + strlen(argv[i]);
		}
	}
	int n = 0;
	for (; envp[n]; n++) {
		if (envp[n] == end + 1) {
			end = envp[n] + strlen(envp[n]);
		}
	}
	char **moved = malloc(sizeof(char *) * (size_t) (n + 1));
	if (!moved) {
		return;
	}
	for (int i = 0; i < n; i++) {
		moved[i] = strdup(envp[i]);
	}
	moved[n] = NULL;
	environ = moved;
	title_area = argv[0];
	title_size = (size_t) (end - argv[0]);
}

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_set_title, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, title, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_get_title, 0, 0, IS_STRING, 1)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phx_dl, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, extension_filename, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_FUNCTION(cli_set_process_title)
{
	zend_string *text;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(text)
	ZEND_PARSE_PARAMETERS_END();

	if (!title_area) {
		php_error_docref(NULL, E_WARNING, "cli_set_process_title had an error: not available on this system");
		RETURN_FALSE;
	}
	snprintf(title, sizeof(title), "%s", ZSTR_VAL(text));
	size_t len = MIN(strlen(title), title_size - 1);
	memcpy(title_area, title, len);
	memset(title_area + len, 0, title_size - len);
	RETURN_TRUE;
}

ZEND_FUNCTION(cli_get_process_title)
{
	ZEND_PARSE_PARAMETERS_NONE();
	RETURN_STRING(title);
}

/* One process has many workers here: the title names the thread ("ps -L", "top -H"). */
ZEND_FUNCTION(cli_set_thread_title)
{
	zend_string *text;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(text)
	ZEND_PARSE_PARAMETERS_END();

	char name[16];
	snprintf(name, sizeof(name), "%s", ZSTR_VAL(text));
	RETURN_BOOL(prctl(PR_SET_NAME, name) == 0);
}

ZEND_FUNCTION(cli_get_thread_title)
{
	char name[17] = "";

	ZEND_PARSE_PARAMETERS_NONE();
	prctl(PR_GET_NAME, name);
	RETURN_STRING(name);
}

const zend_function_entry phx_cli_functions[] = {ZEND_FE(cli_set_process_title, arginfo_set_title)
		ZEND_FE(cli_get_process_title, arginfo_get_title) ZEND_FE(dl, arginfo_phx_dl) ZEND_FE_END};

const zend_function_entry phx_slot_functions[] = {
	ZEND_RAW_FENTRY("cli_set_process_title", zif_cli_set_thread_title, arginfo_set_title, 0, NULL, NULL)
		ZEND_RAW_FENTRY("cli_get_process_title", zif_cli_get_thread_title, arginfo_get_title, 0, NULL, NULL)
			ZEND_FE_END};
