/*
 * What the fuzz targets in C share: PHP beside them, and a main() for those who have no libFuzzer (REPLAY), which runs the files
 * that are named. tests/sanitize/fuzz builds them.
 */
#include <sapi/embed/php_embed.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The target: it is called from within a function of PHP's, as it is in the extension, so that it may throw. */
static void fuzz_one(const uint8_t *data, size_t size);

#ifdef ZEND_ENABLE_STATIC_TSRMLS_CACHE
ZEND_TSRMLS_CACHE_DEFINE() /* phalanx.c has it else */
#endif

#define CHECK(what)                                                                                                    \
	do {                                                                                                               \
		if (!(what)) {                                                                                                 \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what);                                         \
			abort();                                                                                                   \
		}                                                                                                              \
	} while (0)

static struct {
	const uint8_t *data;
	size_t size;
} fuzz_input;

static PHP_FUNCTION(fuzz_input)
{
	fuzz_one(fuzz_input.data, fuzz_input.size);
	if (EG(exception)) {
		zend_clear_exception();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static zend_function *function;
	zval result;

	if (function == NULL) {
		function = zend_hash_str_find_ptr(CG(function_table), ZEND_STRL("fuzz_input"));
	}
	fuzz_input.data = data;
	fuzz_input.size = size;
	zend_call_known_function(function, NULL, NULL, &result, 0, NULL, NULL);
	return 0;
}

ZEND_BEGIN_ARG_INFO_EX(arginfo_fuzz, 0, 0, 0)
ZEND_END_ARG_INFO()
static const zend_function_entry fuzz_functions[] = {
	{"fuzz_input", ZEND_FN(fuzz_input), arginfo_fuzz, 0, 0, NULL, NULL},
	{NULL, NULL, NULL, 0, 0, NULL, NULL},
};

static void fuzz_end(void)
{
	zend_unregister_functions(fuzz_functions, -1, NULL);
	php_embed_shutdown(); /* what is left behind it is a leak */
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	setenv("USE_ZEND_ALLOC", "0", 1); /* each value in memory of its own, which the sanitizer watches */
	php_embed_module.php_ini_ignore = 1;
	php_embed_module.ini_entries = "display_errors=0\nlog_errors=0\nmemory_limit=-1\n";
	CHECK(php_embed_init(*argc, *argv) == SUCCESS);
#ifdef ZEND_ENABLE_STATIC_TSRMLS_CACHE
	ZEND_TSRMLS_CACHE_UPDATE();
#endif
	CHECK(zend_register_functions(NULL, fuzz_functions, NULL, MODULE_PERSISTENT) == SUCCESS);
	atexit(fuzz_end);
	return 0;
}

#ifdef REPLAY
int main(int argc, char **argv)
{
	int none = 1;
	LLVMFuzzerInitialize(&none, &argv);
	for (int i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");
		CHECK(f != NULL);
		CHECK(fseek(f, 0, SEEK_END) == 0);
		long size = ftell(f);
		CHECK(size >= 0 && fseek(f, 0, SEEK_SET) == 0);
		uint8_t *data = malloc((size_t) size); /* of exactly this size: a byte more is seen */
		CHECK(data != NULL || size == 0);
		CHECK(fread(data, 1, (size_t) size, f) == (size_t) size);
		fclose(f);
		LLVMFuzzerTestOneInput(data, (size_t) size);
		free(data);
	}
	printf("%d inputs\n", argc - 1);
	return argc < 2;
}
#endif
