/* Classes made of Go types: see component.h. */
#include "component.h"

#include "phalanx.h"

#include <Zend/zend_enum.h>
#include <Zend/zend_exceptions.h>
#include <Zend/zend_extensions.h>
#include <Zend/zend_interfaces.h>
#include <ext/date/php_date.h>
#include <ext/json/php_json.h>

#include "_cgo_export.h"

/* Made once, before PHP's threads; read-only after that. */
static phx_class *phx_classes;
static uint32_t phx_class_count;
static HashTable phx_class_by_entry;
static int phx_resource; /* where a zend_internal_function has its phx_method */

static zend_object_handlers phx_handlers, phx_record_handlers;

/* ---- finding ---- */

static const phx_class *phx_class_of(const zend_class_entry *ce)
{
	while (ce->type != ZEND_INTERNAL_CLASS) {
		ce = ce->parent; /* a class of PHP's that extends ours */
	}
	return zend_hash_index_find_ptr(&phx_class_by_entry, (zend_ulong) (uintptr_t) ce);
}

static phx_prop *phx_property_of(const phx_object *o, zend_string *name)
{
	return o->cls->property_count ? zend_hash_find_ptr(&o->cls->by_name, name) : NULL;
}

/* ---- objects ---- */

static zend_object *phx_create_object(zend_class_entry *ce)
{
	phx_object *o = zend_object_alloc(sizeof(*o), ce);

	memset(o, 0, XtOffsetOf(phx_object, std));
	zend_object_std_init(&o->std, ce);
	object_properties_init(&o->std, ce);
	o->cls = phx_class_of(ce);
	o->std.handlers = o->cls->kind == PHX_RECORD ? &phx_record_handlers : &phx_handlers;
	return &o->std;
}

void phx_component_box(zval *value, const phx_class *cls, uint64_t handle)
{
	object_init_ex(value, cls->ce);
	phx_object_of(Z_OBJ_P(value))->handle = handle;
}

static void phx_free_step(phx_object *o)
{
	if (o->step != NULL) {
		zval *step = o->step;
		o->step = NULL;
		zval_ptr_dtor(&step[0]);
		zval_ptr_dtor(&step[1]);
		efree(step);
	}
}

static void phx_free_object(zend_object *obj)
{
	phx_object *o = phx_object_of(obj);

	if (o->handle != 0) {
		phx_component_release(o->handle);
		o->handle = 0;
	}
	phx_free_step(o);
	zend_object_std_dtor(obj);
}

static zend_function *phx_get_constructor(zend_object *obj)
{
	const phx_class *cls = phx_object_of(obj)->cls;

	if (cls->constructor == NULL) {
		zend_throw_error(NULL, "%s cannot be constructed: other components hand it out", cls->name);
		return NULL;
	}
	return zend_std_get_constructor(obj);
}

static zend_object *phx_clone_object(zend_object *old)
{
	phx_object *from = phx_object_of(old);
	zend_object *obj = phx_create_object(old->ce);
	zval handle;

	if (from->cls->clone == NULL) {
		zend_throw_error(NULL, "Trying to clone an uncloneable object of class %s", ZSTR_VAL(old->ce->name));
		return obj;
	}
	zend_objects_clone_members(obj, old);
	if (EG(exception) == NULL && from->handle != 0 &&
		phx_method_invoke(from->cls->clone, from->handle, 0, NULL, &handle)) {
		phx_object_of(obj)->handle = (uint64_t) Z_LVAL(handle);
	}
	return obj;
}

/* The standard handler knows only objects that the standard handler has made. */
static zend_object *phx_clone_record(zend_object *old)
{
	zend_object *obj = phx_create_object(old->ce);

	zend_objects_clone_members(obj, old);
	return obj;
}

static int phx_compare(zval *a, zval *b)
{
	ZEND_COMPARE_OBJECTS_FALLBACK(a, b);
	if (Z_OBJ_P(a) == Z_OBJ_P(b)) {
		return 0;
	}
	if (Z_OBJ_HT_P(b) == &phx_handlers &&
		phx_component_same(phx_object_of(Z_OBJ_P(a))->handle, phx_object_of(Z_OBJ_P(b))->handle)) {
		return 0;
	}
	return ZEND_UNCOMPARABLE;
}

static HashTable *phx_get_gc(zend_object *obj, zval **table, int *n)
{
	phx_object *o = phx_object_of(obj);
	zend_get_gc_buffer *buffer = zend_get_gc_buffer_create();

	if (o->step != NULL) {
		zend_get_gc_buffer_add_zval(buffer, &o->step[0]);
		zend_get_gc_buffer_add_zval(buffer, &o->step[1]);
	}
	for (int i = 0; i < obj->ce->default_properties_count; i++) {
		zend_get_gc_buffer_add_zval(buffer, &obj->properties_table[i]);
	}
	zend_get_gc_buffer_use(buffer, table, n);
	return obj->properties;
}

