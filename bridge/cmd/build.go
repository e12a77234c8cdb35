package cmd

import (
	"flag"
	"fmt"
	"os"

	"github.com/phalanx-php/phalanx/bridge/build"
)

// buildBinary is "phalanx build --with MODULE[@VERSION][=PATH] --output FILE". It answers the exit status.
func buildBinary(args []string) int {
	var o build.Options
	flags := flag.NewFlagSet("phalanx build", flag.ContinueOnError)
	flags.Func("with", "`MODULE[@VERSION][=PATH]` whose components are built in; may be given again", func(text string) error {
		m, err := build.ParseModule(text)
		o.With = append(o.With, m)
		return err
	})
	flags.StringVar(&o.Output, "output", "", "the binary's `file`")
	flags.StringVar(&o.PHPConfig, "php-config", "", "the php-config `file` of the PHP to build with, when not this binary's")
	flags.BoolVar(&o.Keep, "keep", false, "keep the temporary module, and say where it is")
	if err := flags.Parse(args); err != nil {
		if err == flag.ErrHelp {
			return 0
		}
		return 64
	}
	problem := ""
	switch {
	case flags.NArg() > 0:
		problem = flags.Arg(0) + " is too much"
	case o.Output == "":
		problem = "where to? Name the binary with --output FILE"
	}
	if problem != "" {
		fmt.Fprintln(os.Stderr, "phalanx build:", problem)
		return 64
	}
	o.Log = os.Stderr
	if err := build.Run(o); err != nil {
		fmt.Fprintln(os.Stderr, "phalanx build:", err)
		return 1
	}
	return 0
}
