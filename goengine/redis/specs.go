package redis

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

// specs.txt is what a server says of its commands. A client needs it to know where a command's keys are (in a cluster), which
// commands only read (they may be repeated) and which may block (they get a connection of their own).
//
//go:embed specs.txt
var specsText string

//go:generate go run ./genspecs/main.go 127.0.0.1:6379

// spec describes a command.
type spec struct {
	reads  bool
	blocks bool
	keys   []keySpec
}

// keySpec says where keys are: a place to begin, and how to go on from there.
type keySpec struct {
	word  string // begin behind this word, looked for from at on; "": at at
	at    int
	count bool // at begin+a is how many keys there are, the first at begin+b; else they reach to begin+a
	a     int
	b     int // the step, for a range
	limit int // of a range to the end: only the first 1/limit of it
}

// specs is made by the first command.
var specs = sync.OnceValue(func() map[string]*spec {
	all := make(map[string]*spec, 400)
	for line := range strings.Lines(specsText) {
		parts := strings.Fields(line)
		if len(parts) < 2 || parts[0] == "#" {
			continue
		}
		s := &spec{reads: strings.Contains(parts[1], "r"), blocks: strings.Contains(parts[1], "b")}
		for _, p := range parts[2:] {
			s.keys = append(s.keys, parseKeySpec(p))
		}
		all[strings.ToUpper(parts[0])] = s
	}
	// They wait for other servers, or for what they are told to, and are not marked.
	for _, name := range []string{"WAIT", "WAITAOF", "DEBUG", "MIGRATE", "FAILOVER"} {
		if all[name] == nil {
			all[name] = &spec{}
		}
		all[name].blocks = true
	}
	return all
})

func parseKeySpec(text string) (k keySpec) {
	f := strings.Split(text, ",")
	number := func(i int) int {
		if i >= len(f) {
			return 0
		}
		n, _ := strconv.Atoi(f[i])
		return n
	}
	if word, from, found := strings.Cut(f[0], "@"); found {
		k.word = word
		k.at, _ = strconv.Atoi(from)
	} else {
		k.at = number(0)
	}
	if len(f) > 1 && f[1] == "count" {
		k.count, k.a, k.b = true, number(2), number(3)
	} else {
		k.a, k.b, k.limit = number(2), max(1, number(3)), number(4)
	}
	return k
}

// specOf finds a command's description, by its first word or its first two. nil: of a module, or newer than the table.
func specOf(args []string) *spec {
	all := specs()
	name := args[0]
	s := all[name]
	if s == nil {
		name = strings.ToUpper(name)
		s = all[name]
	}
	if s != nil && len(args) > 1 && containers[name] {
		if sub := all[name+"|"+strings.ToUpper(args[1])]; sub != nil {
			return sub
		}
	}
	return s
}

// containers are the commands that have commands of their own.
var containers = map[string]bool{
	"ACL": true, "CLIENT": true, "CLUSTER": true, "COMMAND": true, "CONFIG": true, "FUNCTION": true, "LATENCY": true, "MEMORY": true,
	"MODULE": true, "OBJECT": true, "PUBSUB": true, "SCRIPT": true, "SLOWLOG": true, "XGROUP": true, "XINFO": true,
}

// blocking says whether a command may wait in the server.
func (s *spec) blocking(args []string) bool {
	if s == nil || !s.blocks {
		return false
	}
	if strings.EqualFold(args[0], "XREAD") || strings.EqualFold(args[0], "XREADGROUP") {
		for _, a := range args[1:] {
			if strings.EqualFold(a, "STREAMS") {
				return false
			}
			if strings.EqualFold(a, "BLOCK") {
				return true
			}
		}
		return false
	}
	return true
}

// eachKey calls f with the place of each key. Of a command without description the first argument is one when it is a
// module's (JSON.GET), which is what modules do.
func (s *spec) eachKey(args []string, f func(i int)) {
	if s == nil {
		if strings.Contains(args[0], ".") && len(args) > 1 {
			f(1)
		}
		return
	}
	for i := range s.keys {
		s.keys[i].each(args, f)
	}
}

func (k *keySpec) each(args []string, f func(i int)) {
	begin := k.at
	if k.word != "" {
		from, step := k.at, 1
		if from < 0 {
			from, step = len(args)+from, -1
		}
		begin = 0
		for i := from; i > 0 && i < len(args); i += step {
			if strings.EqualFold(args[i], k.word) {
				begin = i + 1
				break
			}
		}
		if begin == 0 {
			return
		}
	}
	if k.count {
		if begin+k.a >= len(args) {
			return
		}
		n, err := strconv.Atoi(args[begin+k.a])
		if err != nil {
			return
		}
		for i := begin + k.b; n > 0 && i < len(args); i, n = i+1, n-1 {
			f(i)
		}
		return
	}
	last := begin + k.a
	if k.a < 0 {
		last = len(args) + k.a
		if k.limit > 1 {
			last = begin + (len(args)-begin)/k.limit - 1
		}
	}
	for i := begin; i <= last && i < len(args); i += k.b {
		f(i)
	}
}

// slots of a Redis cluster.
const slots = 16384

// slotOf is the slot of a key: CRC-16 (XMODEM) of what is between its first braces, if anything is, else of all of it.
func slotOf(key string) uint16 {
	if open := strings.IndexByte(key, '{'); open >= 0 {
		if n := strings.IndexByte(key[open+1:], '}'); n > 0 {
			key = key[open+1 : open+1+n]
		}
	}
	var crc uint16
	for i := range len(key) {
		crc ^= uint16(key[i]) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	return crc % slots
}