/* ---- properties: each access crosses ---- */

static bool phx_has_value(const phx_object *o)
{
	if (o->handle == 0) {
		zend_throw_error(NULL, "The constructor of %s has not run", o->cls->name);
	}
	return o->handle != 0;
}

static zval *phx_read_property(zend_object *obj, zend_string *name, int type, void **cache, zval *rv)
{
	phx_object *o = phx_object_of(obj);
	phx_prop *p = phx_property_of(o, name);

	if (p == NULL) {
		return zend_std_read_property(obj, name, type, cache, rv);
	}
	if (type == BP_VAR_W || type == BP_VAR_RW || type == BP_VAR_UNSET) {
		zend_throw_error(NULL, "Cannot change %s::$%s in place: its value is a copy of Go's; assign a new one",
			o->cls->name, ZSTR_VAL(name));
		return &EG(uninitialized_zval);
	}
	if (!phx_has_value(o) || !phx_method_invoke(p->get, o->handle, 0, NULL, rv)) {
		return &EG(uninitialized_zval);
	}
	return rv;
}

static zval *phx_write_property(zend_object *obj, zend_string *name, zval *value, void **cache)
{
	phx_object *o = phx_object_of(obj);
	phx_prop *p = phx_property_of(o, name);
	zval arg, parsed, nothing;

	if (p == NULL) {
		return zend_std_write_property(obj, name, value, cache);
	}
	if (p->set == NULL) {
		zend_throw_error(NULL, "Cannot modify readonly property %s::$%s", o->cls->name, ZSTR_VAL(name));
		return &EG(error_zval);
	}
	ZVAL_COPY_DEREF(&arg, value); /* a weak conversion may change it */
	if (!phx_has_value(o)) {
		zval_ptr_dtor(&arg);
		return &EG(error_zval);
	}
	if (!phx_parse_argument(
			&p->type, &arg, PHX_NO_ARGUMENT, ZEND_CALL_USES_STRICT_TYPES(EG(current_execute_data)), &parsed)) {
		if (EG(exception) == NULL) {
			zend_property_info *info = zend_hash_find_ptr(&o->cls->ce->properties_info, name);
			zend_string *type = zend_type_to_string(info->type);
			zend_type_error("Cannot assign %s to property %s::$%s of type %s", zend_zval_value_name(value),
				o->cls->name, ZSTR_VAL(name), ZSTR_VAL(type));
			zend_string_release(type);
		}
	} else if (phx_method_invoke(p->set, o->handle, 1, &parsed, &nothing)) {
		zval_ptr_dtor(&nothing);
	}
	zval_ptr_dtor(&arg);
	return EG(exception) ? &EG(error_zval) : value;
}

static int phx_has_property(zend_object *obj, zend_string *name, int check, void **cache)
{
	phx_object *o = phx_object_of(obj);
	phx_prop *p = phx_property_of(o, name);
	zval value;

	if (p == NULL) {
		return zend_std_has_property(obj, name, check, cache);
	}
	if (check == ZEND_PROPERTY_EXISTS) {
		return 1;
	}
	if (o->handle == 0 || !phx_method_invoke(p->get, o->handle, 0, NULL, &value)) {
		return 0;
	}
	int has = check == ZEND_PROPERTY_NOT_EMPTY ? zend_is_true(&value) : Z_TYPE(value) != IS_NULL;
	zval_ptr_dtor(&value);
	return has;
}

static void phx_unset_property(zend_object *obj, zend_string *name, void **cache)
{
	phx_object *o = phx_object_of(obj);

	if (phx_property_of(o, name) == NULL) {
		zend_std_unset_property(obj, name, cache);
		return;
	}
	zend_throw_error(NULL, "Cannot unset %s::$%s", o->cls->name, ZSTR_VAL(name));
}

static zval *phx_get_property_ptr(zend_object *obj, zend_string *name, int type, void **cache)
{
	if (phx_property_of(phx_object_of(obj), name) != NULL) {
		return NULL; /* read_property and write_property serve it */
	}
	return zend_std_get_property_ptr_ptr(obj, name, type, cache);
}

/* var_dump(), (array), var_export(), json_encode(): PHP's own properties, then Go's. */
static HashTable *phx_get_properties_for(zend_object *obj, zend_prop_purpose purpose)
{
	phx_object *o = phx_object_of(obj);

	if (o->cls->property_count == 0 || o->handle == 0 || EG(exception) != NULL) {
		return zend_std_get_properties_for(obj, purpose);
	}
	HashTable *all = zend_array_dup(zend_std_get_properties(obj));
	for (uint32_t i = 0; i < o->cls->property_count; i++) {
		phx_prop *p = &o->cls->properties[i];
		zval value;
		if (!phx_method_invoke(p->get, o->handle, 0, NULL, &value)) {
			break;
		}
		zend_hash_update(all, p->name, &value);
	}
	return all;
}

