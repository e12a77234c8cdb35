package hub

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// maxSocketPath is what fits the kernel's sockaddr_un, with its terminator.
const maxSocketPath = 107

// SocketPath is where the supervisor with this pid file listens for command-line scripts: beside
// it, or in the folder for temporary files when the name is too long for a socket.
func SocketPath(pidFile string) string {
	if path, err := filepath.Abs(pidFile); err == nil {
		pidFile = path
	}
	path := pidFile + ".sock"
	if len(path) <= maxSocketPath {
		return path
	}
	sum := sha256.Sum256([]byte(pidFile))
	return filepath.Join(os.TempDir(), "phalanx-"+hex.EncodeToString(sum[:8])+".sock")
}

// FindSocket is the supervisor's socket for a start file, a pid file or the socket itself.
func FindSocket(name string) (string, error) {
	path, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	if info, err := os.Stat(path); err == nil && info.Mode()&os.ModeSocket != 0 {
		return path, nil
	}
	if !strings.HasSuffix(path, ".pid") {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real
		}
		folder, name := filepath.Split(path)
		// As Workerman\Worker::init() names it.
		if run := os.Getenv("PHALANX_RUN_DIR"); run != "" {
			folder, name = run, strings.ReplaceAll(path, "/", "_")
		}
		path = filepath.Join(folder, "workerman."+name+".pid")
	}
	path = SocketPath(path)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return "", errors.New("no server of " + name + " runs here (no " + path + "); name its start file, its pid file or its socket")
	}
	return path, nil
}

// listenPrivate makes a socket that only its owner may connect to. One that a dead process has left
// is replaced.
func listenPrivate(path string) (net.Listener, error) {
	if info, err := os.Lstat(path); err == nil {
		if info.Mode()&os.ModeSocket == 0 {
			return nil, errors.New("hub: " + path + " is in the way")
		}
		_ = os.Remove(path)
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		_ = l.Close()
		return nil, err
	}
	return l, nil
}

// ownPeer says whether a process of this user, or of root, is at the other end: between bind and
// chmod others could connect.
func ownPeer(conn net.Conn) bool {
	raw, err := conn.(*net.UnixConn).SyscallConn()
	if err != nil {
		return false
	}
	own := false
	err = raw.Control(func(fd uintptr) {
		cred, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
		own = err == nil && (cred.Uid == 0 || cred.Uid == uint32(os.Geteuid()))
	})
	return err == nil && own
}
