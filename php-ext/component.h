/*
 * Classes made of Go types: what the registry (goengine/component) describes becomes classes at
 * module start, their methods cross into Go. docs/architecture.md, "Components".
 */
#ifndef PHALANX_COMPONENT_H
#define PHALANX_COMPONENT_H

#include <php.h>

#include "calls.h"
#include "engine.h"
#include "wire.h"

/* goengine/wire.Kind, and kindVoid of goengine/component */
enum {
	PHX_MIXED,
	PHX_BOOL,
	PHX_INT,
	PHX_FLOAT,
	PHX_STRING,
	PHX_LIST,
	PHX_DICT,
	PHX_STRUCT,
	PHX_COMPONENT,
	PHX_RECORD,
	PHX_ENUM,
	PHX_DATE,
	PHX_CALLABLE,
	PHX_HELD, /* mixed, which Go keeps as the bytes that it is */
	PHX_VOID = 100,
};

/* Flags of classes, methods and parameters: goengine/component */
enum {
	PHX_COUNTABLE = 1,
	PHX_ARRAY_ACCESS = 2,
	PHX_JSON = 4,
	PHX_AGGREGATE = 8,
	PHX_CLONEABLE = 16,
	PHX_SERIALIZABLE = 32,
	PHX_SEQUENCES = 64,
	PHX_ABSTRACT = 128,
};
enum { PHX_STATIC = 1, PHX_CONTEXT = 2, PHX_FAST = 4, PHX_ITERATES = 8, PHX_CONSTRUCTS = 16, PHX_ACCESSOR = 32 };
enum { PHX_OPTIONAL = 1, PHX_VARIADIC = 2 };

typedef struct phx_class phx_class;

typedef struct {
	uint32_t kind;
	bool nullable;
	char *class_name; /* of an object; NULL: of any */
	phx_class *cls;   /* when that is a registered one */
} phx_type;

typedef struct {
	char *name;
	phx_type type;
	uint32_t flags;
	char *default_value;
} phx_param;

typedef struct {
	char *name, *doc;
	uint32_t id, flags;
	uint32_t fast; /* a bit for each number of arguments that has a fast path */
	phx_type result;
	uint32_t required, count;
	phx_param *params;
	phx_class *cls;
} phx_method;

typedef struct {
	zend_string *name;
	phx_type type;
	char *doc;
	phx_method *get, *set; /* NULL: there is none */
} phx_prop;

struct phx_class {
	uint32_t id, kind, flags;
	zend_class_entry *ce;
	char *name, *doc;
	phx_prop *properties;
	uint32_t property_count;
	HashTable by_name; /* name => phx_prop */
	zend_string **cases;
	uint32_t case_count;
	phx_method *constructor, *clone, *step, *step_wait;
};

/* An object that stands for a Go value. */
typedef struct {
	uint64_t handle; /* 0: not constructed */
	const phx_class *cls;
	zval *step;     /* of a sequence: the current key and value */
	bool waits;     /* of a sequence: its elements come from goroutines */
	bool started;   /* of a sequence */
	uint64_t index; /* of a sequence: how far it has gone */
	zend_object std;
} phx_object;

static inline phx_object *phx_object_of(zend_object *obj)
{
	return (phx_object *) ((char *) obj - XtOffsetOf(phx_object, std));
}

/* component.c */
void phx_components_register(int resource);
phx_wire_status phx_component_write(phx_writer *w, zval *value);
bool phx_component_read(phx_reader *r, unsigned char tag, zval *value);
void phx_component_box(zval *value, const phx_class *cls, uint64_t handle);

/* async.c */
void phx_async_register(void);

/* call.c */
void phx_method_call(phx_method *m, zend_object *obj, uint32_t argc, zval *argv, zval *return_value);
/* As phx_method_call() for values that fit: no argument is looked at. False: an exception is thrown. */
bool phx_method_invoke(phx_method *m, uint64_t handle, uint32_t argc, zval *argv, zval *return_value);
/* Checks and converts an argument; *value is borrowed from it. False: an exception is thrown, except for
 * PHX_NO_ARGUMENT, where it may be left to the caller. */
bool phx_parse_argument(const phx_type *type, zval *arg, uint32_t num, bool strict, zval *value);
#define PHX_NO_ARGUMENT ((uint32_t) -1)
void phx_calls_mail(void);
bool phx_calls_pending(void);
bool phx_calls_sleep(uint32_t how);
void phx_calls_awake(void);
void phx_calls_loop_opened(int64_t loop);
void phx_calls_loop_closed(void);
void phx_calls_release(void);

#endif
