// Package develop_test is what development mode promises: "phalanx watch" and "phalanx new", watched from outside.
package develop_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

const patience = phalanxtest.Patience

// app is an application in a folder of the test's own.
type app struct {
	*phalanxtest.App
	t *testing.T
}

// prepare copies a folder of testdata; arguments are phalanx's.
func prepare(t *testing.T, from string, args ...string) *app {
	t.Helper()
	a := &app{phalanxtest.Prepare(t, from, 2), t}
	a.Process = a.Command(args...)
	return a
}

// watch starts the application of testdata/app in development mode, and waits until it serves.
func watch(t *testing.T, options ...string) *app {
	t.Helper()
	a := prepare(t, "testdata/app", append(append([]string{"watch"}, options...), "start.php")...)
	a.Start()
	a.WaitFor("Start success")
	a.awaits("v1")
	return a
}

func (a *app) url(path string) string { return fmt.Sprintf("http://127.0.0.1:%d%s", a.Ports[0], path) }

// write makes a file as editors do that replace it.
func (a *app) write(name, content string) {
	a.t.Helper()
	path := filepath.Join(a.Dir, name)
	require.NoError(a.t, os.WriteFile(path+"~", []byte(content), 0o600))
	require.NoError(a.t, os.Rename(path+"~", path))
}

// version changes what the code answers.
func (a *app) version(v string) {
	a.t.Helper()
	a.write("src/version.php", "<?php\n\nfunction version(): string\n{\n    return '"+v+"';\n}\n")
}

// awaits waits until the code answers with this version.
func (a *app) awaits(v string) {
	a.t.Helper()
	last := ""
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		resp, err := http.Get(a.url("/"))
		if err != nil {
			continue
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if last = string(body); last == v {
			return
		}
	}
	require.Fail(a.t, "never "+v, "but %s\n%s", last, a.Output())
}

// get asks with these headers, as "Name: value".
func (a *app) get(path string, headers ...string) (*http.Response, string) {
	a.t.Helper()
	return a.ask("GET", path, "", headers...)
}

func (a *app) ask(method, path, body string, headers ...string) (*http.Response, string) {
	a.t.Helper()
	req, err := http.NewRequest(method, a.url(path), strings.NewReader(body))
	require.NoError(a.t, err)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	client := &http.Client{Timeout: patience}
	defer client.CloseIdleConnections()
	resp, err := client.Do(req)
	require.NoError(a.t, err)
	data, err := io.ReadAll(resp.Body)
	require.NoError(a.t, err)
	_ = resp.Body.Close()
	return resp, string(data)
}

// keepAlive is one connection for several requests.
type keepAlive struct {
	t    *testing.T
	conn net.Conn
	rd   *bufio.Reader
}

func (a *app) keepAlive() *keepAlive {
	c := phalanxtest.Dial(a.t, fmt.Sprintf("127.0.0.1:%d", a.Ports[0]))
	return &keepAlive{a.t, c, bufio.NewReader(c)}
}

func (k *keepAlive) get(path string) string {
	k.t.Helper()
	require.NoError(k.t, k.conn.SetDeadline(time.Now().Add(patience)))
	_, err := fmt.Fprintf(k.conn, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path)
	require.NoError(k.t, err)
	resp, err := http.ReadResponse(k.rd, nil)
	require.NoError(k.t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(k.t, err)
	return string(body)
}

func (a *app) read(name string) string {
	a.t.Helper()
	data, err := os.ReadFile(filepath.Join(a.Dir, name))
	require.NoError(a.t, err)
	return string(data)
}