/* ---- methods ---- */

static ZEND_FUNCTION(phx_method)
{
	phx_method *m = EX(func)->internal_function.reserved[phx_resource];
	zend_object *obj = Z_TYPE(EX(This)) == IS_OBJECT ? Z_OBJ(EX(This)) : NULL;

	if (UNEXPECTED(EX_CALL_INFO() & ZEND_CALL_HAS_EXTRA_NAMED_PARAMS)) {
		zend_throw_error(NULL, "%s::%s() does not take unknown named parameters", m->cls->name, m->name);
		RETURN_THROWS();
	}
	phx_method_call(m, obj, ZEND_NUM_ARGS(), ZEND_CALL_ARG(execute_data, 1), return_value);
}

/* The constructor of a value object: its parameters are the properties. */
static ZEND_FUNCTION(phx_record_construct)
{
	zend_object *obj = Z_OBJ_P(ZEND_THIS);
	const phx_class *cls = phx_object_of(obj)->cls;
	uint32_t argc = ZEND_NUM_ARGS();

	if (argc != cls->property_count) {
		zend_wrong_parameters_count_error(cls->property_count, cls->property_count);
		RETURN_THROWS();
	}
	for (uint32_t i = 0; i < argc; i++) {
		zval parsed;
		if (!phx_parse_argument(&cls->properties[i].type, ZEND_CALL_ARG(execute_data, i + 1), i + 1,
				ZEND_ARG_USES_STRICT_TYPES(), &parsed)) {
			RETURN_THROWS();
		}
		if (cls->properties[i].type.kind == PHX_DATE && Z_TYPE(parsed) == IS_OBJECT &&
			!instanceof_function(Z_OBJCE(parsed), php_date_get_immutable_ce())) {
			zend_argument_type_error(i + 1, "must be of type DateTimeImmutable, %s given",
				zend_zval_value_name(&parsed)); /* it is kept as it is */
			RETURN_THROWS();
		}
		if (Z_TYPE_P(OBJ_PROP_NUM(obj, i)) != IS_UNDEF) {
			zend_throw_error(
				NULL, "Cannot modify readonly property %s::$%s", cls->name, ZSTR_VAL(cls->properties[i].name));
			RETURN_THROWS();
		}
		ZVAL_COPY(OBJ_PROP_NUM(obj, i), &parsed);
	}
}

/* ---- sequences: PHP's Iterator ---- */

static bool phx_sequence_advance(phx_object *o)
{
	zval pair;

	phx_free_step(o);
	if (o->handle == 0) {
		return true;
	}
	if (!phx_method_invoke(o->waits ? o->cls->step_wait : o->cls->step, o->handle, 0, NULL, &pair)) {
		return false;
	}
	if (Z_TYPE(pair) == IS_ARRAY && zend_hash_num_elements(Z_ARRVAL(pair)) == 2) {
		o->step = safe_emalloc(2, sizeof(zval), 0);
		ZVAL_COPY(&o->step[0], zend_hash_index_find(Z_ARRVAL(pair), 0));
		ZVAL_COPY(&o->step[1], zend_hash_index_find(Z_ARRVAL(pair), 1));
	}
	zval_ptr_dtor(&pair);
	return true;
}

static phx_object *phx_sequence_at(zend_execute_data *execute_data)
{
	phx_object *o = phx_object_of(Z_OBJ_P(ZEND_THIS));

	if (!o->started) {
		o->started = true;
		phx_sequence_advance(o);
	}
	return o;
}

static ZEND_FUNCTION(phx_sequence_rewind)
{
	ZEND_PARSE_PARAMETERS_NONE();
	phx_object *o = phx_sequence_at(execute_data);
	if (EG(exception) == NULL && o->index > 0) {
		zend_throw_exception(NULL, "A sequence goes forward once: ask for a new one", 0);
	}
}

static ZEND_FUNCTION(phx_sequence_valid)
{
	ZEND_PARSE_PARAMETERS_NONE();
	RETURN_BOOL(phx_sequence_at(execute_data)->step != NULL);
}

static ZEND_FUNCTION(phx_sequence_key)
{
	ZEND_PARSE_PARAMETERS_NONE();
	phx_object *o = phx_sequence_at(execute_data);
	if (o->step != NULL) {
		RETURN_COPY(&o->step[0]);
	}
}

