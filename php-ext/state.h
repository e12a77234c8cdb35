/* What a request may change beside its globals: state.c. */
#ifndef PHALANX_STATE_H
#define PHALANX_STATE_H

#include <Zend/zend_ini.h>
#include <main/php_streams.h>

typedef struct {
	zend_ini_entry *entry;
	zend_string *value; /* NULL: php.ini's */
} phx_setting;

typedef struct {
	phx_setting *all;
	uint32_t count, room;
} phx_settings;

typedef struct {
	const void *internal, *output;
	int illegal_mode;
	uint32_t illegal_char;
	bool internal_set, output_set;
} phx_encodings;

/* While its request is not at work it holds the request's values, else the worker's. */
typedef struct {
	phx_settings settings;
	char *timezone, *folder;
	phx_encodings encodings;
	zend_string *strtok_string;
	char *strtok_last;
	size_t strtok_len;
	zend_string *error_message, *error_file;
	int error_type, error_line;
	bool ignore_abort;
	php_stream_context *context; /* the default one */
	char *worker_folder;
} phx_state;

/* The worker is at work; first: no other request is under way. */
void phx_state_begin(phx_state *s, bool first);
/* Before and after the rest of a request's globals is exchanged. */
void phx_state_enter(phx_state *s);
void phx_state_leave(phx_state *s);
/* The request is at work: what cannot be exchanged is the worker's again. */
void phx_state_end(phx_state *s);
void phx_state_free(phx_state *s);

#endif
