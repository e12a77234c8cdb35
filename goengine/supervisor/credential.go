package supervisor

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
)

// Credential is who a server process runs as when that is not who started the supervisor.
type Credential struct {
	User   string `json:"user"`
	UID    int    `json:"uid"`
	GID    int    `json:"gid"`
	Groups []int  `json:"groups"` // supplementary
}

// credentialOf looks up whom a worker is to run as; nil is who runs the supervisor. Only root can
// become somebody else: for others the names are not even looked up.
func credentialOf(w *Worker) (*Credential, error) {
	if (w.User == "" && w.Group == "") || os.Geteuid() != 0 {
		return nil, nil
	}
	var u *user.User
	var err error
	if w.User == "" {
		u, err = user.Current()
	} else {
		u, err = user.Lookup(w.User)
	}
	if err != nil {
		return nil, fmt.Errorf("worker %s cannot run as user %q: there is no such user", w.Name, w.User)
	}
	c := &Credential{User: u.Username}
	if c.UID, err = strconv.Atoi(u.Uid); err != nil {
		return nil, fmt.Errorf("worker %s: user %q has the identifier %s", w.Name, w.User, u.Uid)
	}
	gid := u.Gid
	if w.Group != "" {
		g, err := user.LookupGroup(w.Group)
		if err != nil {
			return nil, fmt.Errorf("worker %s cannot run in group %q: there is no such group", w.Name, w.Group)
		}
		gid = g.Gid
	}
	if c.GID, err = strconv.Atoi(gid); err != nil {
		return nil, fmt.Errorf("worker %s: group %q has the identifier %s", w.Name, w.Group, gid)
	}
	if c.UID == os.Getuid() && c.GID == os.Getgid() {
		return nil, nil
	}
	ids, err := u.GroupIds()
	if err != nil {
		return nil, fmt.Errorf("worker %s: the groups of user %q: %w", w.Name, u.Username, err)
	}
	// As initgroups(3): the user's groups and the one given.
	c.Groups = []int{c.GID}
	for _, text := range ids {
		if id, err := strconv.Atoi(text); err == nil && id != c.GID {
			c.Groups = append(c.Groups, id)
		}
	}
	return c, nil
}

// key is the same for those who are the same.
func (c *Credential) key() [2]int {
	if c == nil {
		return [2]int{-1, -1}
	}
	return [2]int{c.UID, c.GID}
}