static ZEND_FUNCTION(phx_sequence_current)
{
	ZEND_PARSE_PARAMETERS_NONE();
	phx_object *o = phx_sequence_at(execute_data);
	if (o->step != NULL) {
		RETURN_COPY(&o->step[1]);
	}
}

static ZEND_FUNCTION(phx_sequence_next)
{
	ZEND_PARSE_PARAMETERS_NONE();
	phx_object *o = phx_sequence_at(execute_data);
	if (EG(exception) == NULL && o->step != NULL) {
		o->index++;
		phx_sequence_advance(o);
	}
}

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_sequence_void, 0, 0, IS_VOID, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_sequence_bool, 0, 0, _IS_BOOL, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_sequence_mixed, 0, 0, IS_MIXED, 0)
ZEND_END_ARG_INFO()

static const zend_function_entry phx_sequence_functions[] = {
	{"current", ZEND_FN(phx_sequence_current), arginfo_sequence_mixed, 0, ZEND_ACC_PUBLIC, NULL, NULL},
	{"key", ZEND_FN(phx_sequence_key), arginfo_sequence_mixed, 0, ZEND_ACC_PUBLIC, NULL, NULL},
	{"next", ZEND_FN(phx_sequence_next), arginfo_sequence_void, 0, ZEND_ACC_PUBLIC, NULL, NULL},
	{"rewind", ZEND_FN(phx_sequence_rewind), arginfo_sequence_void, 0, ZEND_ACC_PUBLIC, NULL, NULL},
	{"valid", ZEND_FN(phx_sequence_valid), arginfo_sequence_bool, 0, ZEND_ACC_PUBLIC, NULL, NULL},
	{NULL, NULL, NULL, 0, 0, NULL, NULL},
};

/* ---- the wire's objects ---- */

phx_wire_status phx_component_write(phx_writer *w, zval *value)
{
	zend_object *obj = Z_OBJ_P(value);
	phx_buffer *b = w->out;
	char head[16];

	if (obj->ce->ce_flags & ZEND_ACC_ENUM) {
		const phx_class *cls = obj->ce->type == ZEND_INTERNAL_CLASS ? phx_class_of(obj->ce) : NULL;
		zend_string *name = Z_STR_P(zend_enum_fetch_case_name(obj));
		if (cls == NULL) {
			if (obj->ce->enum_backing_type == IS_UNDEF) {
				w->offending = value;
				return PHX_WIRE_NO_TYPE;
			}
			return phx_write(w, zend_enum_fetch_case_value(obj)); /* one of PHP's own is its value */
		}
		for (uint32_t i = 0; i < cls->case_count; i++) {
			if (zend_string_equals(cls->cases[i], name)) {
				head[0] = PHX_TAG_ENUM;
				memcpy(head + 1, &cls->id, 4);
				memcpy(head + 5, &i, 4);
				memcpy(b->data + b->len, head, 9);
				b->len += 9;
				return PHX_WIRE_OK;
			}
		}
	}
	if (obj->handlers == &phx_handlers && phx_object_of(obj)->handle != 0) {
		phx_object *o = phx_object_of(obj);
		head[0] = PHX_TAG_OBJECT;
		memcpy(head + 1, &o->cls->id, 4);
		memcpy(head + 5, &o->handle, 8);
		memcpy(b->data + b->len, head, 13);
		b->len += 13;
		return PHX_WIRE_OK;
	}
	if (obj->handlers == &phx_record_handlers) {
		const phx_class *cls = phx_object_of(obj)->cls;
		if (w->depth == 0) {
			return PHX_WIRE_TOO_DEEP;
		}
		w->depth--;
		head[0] = PHX_TAG_RECORD;
		memcpy(head + 1, &cls->id, 4);
		memcpy(head + 5, &cls->property_count, 4);
		memcpy(b->data + b->len, head, 9);
		b->len += 9;
		for (uint32_t i = 0; i < cls->property_count; i++) {
			phx_wire_status st = phx_write(w, OBJ_PROP_NUM(obj, i));
			if (st != PHX_WIRE_OK) {
				return st;
			}
		}
		w->depth++;
		return PHX_WIRE_OK;
	}
	w->offending = value;
	return PHX_WIRE_NO_TYPE;
}

static bool phx_read_record(phx_reader *r, const phx_class *cls, zval *value)
{
	uint32_t n;

	if (!phx_read_u32(r, &n) || n != cls->property_count || r->depth == 0) {
		return false;
	}
	r->depth--;
	object_init_ex(value, cls->ce);
	for (uint32_t i = 0; i < n; i++) {
		zval item;
		if (!phx_read(r, &item)) {
			zval_ptr_dtor(value);
			return false;
		}
		ZVAL_COPY_VALUE(OBJ_PROP_NUM(Z_OBJ_P(value), i), &item);
	}
	r->depth++;
	return true;
}

