package host

// #include "host.h"
import "C"

// Web gives PHP under Caddy this binary's defaults of php.ini. Files and the Caddyfile's php_ini
// directive are stronger.
func Web() { C.phx_web_setup() }
