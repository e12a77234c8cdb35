package supervisor

import (
	"fmt"
	"net"
	"os"
	"os/exec"

	"golang.org/x/sys/unix"
)

// HubEnv names, for the server process, the descriptor that leads to the other server processes,
// and its own number among them: "5:2".
const HubEnv = "PHALANX_HUB"

// wayToOthers gives a process that is about to start its end of a connection to the switch. The
// caller closes the answer when the process has it.
func (s *Supervisor) wayToOthers(cmd *exec.Cmd, sv *server) (*os.File, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("supervisor: %w", os.NewSyscallError("socketpair", err))
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "hub"), os.NewFile(uintptr(pair[1]), "hub")
	conn, err := net.FileConn(ours) // a duplicate
	_ = ours.Close()
	if err != nil {
		_ = theirs.Close()
		return nil, fmt.Errorf("supervisor: %w", err)
	}
	number := uint64(s.node)<<32 | uint64(s.numbers.Add(1))
	cmd.Env = append(cmd.Env, fmt.Sprintf("%s=%d:%d", HubEnv, 3+len(cmd.ExtraFiles), number))
	cmd.ExtraFiles = append(cmd.ExtraFiles, theirs)
	s.others.Serve(conn, number, sv.credential == nil)
	return theirs, nil
}
