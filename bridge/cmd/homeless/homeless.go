// Package homeless keeps Caddy from complaining at each start of a process without HOME, as cron and systemd make them.
// Caddy looks for its folder of settings while its package is initialised, whatever the process is for, and writes a line of
// JSON to standard error when there is none. For that moment the answer is the one that Caddy falls back to.
//
// Packages that are ready are initialised in the order of their import paths: this one, which needs next to nothing, comes before
// Caddy's, which need packages that sort behind it. TestNoHome of tests/cli says whether it still does.
package homeless

import "os"

const config = "XDG_CONFIG_HOME"

var lent = lend()

func lend() bool {
	if os.Getenv("HOME") != "" || os.Getenv(config) != "" {
		return false
	}
	return os.Setenv(config, ".") == nil
}

// Main gives the environment back, before anybody reads it.
func Main() {
	if lent {
		_ = os.Unsetenv(config)
	}
}
