package cli

// #include "cli.h"
import "C"

import "golang.org/x/sys/unix"

// HandBackSignal puts the handler of Go's runtime back in the place of the script's. From then on os/signal hears of the signal.
func HandBackSignal(sig unix.Signal) { C.phx_signals_hand_back(C.int(sig)) }
