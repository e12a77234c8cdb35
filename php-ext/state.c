/*
 * What a request may change of PHP beside its own globals (request.c): settings, the time zone, encodings, the working
 * directory, the last error, strtok()'s text. The worker's values stay as they were: a request begins with them, keeps its
 * own changes, also from one Fiber switch to the next, and takes them along when it ends.
 *
 * Some belong to the whole process, or cannot be exchanged: the locale, the umask, libxml's way with errors, random
 * numbers' seed. These are put back when the request ends.
 */
#include "phalanx.h"

#include <ext/date/php_date.h>
#include <ext/mbstring/mbstring.h>
#include <ext/random/php_random.h>
#include <ext/standard/basic_functions.h>
#include <ext/standard/file.h>
#include <ext/standard/url_scanner_ex.h>
#include <Zend/zend_ini.h>
#include <locale.h>
#include <sys/stat.h>

#include "state.h"

/* What an entry was while the worker was at work: those that its script had changed. */
static __thread phx_settings worker_settings;

/* What cannot be exchanged, as it was before the first of the requests that are under way. */
static __thread struct {
	int umask;
	char *locale;
	bool locale_changed, libxml_errors;
} worker;

/* Globals of a module that may not be there, and whose symbols libphp keeps to itself. */
static void *module_globals(const char *name, size_t len)
{
	zend_module_entry *module = zend_hash_str_find_ptr(&module_registry, name, len);

	return module != NULL && module->globals_size > 0 ? TSRMG_BULK(*module->globals_id_ptr, void *) : NULL;
}

static void settings_add(phx_settings *s, zend_ini_entry *entry, zend_string *value)
{
	if (s->count == s->room) {
		s->room = s->room ? 2 * s->room : 8;
		s->all = erealloc2(s->all, s->room * sizeof(*s->all), s->count * sizeof(*s->all));
	}
	s->all[s->count++] = (phx_setting){entry, value ? zend_string_copy(value) : NULL};
}

static void settings_clear(phx_settings *s)
{
	for (uint32_t i = 0; i < s->count; i++) {
		if (s->all[i].value != NULL) {
			zend_string_release(s->all[i].value);
		}
	}
	if (s->all != NULL) {
		efree(s->all);
	}
	*s = (phx_settings){0};
}

static phx_setting *settings_find(phx_settings *s, const zend_ini_entry *entry)
{
	for (uint32_t i = 0; i < s->count; i++) {
		if (s->all[i].entry == entry) {
			return &s->all[i];
		}
	}
	return NULL;
}

/* As PHP does at a request's end: without questions, and silently. The handler of sessions itself is exchanged with the session
 * (request.c): here only what its setting says, for PHP refuses "user" where session_set_save_handler() does not ask for it. */
static void setting_put(zend_ini_entry *entry, zend_string *value)
{
	ZEND_INI_MH((*const on_modify)) = entry->on_modify;

	if (zend_string_equals_literal(entry->name, "session.save_handler")) {
		entry->on_modify = NULL; /* the entry is this thread's own */
	}
	if (value == NULL) {
		zend_restore_ini_entry(entry->name, ZEND_INI_STAGE_DEACTIVATE);
	} else if (entry->value != value) {
		zend_alter_ini_entry_ex(entry->name, value, ZEND_INI_USER, ZEND_INI_STAGE_DEACTIVATE, true);
	}
	entry->on_modify = on_modify;
}

static void settings_enter(phx_settings *s)
{
	zend_ini_entry *entry;

	if (EG(modified_ini_directives) != NULL) {
		ZEND_HASH_FOREACH_PTR(EG(modified_ini_directives), entry)
		{
			settings_add(&worker_settings, entry, entry->value);
		}
		ZEND_HASH_FOREACH_END();
	}
	for (uint32_t i = 0; i < s->count; i++) {
		setting_put(s->all[i].entry, s->all[i].value);
	}
	settings_clear(s);
}

