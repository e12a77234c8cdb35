package cmd

import (
	"fmt"
	"os"

	"github.com/phalanx-php/phalanx/bridge/watch"
)

// watchApp is "phalanx watch APP.php": development mode. It answers the exit status.
func watchApp(args []string) int {
	binary, err := os.Executable()
	if err != nil {
		fmt.Fprintln(os.Stderr, "phalanx watch:", err)
		return 70
	}
	return watch.Main(binary, args)
}
