package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// Four workers and their Fibers use the same memory at once: nothing is lost, doubled or computed twice.
func TestSharedMemoryUnderContention(t *testing.T) {
	a := prepare(t, 1)
	a.start("shared.php", "start")
	a.WaitFor("Start success.")
	// Each request may come to any worker, and waits for the others. One at a time may always come to the same one.
	require.Eventually(t, func() bool {
		for range 16 {
			go func() { _, _ = a.tryGet(0, "/work") }()
		}
		done, err := a.tryGet(0, "/done")
		return err == nil && done == "4"
	}, patience, 20*time.Millisecond)
	var r struct{ Counter, Cache, Table, Guarded, Allowed, Owners, Owned, Computed, Jobs, Left int }
	a.json("/results", &r)
	require.Equal(t, 400, r.Counter)
	require.Equal(t, 400, r.Cache)
	require.Equal(t, 400, r.Table)
	require.Equal(t, 400, r.Guarded, "the lock excludes")
	require.Equal(t, 100, r.Allowed)
	require.Equal(t, 1, r.Owners)
	require.Zero(t, r.Owned)
	require.Equal(t, 20, r.Computed, "each of 20 keys once, for 40 Fibers in 4 workers")
	require.Equal(t, 200, r.Jobs)
	require.Zero(t, r.Left)
}

// A script that ends gives back its permits, and those who wait for them go on.
func TestPermitsEndWithTheirScript(t *testing.T) {
	a := prepare(t, 1)
	a.start("shared.php", "start")
	a.WaitFor("Start success.")
	holder := a.get(0, "/hold?die=1")
	id, name, _ := strings.Cut(holder, " ")
	require.Contains(t, name, "worker web #"+id)
	require.Equal(t, "[true,0]", a.get(0, "/held"))
	turns := make(chan string, 3)
	for range 3 {
		go func() {
			for {
				text, err := a.tryGet(0, "/wait")
				if err != nil {
					text = err.Error()
				}
				if text != "it holds it itself" { // its connection would end with it
					turns <- text
					return
				}
			}
		}()
	}
	for range 3 {
		require.Contains(t, <-turns, "had its turn")
	}
	require.Equal(t, "[false,1]", a.get(0, "/held"))

	a.get(0, "/hold")
	require.Equal(t, "[true,0]", a.get(0, "/held"))
	require.NoError(t, a.Cmd.Process.Signal(syscall.SIGUSR1))
	require.Eventually(t, func() bool { text, err := a.tryGet(0, "/held"); return err == nil && text == "[false,1]" }, patience, time.Millisecond)
}

// Who dies in the middle of a computation leaves it to the next; a value on its way to a Fiber that is no more goes back.
func TestSharedMemoryWhenWorkersDie(t *testing.T) {
	a := prepare(t, 1)
	a.start("shared.php", "start")
	a.WaitFor("Start success.")
	_, err := a.tryGet(0, "/compute-and-die")
	require.Error(t, err)
	require.Equal(t, "computed instead", a.get(0, "/instead"))

	require.Equal(t, "waiting", a.get(0, "/lose"))
	require.Eventually(t, func() bool { return a.get(0, "/pop") == `["nothing",1]` }, patience, time.Millisecond)
	require.NoError(t, a.Cmd.Process.Signal(syscall.SIGUSR1)) // all scripts end at once
	require.Eventually(t, func() bool { text, err := a.tryGet(0, "/pop"); return err == nil && text == `["nothing",0]` }, patience, time.Millisecond)
	require.Equal(t, "pushed", a.get(0, "/push"))
	require.Equal(t, `["value",0]`, a.get(0, "/pop"))
}

// Memory is the server process's: it dies with it, with all locks and computations, and the next one begins afresh.
func TestSharedMemoryWhenTheProcessIsKilled(t *testing.T) {
	a := prepare(t, 1)
	a.start("shared.php", "start")
	a.WaitFor("Start success.")
	a.get(0, "/hold")
	go func() { _, _ = a.tryGet(0, "/compute") }() // it is never answered
	require.Eventually(t, func() bool { n, err := a.tryGet(0, "/counter"); return err == nil && n == "-1" }, patience, time.Millisecond)
	require.NoError(t, syscall.Kill(a.serverPID(), syscall.SIGKILL))
	require.Eventually(t, func() bool {
		n, err := a.tryGet(0, "/counter")
		return err == nil && n == "0"
	}, patience, time.Millisecond)
	require.Equal(t, "computed instead", a.get(0, "/instead"))
	require.Contains(t, a.get(0, "/wait"), "had its turn")
}

