/* The extension's sources, compiled by cgo: stamp.h tells the go command when they changed. */
#if __has_include("stamp.h")
#include "stamp.h"
#endif
#include "../../php-ext/phalanx.c"
#include "../../php-ext/loop.c"
#include "../../php-ext/conn.c"
#include "../../php-ext/io.c"
#include "../../php-ext/fiber.c"
#include "../../php-ext/http.c"
#include "../../php-ext/connect.c"
#include "../../php-ext/session.c"
#include "../../php-ext/slot.c"
#include "../../php-ext/tls.c"
#include "../../php-ext/handover.c"
#include "../../php-ext/blocking.c"
#include "../../php-ext/hub.c"
#include "../../php-ext/wire.c"
#include "../../php-ext/component.c"
#include "../../php-ext/call.c"
#include "../../php-ext/async.c"
#include "../../php-ext/vitals.c"
#include "../../php-ext/stack.c"
#include "../../php-ext/phalcon.c"
#include "../../php-ext/request.c"
#include "../../php-ext/session_lock.c"
#include "../../php-ext/state.c"
#if __has_include("../../php-ext/supervisor.c")
#include "../../php-ext/supervisor.c"
#endif
#if __has_include("../../php-ext/autoload.c")
#include "../../php-ext/autoload.c"
#endif
