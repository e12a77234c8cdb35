package hub

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/loop"
)

// A room and a plain model of it agree, whatever happens in whatever order, and nothing is left at the end.
func TestRoomAgainstAModel(t *testing.T) {
	r := newRoom()
	groups, users := map[loop.ID]map[string]bool{}, map[loop.ID]string{}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		id, name := loop.ID(rng.IntN(20)+1), strconv.Itoa(rng.IntN(5))
		switch rng.IntN(7) {
		case 0, 1:
			r.join(id, name)
			if groups[id] == nil {
				groups[id] = map[string]bool{}
			}
			groups[id][name] = true
		case 2:
			r.leave(id, name)
			delete(groups[id], name)
		case 3:
			r.bind(id, name)
			users[id] = name
		case 4:
			r.bind(id, "")
			delete(users, id)
		case 5:
			r.leaveAll(id)
			delete(groups, id)
		case 6:
			if rng.IntN(10) > 0 {
				r.gone(id)
				delete(groups, id)
				delete(users, id)
				break
			}
			r.disband(name)
			for _, g := range groups {
				delete(g, name)
			}
		}
		for n := range 5 {
			name := strconv.Itoa(n)
			var in, of []loop.ID
			for id, g := range groups {
				if g[name] {
					in = append(in, id)
				}
			}
			for id, u := range users {
				if u == name {
					of = append(of, id)
				}
			}
			require.ElementsMatch(t, in, ids(r.groups, name))
			require.ElementsMatch(t, of, ids(r.users, name))
		}
		for id, m := range r.members {
			require.Len(t, m.groups, len(groups[id]))
			require.Equal(t, users[id], m.user)
		}
	}
	for id := range loop.ID(21) {
		r.gone(id)
	}
	require.Empty(t, r.groups)
	require.Empty(t, r.users)
	require.Empty(t, r.members)
}

func TestIDs(t *testing.T) {
	id := connID{3, 12, 0xfff00000007}
	got, ok := parseID(id.String())
	require.True(t, ok)
	require.Equal(t, id, got)
	for _, s := range []string{"", "1", "1-2", "1-2-", "-2-3", "1-2-3-4", "1-2-g", "10000000000000000-1-1", "1-2-" + string(slices.Repeat([]byte("f"), 17))} {
		_, ok := parseID(s)
		require.False(t, ok, s)
	}
}