static void settings_leave(phx_settings *s)
{
	zend_ini_entry *entry;

	if (EG(modified_ini_directives) != NULL) {
		ZEND_HASH_FOREACH_PTR(EG(modified_ini_directives), entry)
		{
			phx_setting *before = settings_find(&worker_settings, entry);
			if (before == NULL || before->value != entry->value) {
				settings_add(s, entry, entry->value);
			}
		}
		ZEND_HASH_FOREACH_END();
	}
	for (uint32_t i = 0; i < worker_settings.count; i++) {
		if (!worker_settings.all[i].entry->modified) {
			settings_add(s, worker_settings.all[i].entry, NULL); /* ini_restore() */
		}
	}
	for (uint32_t i = 0; i < s->count; i++) {
		phx_setting *before = settings_find(&worker_settings, s->all[i].entry);
		setting_put(s->all[i].entry, before ? before->value : NULL);
	}
	settings_clear(&worker_settings);
}

static void swap_strings(zend_string **a, zend_string **b)
{
	zend_string *was = *a;
	*a = *b;
	*b = was;
}

/* Pointers and numbers that have no other owner: the same exchange both ways. */
static void swap_values(phx_state *s)
{
	zend_date_globals *date = module_globals(ZEND_STRL("date"));
	zend_mbstring_globals *mb = module_globals(ZEND_STRL("mbstring"));
	php_basic_globals *bg = TSRMG_BULK(basic_globals_id, php_basic_globals *);

	char *timezone = date->timezone;
	date->timezone = s->timezone;
	s->timezone = timezone;
	if (mb != NULL) {
		phx_encodings was = {mb->current_internal_encoding, mb->current_http_output_encoding,
			mb->current_filter_illegal_mode, mb->current_filter_illegal_substchar, mb->internal_encoding_set,
			mb->http_output_set};
		mb->current_internal_encoding = s->encodings.internal;
		mb->current_http_output_encoding = s->encodings.output;
		mb->current_filter_illegal_mode = s->encodings.illegal_mode;
		mb->current_filter_illegal_substchar = s->encodings.illegal_char;
		mb->internal_encoding_set = s->encodings.internal_set;
		mb->http_output_set = s->encodings.output_set;
		s->encodings = was;
	}
	php_stream_context *context = FG(default_context);
	FG(default_context) = s->context;
	s->context = context;
	swap_strings(&bg->strtok_string, &s->strtok_string);
	char *last = bg->strtok_last;
	bg->strtok_last = s->strtok_last;
	s->strtok_last = last;
	size_t len = bg->strtok_len;
	bg->strtok_len = s->strtok_len;
	s->strtok_len = len;
	swap_strings(&PG(last_error_message), &s->error_message);
	swap_strings(&PG(last_error_file), &s->error_file);
	int type = PG(last_error_type), line = PG(last_error_lineno);
	PG(last_error_type) = s->error_type;
	PG(last_error_lineno) = s->error_line;
	s->error_type = type;
	s->error_line = line;
}

static void change_folder(char **saved, const char *to)
{
	char now[MAXPATHLEN];

	if (VCWD_GETCWD(now, sizeof(now)) == NULL || strcmp(now, to) == 0) {
		return;
	}
	if (VCWD_CHDIR(to) == 0 && saved != NULL) {
		*saved = estrdup(now);
	}
}

static bool libxml_errors(zval *use)
{
	zend_function *function = zend_hash_str_find_ptr(CG(function_table), ZEND_STRL("libxml_use_internal_errors"));
	zval before;

	if (function == NULL) {
		return false;
	}
	ZVAL_FALSE(&before);
	zend_call_known_function(function, NULL, NULL, &before, use ? 1 : 0, use, NULL);
	return Z_TYPE(before) == IS_TRUE;
}

