// Package cmd is the phalanx command: it runs PHP scripts, Workerman-style servers and FrankenPHP with Caddy. A binary
// with components of its own is a main package that imports their packages and calls Main.
package cmd

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/caddyserver/caddy/v2"
	caddycmd "github.com/caddyserver/caddy/v2/cmd"

	"github.com/phalanx-php/phalanx/bridge/cli"
	"github.com/phalanx-php/phalanx/bridge/cmd/homeless"
	"github.com/phalanx-php/phalanx/bridge/ext"
	"github.com/phalanx-php/phalanx/bridge/host"
	_ "github.com/phalanx-php/phalanx/bridge/sqlite"
	"github.com/phalanx-php/phalanx/goengine/gcpace"
	"github.com/phalanx-php/phalanx/goengine/messaging"
	"github.com/phalanx-php/phalanx/goengine/services" // Phalanx's own components
	"github.com/phalanx-php/phalanx/goengine/shared"
	"github.com/phalanx-php/phalanx/goengine/supervisor"

	// Caddy's modules and FrankenPHP's.
	_ "github.com/caddyserver/caddy/v2/modules/standard"
	_ "github.com/dunglas/frankenphp/caddy"
)

// Main runs the command with the process's arguments and ends the process.
func Main() {
	homeless.Main()
	// A script may overwrite the memory the kernel keeps the arguments in (process title).
	for i, arg := range os.Args {
		os.Args[i] = strings.Clone(arg)
	}

	gcpace.Start()
	if err := setLogFormat(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(64)
	}
	if err := ext.Components.Freeze(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(70)
	}
	if os.Getenv(supervisor.ControlEnv) != "" {
		os.Exit(host.Main())
	}
	ext.Invocation = supervisor.NewInvocation(os.Args)
	predecessor, err := supervisor.FindPredecessor(ext.Log)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(70)
	}
	if predecessor != nil {
		ext.Inherit(predecessor)
	}
	ext.Register()
	ext.CommandLine = cli.Describe
	ext.HandBackSignal = cli.HandBackSignal
	switch mode(os.Args) {
	case helpMode:
		fmt.Print(cli.Help)
	case stubsMode:
		os.Exit(stubs(os.Args[2:]))
	case buildMode:
		os.Exit(buildBinary(os.Args[2:]))
	case watchMode:
		os.Exit(watchApp(os.Args[2:]))
	case newMode:
		os.Exit(newApp(os.Args[2:]))
	case sharedMode:
		os.Exit(listShared(os.Args[2:]))
	case healthMode:
		os.Exit(health(os.Args[2:]))
	case caddyMode:
		registerBrotli()
		host.Web()
		caddycmd.Main()
	default:
		messaging.Home = cli.ScriptFolder
		shared.BesideServers = true
		status := cli.Main(os.Args, versionLine())
		services.Close()
		os.Exit(status)
	}
}

const (
	phpMode = iota
	helpMode
	caddyMode
	stubsMode
	buildMode
	sharedMode
	healthMode
	watchMode
	newMode
)

// mode says whom the arguments are for, the first being the program's name. A file named like one of Caddy's commands is
// meant only when it is given with a slash or with its ending. Called by the name frankenphp it is FrankenPHP's command, by the name php
// PHP's.
func mode(args []string) int {
	name, args := filepath.Base(args[0]), args[1:]
	switch name {
	case "frankenphp":
		return caddyMode
	case "php":
		return phpMode
	}
	if len(args) == 0 {
		if stdinIsScript() {
			return phpMode
		}
		return helpMode
	}
	switch first := args[0]; {
	case first == "help" && len(args) == 1, first == "-h", first == "-?", first == "--help":
		return helpMode
	case first == "caddy-help":
		os.Args[1] = "help"
		return caddyMode
	case strings.ContainsRune(first, filepath.Separator), strings.HasSuffix(first, ".php"):
		return phpMode
	case first == "stubs":
		return stubsMode
	case first == "shared":
		return sharedMode
	case first == "health":
		return healthMode
	case first == "build":
		return buildMode
	case first == "watch":
		return watchMode
	case first == "new":
		return newMode
	case first == "help", first == "completion":
		return caddyMode
	default:
		if _, ok := caddycmd.Commands()[first]; ok {
			return caddyMode
		}
		return phpMode
	}
}

// stdinIsScript tells "phalanx < script.php" from phalanx typed alone.
func stdinIsScript() bool {
	info, err := os.Stdin.Stat()
	return err == nil && (info.Mode().IsRegular() || info.Mode()&os.ModeNamedPipe != 0)
}

func versionLine() string {
	caddyVersion, _ := caddy.Version()
	return "    with Phalanx (FrankenPHP, Caddy " + caddyVersion + ")"
}
