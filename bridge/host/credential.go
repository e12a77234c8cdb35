package host

import (
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/supervisor"
)

// become makes the process another user's, with all its threads. PHP and its extensions are
// loaded by then, and the sockets are there; no script has run yet.
func become(c *supervisor.Credential) error {
	if c == nil {
		return nil
	}
	parent := os.Getppid()
	if err := syscall.Setgroups(c.Groups); err != nil {
		return fmt.Errorf("cannot take the groups of user %s: %w", c.User, os.NewSyscallError("setgroups", err))
	}
	if err := syscall.Setgid(c.GID); err != nil {
		return fmt.Errorf("cannot take the group of user %s: %w", c.User, os.NewSyscallError("setgid", err))
	}
	if err := syscall.Setuid(c.UID); err != nil {
		return fmt.Errorf("cannot become user %s: %w", c.User, os.NewSyscallError("setuid", err))
	}
	// The kernel forgets with the change that this process is to end with its supervisor. This
	// thread, one of PHP's, lives as long as the process.
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
		return os.NewSyscallError("prctl", err)
	}
	if os.Getppid() != parent {
		return fmt.Errorf("the supervisor has gone")
	}
	return nil
}
