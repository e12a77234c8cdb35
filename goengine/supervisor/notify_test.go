package supervisor_test

import (
	"net"
	"path/filepath"
	"regexp"
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
