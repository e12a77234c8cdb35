package cmd

import (
	"fmt"
	"os"

	"github.com/phalanx-php/phalanx/bridge/scaffold"
)

// newApp is "phalanx new NAME": an application to begin with. It answers the exit status.
func newApp(args []string) int {
	binary, err := os.Executable()
	if err != nil {
		fmt.Fprintln(os.Stderr, "phalanx new:", err)
		return 70
	}
	return scaffold.Main(binary, args)
}
