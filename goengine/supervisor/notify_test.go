package supervisor_test

import (
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/supervisor"
)

// systemd hears how the service fares (sd_notify(3)).
func TestNotifySocket(t *testing.T) {
	for _, name := range []string{filepath.Join(t.TempDir(), "notify"), "@phalanx-test-" + filepath.Base(t.TempDir())} {
		socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: strings.Replace(name, "@", "\x00", 1), Net: "unixgram"})
		require.NoError(t, err)
		next := func() string {
			buf := make([]byte, 1024)
			require.NoError(t, socket.SetReadDeadline(time.Now().Add(10*time.Second)))
			n, err := socket.Read(buf)
			require.NoError(t, err)
			return string(buf[:n])
		}
		t.Setenv("NOTIFY_SOCKET", name)
		a := start(t, supervisor.Spec{Script: serves, Workers: []supervisor.Worker{{}}})
		a.await(supervisor.Ready)
		require.Regexp(t, `^READY=1\nMAINPID=\d+\nSTATUS=serving$`, next())
		a.Reload(false)
		require.Regexp(t, regexp.MustCompile(`^RELOADING=1\nMONOTONIC_USEC=\d+\n`), next())
		require.Contains(t, next(), "READY=1")
		a.Stop(false)
		require.Equal(t, "STOPPING=1\nSTATUS=stopping", next())
		a.await(supervisor.Stopped)
		require.NoError(t, socket.Close())
	}
}

// A unit with WatchdogSec= gets signs of life for as long as the application is there; and none where they are wanted of
// another process.
func TestSignsOfLife(t *testing.T) {
	t.Setenv("WATCHDOG_USEC", "20000")
	for _, tt := range []struct {
		name, pid string
		comes     bool
	}{{"this process", strconv.Itoa(os.Getpid()), true}, {"another process", "1", false}} {
		t.Run(tt.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "notify")
			socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
			require.NoError(t, err)
			defer func() { _ = socket.Close() }()
			t.Setenv("NOTIFY_SOCKET", name)
			t.Setenv("WATCHDOG_PID", tt.pid)
			a := start(t, supervisor.Spec{Script: serves, Workers: []supervisor.Worker{{}}})
			a.await(supervisor.Ready)
			stopped := !tt.comes
			if stopped {
				a.Stop(false)
			}
			signs, buf := 0, make([]byte, 1024)
			for text := ""; !strings.HasPrefix(text, "STOPPING=1"); {
				require.NoError(t, socket.SetReadDeadline(time.Now().Add(10*time.Second)))
				n, err := socket.Read(buf)
				require.NoError(t, err)
				if text = string(buf[:n]); text == "WATCHDOG=1" {
					signs++
				}
				if signs == 5 && !stopped {
					stopped = true
					a.Stop(false)
				}
			}
			require.Equal(t, tt.comes, signs > 0)
			a.await(supervisor.Stopped)
		})
	}
}