bool phx_component_read(phx_reader *r, unsigned char tag, zval *value)
{
	uint32_t id, index;
	uint64_t handle;

	if (tag != PHX_TAG_OBJECT && tag != PHX_TAG_RECORD && tag != PHX_TAG_ENUM) {
		return false;
	}
	if (!phx_read_u32(r, &id) || id >= phx_class_count) {
		return false;
	}
	const phx_class *cls = &phx_classes[id];
	switch (tag) {
		case PHX_TAG_OBJECT:
			if (cls->kind != PHX_COMPONENT || !phx_read_u64(r, &handle)) {
				return false;
			}
			phx_component_box(value, cls, handle);
			return true;
		case PHX_TAG_RECORD:
			return cls->kind == PHX_RECORD && phx_read_record(r, cls, value);
		default:
			if (cls->kind != PHX_ENUM || !phx_read_u32(r, &index) || index >= cls->case_count) {
				return false;
			}
			ZVAL_OBJ_COPY(value, zend_enum_get_case(cls->ce, cls->cases[index]));
			return true;
	}
}

/* ---- registration ---- */

/* Reads the registry's schema, which Go made in this process: what is short is a bug, and stops. */
static void phx_need(bool good)
{
	if (!good) {
		zend_error_noreturn(E_CORE_ERROR, "phalanx: the schema of the components cannot be read");
	}
}

static uint32_t phx_schema_num(phx_reader *r)
{
	uint32_t n = 0;
	phx_need(phx_read_u32(r, &n));
	return n;
}

/* "" is NULL. Kept for ever, like the classes. */
static char *phx_schema_text(phx_reader *r)
{
	const char *data;
	size_t len;

	phx_need(phx_read_bytes(r, &data, &len));
	if (len == 0) {
		return NULL;
	}
	char *text = pemalloc(len + 1, 1);
	memcpy(text, data, len);
	text[len] = 0;
	return text;
}

/* Types that name a class, until all classes are known. */
static phx_type **phx_named_types;
static size_t phx_named_count;

static void phx_schema_type(phx_reader *r, phx_type *type)
{
	type->kind = phx_schema_num(r);
	type->nullable = phx_schema_num(r) != 0;
	type->class_name = phx_schema_text(r);
	if (type->class_name != NULL) {
		phx_named_types = perealloc(phx_named_types, sizeof(*phx_named_types) * (phx_named_count + 1), 1);
		phx_named_types[phx_named_count++] = type;
	}
}

static void phx_resolve_types(void)
{
	for (size_t i = 0; i < phx_named_count; i++) {
		for (uint32_t k = 0; k < phx_class_count; k++) {
			if (strcmp(phx_classes[k].name, phx_named_types[i]->class_name) == 0) {
				phx_named_types[i]->cls = &phx_classes[k];
			}
		}
		phx_need(phx_named_types[i]->cls != NULL);
	}
	pefree(phx_named_types, 1);
	phx_named_types = NULL;
}

static phx_method *phx_schema_method(phx_reader *r, phx_class *cls)
{
	phx_method *m = pecalloc(1, sizeof(*m), 1);

	m->cls = cls;
	m->name = phx_schema_text(r);
	m->doc = phx_schema_text(r);
	m->id = phx_schema_num(r);
	m->flags = phx_schema_num(r);
	phx_schema_type(r, &m->result);
	m->fast = phx_schema_num(r);
	m->required = phx_schema_num(r);
	m->count = phx_schema_num(r);
	m->params = pecalloc(m->count + 1, sizeof(*m->params), 1);
	for (uint32_t i = 0; i < m->count; i++) {
		phx_param *p = &m->params[i];
		p->name = phx_schema_text(r);
		phx_schema_type(r, &p->type);
		p->flags = phx_schema_num(r);
		p->default_value = phx_schema_text(r);
	}
	return m;
}

static phx_method *phx_schema_optional_method(phx_reader *r, phx_class *cls)
{
	return phx_schema_num(r) ? phx_schema_method(r, cls) : NULL;
}

