/* The command line's environment for PHP, shared by the script runner (run.c) and the server
 * process (bridge/host): what a script run by `php` finds, a script run here finds too. */
#ifndef PHX_CLI_H
#define PHX_CLI_H

#include <SAPI.h>
#include <php.h>
#include <signal.h>
#include <stdbool.h>

/* Runs PHP's command line: the arguments are those php would get, argv[0] included. Returns
 * the exit status. Once in a process; starts its own thread and waits for it. */
int phx_cli_main(int argc, char **argv);

/* The binary's own path (PHP_BINARY), set before PHP starts; kept, never freed. */
extern char *phx_cli_binary;

/* A line printed by -v below PHP's own; kept. */
extern char *phx_cli_version_line;

/* What -h prints; kept. */
extern char *phx_cli_help;

/* A sapi's ini_defaults: the weakest settings, below every php.ini. */
void phx_cli_ini_defaults(HashTable *configuration);
void phx_slot_ini_defaults(HashTable *configuration);
void phx_web_ini_defaults(HashTable *configuration);

/* ini_entries of a command line, each stronger than every php.ini: what `php` hard-codes, the -d of
 * this process, and what nobody may set. malloc'ed; the caller owns it. */
char *phx_cli_ini_entries(void);
/* Adds a "-d name=value". */
void phx_cli_define(const char *setting);
/* Adds opcache where it lies beside libphp.so. */
void phx_cli_opcache_beside_php(void);

/* -c and -n as given; NULL and 0 when not. */
extern char *phx_cli_ini_path;
extern int phx_cli_ini_ignore;

/* sapi hooks: output to descriptor 1, errors to descriptor 2, $_SERVER of the script named. */
size_t phx_cli_ub_write(const char *str, size_t len);
void phx_cli_flush(void *context);
void phx_cli_log_message(const char *message, int syslog_type);
int phx_cli_header_handler(sapi_header_struct *h, sapi_header_op_enum op, sapi_headers_struct *hs);
int phx_cli_send_headers(sapi_headers_struct *h);
void phx_cli_send_header(sapi_header_struct *h, void *context);
void phx_cli_server_variables(zval *track_vars);
/* What PHP_SELF and SCRIPT_FILENAME say; kept. */
void phx_cli_set_script(const char *self, const char *filename);
/* The file name that was set, relative or not; "" or NULL when no file runs. */
const char *phx_cli_script(void);

/* Defines STDIN, STDOUT and STDERR for the running request. */
void phx_cli_std_streams(void);
/* PHP gives the first opener of each php://std* in a process the descriptor itself and all later
 * ones a copy. This opens them once, in the running request, so that every stream after it is a
 * copy and fclose(STDOUT) in one thread closes nothing of another. */
void phx_cli_share_streams(void);

/* cli_set_process_title() and what else `php` has and its library does not. In threads the title
 * names the thread. */
extern const zend_function_entry phx_cli_functions[];
extern const zend_function_entry phx_slot_functions[];

/* Signals (signals.c). */
void phx_signals_own_thread(void);       /* the calling thread runs PHP: it takes the signals */
void phx_signals_restore_mask(void);     /* the mask this process was started with */
void phx_signals_restore_handlers(void); /* the dispositions this process was started with */
void phx_signals_hand_back(int sig);     /* to Go's runtime, if it had this one */

#endif