void phx_state_begin(phx_state *s, bool first)
{
	zend_date_globals *date = module_globals(ZEND_STRL("date"));
	zend_mbstring_globals *mb = module_globals(ZEND_STRL("mbstring"));
	char now[MAXPATHLEN];

	memset(s, 0, sizeof(*s));
	s->timezone = date->timezone ? estrdup(date->timezone) : NULL;
	if (mb != NULL) {
		s->encodings = (phx_encodings){mb->current_internal_encoding, mb->current_http_output_encoding,
			mb->current_filter_illegal_mode, mb->current_filter_illegal_substchar, mb->internal_encoding_set,
			mb->http_output_set};
	}
	s->ignore_abort = PG(ignore_user_abort);
	s->worker_folder = estrdup(VCWD_GETCWD(now, sizeof(now)) ? now : "/");
	if (FG(default_context) != NULL) {
		s->context = php_stream_context_alloc();
		zval_ptr_dtor(&s->context->options);
		ZVAL_COPY(&s->context->options, &FG(default_context)->options);
	}
	if (first) {
		worker.umask = BG(umask);
		worker.libxml_errors = libxml_errors(NULL);
		worker.locale_changed = BG(locale_changed);
		if (worker.locale != NULL) {
			free(worker.locale);
		}
		worker.locale = worker.locale_changed ? strdup(setlocale(LC_ALL, NULL)) : NULL;
	}
}

/* The command line sets this one without its setting, so that putting the setting back would change it. */
static void swap_abort(phx_state *s, bool before)
{
	PG(ignore_user_abort) = s->ignore_abort;
	s->ignore_abort = before;
}

void phx_state_enter(phx_state *s)
{
	bool before = PG(ignore_user_abort);

	settings_enter(&s->settings);
	swap_abort(s, before);
	swap_values(s);
	if (s->folder != NULL) {
		change_folder(NULL, s->folder);
		efree(s->folder);
		s->folder = NULL;
	}
}

void phx_state_leave(phx_state *s)
{
	bool before = PG(ignore_user_abort);

	swap_values(s);
	settings_leave(&s->settings);
	swap_abort(s, before);
	change_folder(&s->folder, s->worker_folder);
}

/* The request is at work, for the last time unless a Fiber of its own goes on. */
void phx_state_end(phx_state *s)
{
	php_url_scanner_reset_vars();
	if (BG(umask) != worker.umask) {
		/* -1: not changed; then it holds what the mask was before its first change. */
		umask((mode_t) (worker.umask != -1 ? worker.umask : BG(umask)));
		BG(umask) = worker.umask;
	}
	if (BG(locale_changed)) {
		const char *now = setlocale(LC_ALL, NULL);
		if (worker.locale == NULL || now == NULL || strcmp(now, worker.locale) != 0) {
			setlocale(LC_ALL, worker.locale ? worker.locale : "C");
			zend_update_current_locale();
			if (worker.locale == NULL) {
				zend_reset_lc_ctype_locale();
			}
			if (BG(ctype_string)) {
				zend_string_release_ex(BG(ctype_string), 0);
				BG(ctype_string) = NULL;
			}
		}
		BG(locale_changed) = worker.locale_changed;
	}
	if (libxml_errors(NULL) != worker.libxml_errors) {
		zval use;
		ZVAL_BOOL(&use, worker.libxml_errors);
		libxml_errors(&use);
	}
	/* Seeded afresh at the next use: a seed that a visitor chose must not decide another's numbers. */
	RANDOM_G(mt19937_seeded) = false;
	if (FG(default_context) != NULL) {
		zend_list_delete(FG(default_context)->res);
		FG(default_context) = NULL;
	}
}

void phx_state_free(phx_state *s)
{
	settings_clear(&s->settings);
	if (s->strtok_string != NULL) {
		zend_string_release(s->strtok_string);
	}
	if (s->error_message != NULL) {
		zend_string_release(s->error_message);
	}
	if (s->error_file != NULL) {
		zend_string_release_ex(s->error_file, false);
	}
	char *const strings[] = {s->timezone, s->folder, s->worker_folder};
	for (size_t i = 0; i < sizeof(strings) / sizeof(*strings); i++) {
		if (strings[i] != NULL) {
			efree(strings[i]);
		}
	}
}