static zend_type phx_arg_type(const phx_type *t, bool result, bool variadic)
{
	uint32_t flags = _ZEND_ARG_INFO_FLAGS(0, variadic, 0);
	uint8_t code;

	switch (t->kind) {
		case PHX_VOID:
			return (zend_type) ZEND_TYPE_INIT_CODE(IS_VOID, 0, flags);
		case PHX_MIXED:
		case PHX_HELD:
			return (zend_type) ZEND_TYPE_INIT_CODE(IS_MIXED, 0, flags);
		case PHX_BOOL:
			code = _IS_BOOL;
			break;
		case PHX_INT:
			code = IS_LONG;
			break;
		case PHX_FLOAT:
			code = IS_DOUBLE;
			break;
		case PHX_STRING:
			code = IS_STRING;
			break;
		case PHX_LIST:
		case PHX_DICT:
		case PHX_STRUCT:
			code = IS_ARRAY;
			break;
		case PHX_CALLABLE:
			code = IS_CALLABLE;
			break;
		case PHX_DATE:
			return (zend_type) ZEND_TYPE_INIT_CLASS_CONST(
				result ? "DateTimeImmutable" : "DateTimeInterface", t->nullable, flags);
		default:
			if (t->class_name != NULL) {
				return (zend_type) ZEND_TYPE_INIT_CLASS_CONST(t->class_name, t->nullable, flags);
			}
			code = IS_OBJECT;
	}
	return (zend_type) ZEND_TYPE_INIT_CODE(code, t->nullable, flags);
}

/* A property's type; its class is named by a string of its own. */
static zend_type phx_property_type(const phx_type *t)
{
	zend_type type = phx_arg_type(t, true, false);

	if (ZEND_TYPE_HAS_LITERAL_NAME(type)) {
		const char *name = ZEND_TYPE_LITERAL_NAME(type);
		zend_string *text = zend_string_init_interned(name, strlen(name), 1);
		type = (zend_type) ZEND_TYPE_INIT_CLASS(text, t->nullable, 0);
	}
	return type;
}

static zend_internal_arg_info *phx_arg_infos(
	const phx_param *params, uint32_t count, uint32_t required, const phx_type *result, bool exact)
{
	zend_internal_arg_info *infos = pecalloc(count + 1, sizeof(*infos), 1);

	infos[0].name = (const char *) (uintptr_t) required;
	if (result != NULL) {
		infos[0].type = phx_arg_type(result, true, false);
	} else {
		infos[0].type = (zend_type) ZEND_TYPE_INIT_NONE(0);
	}
	for (uint32_t i = 0; i < count; i++) {
		infos[i + 1].name = params[i].name;
		infos[i + 1].type = phx_arg_type(&params[i].type, exact, params[i].flags & PHX_VARIADIC);
		infos[i + 1].default_value = params[i].default_value;
	}
	return infos;
}

static void phx_schema_cases(phx_reader *r, phx_class *cls, uint32_t backing)
{
	cls->case_count = phx_schema_num(r);
	if (cls->kind != PHX_ENUM) {
		return;
	}
	cls->ce = zend_register_internal_enum(cls->name, backing == PHX_INT ? IS_LONG : IS_STRING, NULL);
	cls->cases = pecalloc(cls->case_count, sizeof(*cls->cases), 1);
	for (uint32_t i = 0; i < cls->case_count; i++) {
		char *name = phx_schema_text(r);
		zval value;
		phx_need(name != NULL && phx_read(r, &value));
		if (Z_TYPE(value) == IS_STRING) {
			zend_string *persistent = zend_string_init_interned(Z_STRVAL(value), Z_STRLEN(value), 1);
			zval_ptr_dtor(&value);
			ZVAL_STR(&value, persistent);
		}
		cls->cases[i] = zend_string_init_interned(name, strlen(name), 1);
		zend_enum_add_case(cls->ce, cls->cases[i], &value);
	}
	if (cls->doc) {
		cls->ce->doc_comment = zend_string_init_interned(cls->doc, strlen(cls->doc), 1);
	}
}

typedef struct {
	char *name, *doc;
	zval value;
} phx_constant;

static phx_constant *phx_schema_constants(phx_reader *r, uint32_t *count)
{
	*count = phx_schema_num(r);
	phx_constant *list = pecalloc(*count + 1, sizeof(*list), 1);
	for (uint32_t i = 0; i < *count; i++) {
		list[i].name = phx_schema_text(r);
		phx_need(list[i].name != NULL && phx_read(r, &list[i].value));
		if (Z_TYPE(list[i].value) == IS_STRING) {
			zend_string *persistent = zend_string_init_interned(Z_STRVAL(list[i].value), Z_STRLEN(list[i].value), 1);
			zval_ptr_dtor(&list[i].value);
			ZVAL_STR(&list[i].value, persistent);
		}
		list[i].doc = phx_schema_text(r);
	}
	return list;
}

static void phx_declare_constants(zend_class_entry *ce, phx_constant *list, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		zend_string *name = zend_string_init_interned(list[i].name, strlen(list[i].name), 1);
		zend_string *doc = list[i].doc ? zend_string_init_interned(list[i].doc, strlen(list[i].doc), 1) : NULL;
		uint8_t type = Z_TYPE(list[i].value);
		if (type == IS_TRUE || type == IS_FALSE) {
			type = _IS_BOOL;
		}
		zend_declare_typed_class_constant(
			ce, name, &list[i].value, ZEND_ACC_PUBLIC, doc, (zend_type) ZEND_TYPE_INIT_CODE(type, 0, 0));
	}
	pefree(list, 1);
}

