package cmd

import (
	"bytes"
	"flag"
	"fmt"
	"os"

	"github.com/phalanx-php/phalanx/bridge/ext"
)

// stubs is "phalanx stubs [--out FILE]": the classes of this binary's components as PHP source, for editors and
// analysers. It answers the exit status.
func stubs(args []string) int {
	flags := flag.NewFlagSet("phalanx stubs", flag.ContinueOnError)
	out := flags.String("out", "", "the `file` to write; standard output without it")
	if err := flags.Parse(args); err != nil {
		return 64
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "phalanx stubs: %s is too much: the one option is --out FILE\n", flags.Arg(0))
		return 64
	}
	var b bytes.Buffer
	err := ext.Components.WriteStubs(&b)
	if err == nil && *out == "" {
		_, err = os.Stdout.Write(b.Bytes())
	} else if err == nil {
		err = os.WriteFile(*out, b.Bytes(), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "phalanx stubs:", err)
		return 74
	}
	return 0
}
