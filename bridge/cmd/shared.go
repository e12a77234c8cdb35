package cmd

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/phalanx-php/phalanx/goengine/shared"
)

// listShared is "phalanx shared FILE [--json]": what the processes of a running server share. It answers the exit status.
func listShared(args []string) int {
	flags := flag.NewFlagSet("phalanx shared", flag.ContinueOnError)
	asJSON := flags.Bool("json", false, "print JSON")
	var server string
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		server, args = args[0], args[1:]
	}
	if err := flags.Parse(args); err != nil {
		return 64
	}
	if server == "" && flags.NArg() == 1 {
		server = flags.Arg(0)
	}
	if server == "" {
		fmt.Fprintln(os.Stderr, "phalanx shared: name the start file of a running server: phalanx shared app.php [--json]")
		return 64
	}
	processes, err := shared.Processes(server)
	if err == nil && *asJSON {
		err = json.NewEncoder(os.Stdout).Encode(processes)
	} else if err == nil {
		printShared(processes)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "phalanx shared:", err)
		return 69
	}
	return 0
}

func printShared(processes []shared.Process) {
	for _, p := range processes {
		fmt.Printf("process %d (pid %d)\n", p.Process, p.PID)
		for _, in := range p.Instances {
			fmt.Printf("  %-13s %-24q", in.Kind, in.Name)
			for _, f := range in.Figures {
				fmt.Printf(" %s %d", f.Name, f.Value)
			}
			fmt.Println()
		}
		if len(p.Instances) == 0 {
			fmt.Println("  nothing is shared")
		}
	}
}