static void phx_declare_properties(phx_class *cls)
{
	for (uint32_t i = 0; i < cls->property_count; i++) {
		phx_prop *p = &cls->properties[i];
		zval unset;
		ZVAL_UNDEF(&unset);
		zend_string *doc = p->doc ? zend_string_init_interned(p->doc, strlen(p->doc), 1) : NULL;
		int flags = ZEND_ACC_PUBLIC | (cls->kind == PHX_RECORD ? ZEND_ACC_READONLY : 0);
		if (cls->kind == PHX_COMPONENT && p->set == NULL) {
			flags |= ZEND_ACC_READONLY;
		}
		zend_declare_typed_property(cls->ce, p->name, &unset, flags, doc, phx_property_type(&p->type));
		zend_hash_add_ptr(&cls->by_name, p->name, p);
	}
}

static void phx_set_interfaces(phx_class *cls)
{
	zend_class_entry *ce = cls->ce;

	if (cls->flags & PHX_COUNTABLE) {
		zend_class_implements(ce, 1, zend_ce_countable);
	}
	if (cls->flags & PHX_ARRAY_ACCESS) {
		zend_class_implements(ce, 1, zend_ce_arrayaccess);
	}
	if (cls->flags & PHX_JSON) {
		zend_class_implements(ce, 1, php_json_serializable_ce);
	}
	if (cls->flags & PHX_AGGREGATE) {
		zend_class_implements(ce, 1, zend_ce_aggregate);
	}
	if (cls->flags & PHX_SEQUENCES) {
		zend_class_implements(ce, 1, zend_ce_iterator);
	}
}

/* Each method's function remembers what it is of. Classes that extend ours copy the functions whole. */
static void phx_bind_methods(phx_class *cls, phx_method **methods, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		zend_string *lower = zend_string_init(methods[i]->name, strlen(methods[i]->name), 0);
		zend_string *key = zend_string_tolower(lower);
		zend_function *fn = zend_hash_find_ptr(&cls->ce->function_table, key);
		if (fn != NULL) {
			fn->internal_function.reserved[phx_resource] = methods[i];
		}
		zend_string_release(key);
		zend_string_release(lower);
	}
}

static void phx_function_entries(
	const phx_class *cls, phx_method **methods, uint32_t count, zend_function_entry *entries)
{
	for (uint32_t i = 0; i < count; i++) {
		phx_method *m = methods[i];
		bool constructor = m == cls->constructor;
		entries[i].fname = m->name;
		entries[i].handler = ZEND_FN(phx_method);
		entries[i].arg_info = phx_arg_infos(m->params, m->count, m->required, constructor ? NULL : &m->result, false);
		entries[i].num_args = m->count;
		entries[i].flags = ZEND_ACC_PUBLIC | (m->flags & PHX_STATIC && !constructor ? ZEND_ACC_STATIC : 0);
		entries[i].doc_comment = m->doc;
	}
}

static zend_function_entry *phx_record_entries(phx_class *cls)
{
	zend_function_entry *entries = pecalloc(2, sizeof(*entries), 1);
	phx_param *params = pecalloc(cls->property_count + 1, sizeof(*params), 1);

	for (uint32_t i = 0; i < cls->property_count; i++) {
		params[i].name = ZSTR_VAL(cls->properties[i].name);
		params[i].type = cls->properties[i].type;
	}
	entries[0].fname = "__construct";
	entries[0].handler = ZEND_FN(phx_record_construct);
	entries[0].arg_info = phx_arg_infos(params, cls->property_count, cls->property_count, NULL, true);
	entries[0].num_args = cls->property_count;
	entries[0].flags = ZEND_ACC_PUBLIC;
	return entries;
}

