// Command serve starts database servers on loopback, names them in the environment (PHALANX_TEST_PGSQL and the others) and
// runs a command, or, without one, prints the environment and waits for Ctrl+C. The servers end with it, and so does their
// data.
//
//	serve [-only pgsql,redis] [COMMAND...]
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/phalanx-php/phalanx/tests/backend"
)

func main() {
	only := flag.String("only", "", "the `kinds` to start, separated by commas: pgsql, mysql, redis, nats; without it all")
	flag.Parse()
	status, err := serve(*only, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "serve:", err)
	}
	os.Exit(status)
}

func serve(only string, command []string) (int, error) {
	var kinds []string
	if only != "" {
		kinds = strings.Split(only, ",")
	}
	dir, err := os.MkdirTemp("", "phalanx-backend-")
	if err != nil {
		return 1, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	servers, err := backend.StartAll(dir, kinds...)
	defer func() {
		for _, s := range servers {
			_ = s.Kill()
		}
	}()
	if err != nil {
		return 1, err
	}
	if len(command) == 0 {
		for _, s := range servers {
			fmt.Printf("export %s='%s'\n", backend.Kinds[s.Kind], s.URL())
		}
		<-signals
		return 0, nil
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = slices.Clone(os.Environ())
	for _, s := range servers {
		cmd.Env = append(cmd.Env, backend.Kinds[s.Kind]+"="+s.URL())
	}
	if err := cmd.Start(); err != nil {
		return 127, err
	}
	go func() {
		for s := range signals {
			_ = cmd.Process.Signal(s)
		}
	}()
	var failed *exec.ExitError
	if err := cmd.Wait(); errors.As(err, &failed) {
		return max(1, failed.ExitCode()), nil
	} else if err != nil {
		return 1, err
	}
	return 0, nil
}