// A script of the command line uses the server's memory as a worker does.
func TestSharedMemoryFromTheCommandLine(t *testing.T) {
	a := prepare(t, 1)
	a.start("shared.php", "start")
	a.WaitFor("Start success.")
	require.Equal(t, "0", a.get(0, "/counter"))
	script, err := os.ReadFile("testdata/beside.php")
	require.NoError(t, err)
	file := filepath.Join(a.dir, "beside.php")
	require.NoError(t, os.WriteFile(file, script, 0o600))
	out, err := phalanxtest.Command(t, file).Run()
	require.NoError(t, err, out)
	require.Equal(t, `["counter",1,42,42]
["cache",true,{"a":[1,2.5,null]},true,true,5,"default",true]
["remember","here","here"]
["keys",["from outside","made","n","o"],4,true,1,4194304]
["table",2,{"n":2,"owner":"script"},{"row":{"n":2,"owner":"script"}}]
["lock","the script"]
["\"l\" has not become free in time: it is held by the script"]
[false]
["channel",{"job":1},0]
["nothing has come through the channel \"jobs\" in time"]
["limiter",true,false]
["Phalanx\\Shared\\OptionsException","the cache \"c\" is there with other options: maxBytes is 4194304, not 1048576; give the same ones, or only the name"]
["TypeError","cache: the value is no int"]
["TypeError","Phalanx\\Shared\\Native\\Channel::selectWait(): Argument #1 ($channels) cannot be taken: component: a script beside a server cannot do this with what is the server's"]
["Phalanx\\Shared\\ServerException","this script is connected to a server already"]
["own",0]
`, out)
	require.Equal(t, "42", a.get(0, "/counter"))
	require.Equal(t, "[false,1]", a.get(0, "/held"), "what the script held is free")

	holding := phalanxtest.Command(t, file, "hold")
	holding.Start()
	holding.WaitFor("holding")
	require.Equal(t, "[true,1]", a.get(0, "/held"))
	holding.Kill()
	require.Eventually(t, func() bool { return a.get(0, "/held") == "[false,1]" }, 2*patience, 50*time.Millisecond)

	listing, err := phalanxtest.Command(t, "shared", filepath.Join(a.dir, "shared.php")).Run()
	require.NoError(t, err, listing)
	require.Contains(t, listing, fmt.Sprintf("process 0 (pid %d)\n", a.serverPID()))
	require.Regexp(t, `  cache         "c" +entries 4 bytes \d+ maxBytes 4194304 hits \d+`, listing)
	require.Regexp(t, `  counter       "n" +value 84\n`, listing)
	listing, err = phalanxtest.Command(t, "shared", filepath.Join(a.dir, "shared.php"), "--json").Run()
	require.NoError(t, err, listing)
	require.Contains(t, listing, `{"kind":"counter","name":"n","figures":[{"name":"value","value":84}]}`)

	a.Stop()
	listing, err = phalanxtest.Command(t, "shared", filepath.Join(a.dir, "shared.php")).Run()
	require.Error(t, err)
	require.Contains(t, listing, "no server of ")
	out, err = phalanxtest.Command(t, file).Run()
	require.Error(t, err)
	require.Contains(t, out, "Uncaught Phalanx\\Shared\\ServerException: no server of ")
}

// Of several server processes a script takes one; a worker has its own and takes none.
func TestSharedMemoryOfSeveralProcesses(t *testing.T) {
	a := prepare(t, 1)
	a.start("shared.php", "start", "--processes=2")
	a.WaitFor("Start success.")
	run := func(code string) string {
		out, err := phalanxtest.Command(t, "-r", "use Phalanx\\Shared\\{Counter, Server};"+code).Run()
		require.NoError(t, err, out)
		return out
	}
	app := "'" + filepath.Join(a.dir, "shared.php") + "'"
	require.Equal(t, "2", run("echo count(Server::list("+app+"));"))
	require.Equal(t, "1", run("Server::connect("+app+"); echo (new Counter('one'))->add();"))
	require.Equal(t, "1", run("Server::connect("+app+", process: 1); echo (new Counter('one'))->add();"))
	require.Equal(t, "2", run("Server::connect("+app+", process: 1); echo (new Counter('one'))->add();"))
	require.Contains(t, run("try { Server::connect("+app+", process: 2); } catch (Throwable $e) { echo $e->getMessage(); }"),
		"the server has 2 processes, counted from 0: there is no process 2")
	require.Contains(t, a.get(0, "/connect"), "a worker has its server's memory already")
}