static void phx_register_class(phx_class *cls, phx_method **methods, uint32_t count)
{
	zend_function_entry *entries;
	zend_class_entry tmp;

	if (cls->kind == PHX_RECORD) {
		entries = phx_record_entries(cls);
	} else if (cls->flags & PHX_SEQUENCES) {
		entries = (zend_function_entry *) phx_sequence_functions;
	} else {
		entries = pecalloc(count + 1, sizeof(*entries), 1);
		phx_function_entries(cls, methods, count, entries);
	}
	INIT_CLASS_ENTRY_EX(tmp, cls->name, strlen(cls->name), entries);
	uint32_t flags = ZEND_ACC_NO_DYNAMIC_PROPERTIES;
	if (cls->kind == PHX_RECORD) {
		flags |= ZEND_ACC_FINAL | ZEND_ACC_READONLY_CLASS;
	} else if (!(cls->flags & PHX_SERIALIZABLE)) {
		flags |= ZEND_ACC_NOT_SERIALIZABLE;
	}
	if (cls->flags & PHX_SEQUENCES) {
		flags |= ZEND_ACC_FINAL;
	}
	cls->ce = zend_register_internal_class_with_flags(&tmp, NULL, flags);
	cls->ce->create_object = phx_create_object;
	cls->ce->default_object_handlers = cls->kind == PHX_RECORD ? &phx_record_handlers : &phx_handlers;
	if (cls->doc) {
		cls->ce->doc_comment = zend_string_init_interned(cls->doc, strlen(cls->doc), 1);
	}
	if (cls->kind == PHX_COMPONENT && !(cls->flags & PHX_SEQUENCES)) {
		phx_bind_methods(cls, methods, count);
	}
	phx_declare_properties(cls);
	phx_set_interfaces(cls);
}

static void phx_schema_class(phx_reader *r, phx_class *cls, uint32_t id)
{
	cls->id = id;
	cls->name = phx_schema_text(r);
	cls->doc = phx_schema_text(r);
	cls->kind = phx_schema_num(r);
	cls->flags = phx_schema_num(r);
	uint32_t backing = phx_schema_num(r);
	phx_schema_cases(r, cls, backing);

	uint32_t constants, methods;
	phx_constant *list = phx_schema_constants(r, &constants);
	cls->property_count = phx_schema_num(r);
	cls->properties = pecalloc(cls->property_count + 1, sizeof(*cls->properties), 1);
	zend_hash_init(&cls->by_name, 8, NULL, NULL, 1);
	for (uint32_t i = 0; i < cls->property_count; i++) {
		phx_prop *p = &cls->properties[i];
		char *name = phx_schema_text(r);
		p->name = zend_string_init_interned(name, strlen(name), 1);
		pefree(name, 1);
		phx_schema_type(r, &p->type);
		p->doc = phx_schema_text(r);
		p->get = phx_schema_optional_method(r, cls);
		p->set = phx_schema_optional_method(r, cls);
	}
	cls->constructor = phx_schema_optional_method(r, cls);
	cls->clone = phx_schema_optional_method(r, cls);
	cls->step = phx_schema_optional_method(r, cls);
	cls->step_wait = phx_schema_optional_method(r, cls);
	methods = phx_schema_num(r);
	phx_method **all = pecalloc(methods + 2, sizeof(*all), 1);
	uint32_t count = 0;
	if (cls->constructor != NULL) {
		all[count++] = cls->constructor;
	}
	for (uint32_t i = 0; i < methods; i++) {
		all[count++] = phx_schema_method(r, cls);
	}
	if (cls->kind != PHX_ENUM) {
		phx_register_class(cls, all, count);
	}
	phx_declare_constants(cls->ce, list, constants);
	zend_hash_index_add_ptr(&phx_class_by_entry, (zend_ulong) (uintptr_t) cls->ce, cls);
	pefree(all, 1);
}

void phx_components_register(int resource)
{
	size_t len = 0;
	char *schema = phx_component_schema(&len);
	phx_reader r;

	phx_resource = resource;
	memcpy(&phx_handlers, &std_object_handlers, sizeof(phx_handlers));
	phx_handlers.offset = XtOffsetOf(phx_object, std);
	phx_record_handlers = phx_handlers;
	phx_record_handlers.clone_obj = phx_clone_record;
	phx_handlers.free_obj = phx_free_object;
	phx_handlers.get_constructor = phx_get_constructor;
	phx_handlers.clone_obj = phx_clone_object;
	phx_handlers.compare = phx_compare;
	phx_handlers.get_gc = phx_get_gc;
	phx_handlers.read_property = phx_read_property;
	phx_handlers.write_property = phx_write_property;
	phx_handlers.has_property = phx_has_property;
	phx_handlers.unset_property = phx_unset_property;
	phx_handlers.get_property_ptr_ptr = phx_get_property_ptr;
	phx_handlers.get_properties_for = phx_get_properties_for;

	phx_reader_init(&r, schema, len);
	phx_class_count = phx_schema_num(&r);
	phx_classes = pecalloc(phx_class_count + 1, sizeof(*phx_classes), 1);
	zend_hash_init(&phx_class_by_entry, phx_class_count, NULL, NULL, 1);
	for (uint32_t i = 0; i < phx_class_count; i++) {
		phx_schema_class(&r, &phx_classes[i], i);
	}
	phx_resolve_types();
	phx_reader_release(&r);
	free(schema);
}
