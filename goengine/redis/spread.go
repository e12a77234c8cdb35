package redis

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"github.com/redis/rueidis"
)

// spread carries out commands that concern several servers of a cluster: those of many keys, whose keys may be anywhere, and
// those about all keys. done is false for every other command.
func (s *shared) spread(ctx, limited context.Context, client rueidis.Client, cmd *command) (r Reply, done bool, err error) {
	switch strings.ToUpper(cmd.args[0]) {
	case "MGET", "DEL", "UNLINK", "EXISTS", "TOUCH":
		r, err = s.byKeys(ctx, limited, client, cmd, 1)
	case "MSET":
		if len(cmd.args)%2 == 0 {
			return r, false, nil // the server says what is wrong with it
		}
		r, err = s.byKeys(ctx, limited, client, cmd, 2)
	case "DBSIZE", "FLUSHALL", "FLUSHDB", "KEYS":
		r, err = s.everywhere(ctx, limited, client, cmd)
	case "SCRIPT", "FUNCTION":
		switch sub := strings.ToUpper(strings.Join(cmd.args[1:min(2, len(cmd.args))], "")); sub {
		case "LOAD", "FLUSH", "DELETE", "RESTORE", "KILL":
			r, err = s.everywhere(ctx, limited, client, cmd)
		default:
			return r, false, nil
		}
	default:
		return r, false, nil
	}
	return r, true, err
}

// byKeys sends a command once for each slot that its keys are in, and puts the replies together.
func (s *shared) byKeys(ctx, limited context.Context, client rueidis.Client, cmd *command, step int) (Reply, error) {
	places := map[uint16][]int{} // of a slot: which keys
	for i := 1; i < len(cmd.args); i += step {
		n := slotOf(cmd.args[i])
		places[n] = append(places[n], i)
	}
	order := slices.Sorted(maps.Keys(places))
	cmds := make([]command, len(order))
	built := make(rueidis.Commands, len(order))
	for i, slot := range order {
		cmds[i] = command{args: []string{cmd.args[0]}, spec: cmd.spec}
		for _, at := range places[slot] {
			cmds[i].args = append(cmds[i].args, cmd.args[at:at+step]...)
		}
		var err error
		if built[i], err = s.build(client.B(), &cmds[i], false); err != nil {
			return Reply{}, err
		}
	}
	s.commands.Add(int64(len(built)))
	replies := make([]Reply, len(built))
	for i, r := range client.DoMulti(limited, built...) {
		var err error
		if replies[i], err = s.answer(ctx, r, &cmds[i]); err != nil {
			return Reply{}, err
		}
	}
	switch {
	case len(replies) == 1:
		replies[0].shape = cmd.shape
		return replies[0], nil
	case strings.EqualFold(cmd.args[0], "MSET"):
		return made(message{typ: tSimple, bytes: unsafe.StringData("OK"), n: 2}, cmd), nil
	case !strings.EqualFold(cmd.args[0], "MGET"):
		return made(sum(replies), cmd), nil
	}
	values := make([]message, len(cmd.args)-1)
	for i, slot := range order {
		for j, at := range places[slot] {
			if got := replies[i].msg.values(); j < len(got) {
				values[at-1] = got[j]
			}
		}
	}
	return made(listOf(values), cmd), nil
}

// everywhere sends a command to each master.
func (s *shared) everywhere(ctx, limited context.Context, client rueidis.Client, cmd *command) (Reply, error) {
	nodes, err := s.masters(ctx, limited, client)
	if err != nil {
		return Reply{}, err
	}
	var replies []Reply
	for _, node := range nodes {
		s.commands.Add(1)
		r, err := s.answer(ctx, node.Do(limited, node.B().Arbitrary(cmd.args...).Build()), cmd)
		if err != nil {
			return Reply{}, err
		}
		replies = append(replies, r)
	}
	switch strings.ToUpper(cmd.args[0]) {
	case "DBSIZE":
		return made(sum(replies), cmd), nil
	case "KEYS":
		var values []message
		for i := range replies {
			values = append(values, replies[i].msg.values()...)
		}
		return made(listOf(values), cmd), nil
	}
	return replies[0], nil
}

// masters of a cluster, in the order of their addresses.
func (s *shared) masters(ctx, limited context.Context, client rueidis.Client) ([]rueidis.Client, error) {
	nodes := client.Nodes()
	var list []rueidis.Client
	var failure error
	for _, address := range slices.Sorted(maps.Keys(nodes)) {
		node := nodes[address]
		role, err := node.Do(limited, node.B().Role().Build()).ToArray()
		if err != nil {
			failure = err // a node that is gone and not forgotten yet
			continue
		}
		if len(role) > 0 {
			if name, _ := role[0].ToString(); name == "master" {
				list = append(list, node)
			}
		}
	}
	if len(list) == 0 {
		return nil, s.failed(ctx, failure, "ROLE", s.options.Timeout)
	}
	return list, nil
}

func made(m message, cmd *command) Reply { return Reply{msg: m, shape: cmd.shape} }

func listOf(values []message) message {
	return message{typ: tArray, array: unsafe.SliceData(values), n: int64(len(values))}
}

func sum(replies []Reply) message {
	m := message{typ: tInt}
	for i := range replies {
		m.n += replies[i].msg.n
	}
	return m
}

// ScanPage is one step of SCAN. The cursor "" begins, and ends. In a cluster it goes through one master after the other, whose
// number is part of the cursor.
func (c *Client) ScanPage(ctx context.Context, cursor string, args []any) (next string, keys Reply, err error) {
	rest, err := words(nil, args)
	if err != nil {
		return "", keys, err
	}
	client, limited, cancel, err := c.start(ctx, "SCAN")
	if err != nil {
		return "", keys, err
	}
	defer cancel()
	at := 0
	if number, position, found := strings.Cut(cursor, ":"); found {
		if at, err = strconv.Atoi(number); err != nil || at < 0 {
			return "", keys, misuse("%q is no cursor that scan() has given", cursor)
		}
		cursor = position
	}
	if cursor == "" {
		cursor = "0"
	}
	node, count := client, 1
	if c.s.target.mode == cluster {
		masters, err := c.s.masters(ctx, limited, client)
		if err != nil {
			return "", keys, err
		}
		if count = len(masters); at >= count {
			return "", Reply{ready: true, value: []any{}}, nil
		}
		node = masters[at]
	}
	cmd := command{args: append([]string{"SCAN", cursor}, rest...)}
	c.s.commands.Add(1)
	r, err := c.s.answer(ctx, node.Do(limited, node.B().Arbitrary(cmd.args...).ReadOnly()), &cmd)
	if err != nil {
		return "", keys, err
	}
	parts := r.msg.values()
	if len(parts) != 2 {
		return "", keys, errLayout
	}
	next = parts[0].text()
	if next == "0" {
		at, next = at+1, ""
		if at >= count {
			return "", Reply{msg: parts[1]}, nil
		}
	}
	return strconv.Itoa(at) + ":" + next, Reply{msg: parts[1]}, nil
}
