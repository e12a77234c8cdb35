//go:build ignore

// Writes ../specs.txt, what a Redis server says of its commands (COMMAND): go run ./genspecs 127.0.0.1:6379
package main

import (
	"context"
	"fmt"
	"os"
	"sort"
	"strings"

	"github.com/redis/rueidis"
)

func main() {
	c, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: os.Args[1:2], ForceSingleClient: true, DisableCache: true})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer c.Close()
	all, err := c.Do(context.Background(), c.B().Command().Build()).ToArray()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	var lines []string
	for _, m := range all {
		lines = add(lines, m)
	}
	sort.Strings(lines)
	text := "# command, flags (r: reads only, b: may block), where its keys are; see specs.go. Made by genspecs.\n" +
		strings.Join(lines, "\n") + "\n"
	if err := os.WriteFile("specs.txt", []byte(text), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func add(lines []string, m rueidis.RedisMessage) []string {
	parts, _ := m.ToArray()
	name, _ := parts[0].ToString()
	flags, _ := parts[2].AsStrSlice()
	line := name + " "
	for _, f := range flags {
		switch f {
		case "readonly":
			line += "r"
		case "blocking":
			line += "b"
		}
	}
	if strings.HasSuffix(line, " ") {
		line += "-"
	}
	specs, _ := parts[8].ToArray()
	for _, s := range specs {
		spec, _ := s.AsMap()
		begin, find := sub(spec["begin_search"]), sub(spec["find_keys"])
		at := begin.values
		switch begin.kind {
		case "index":
			line += fmt.Sprintf(" %d", at["index"])
		case "keyword":
			line += fmt.Sprintf(" %s@%d", begin.word, at["startfrom"])
		default:
			continue
		}
		switch v := find.values; find.kind {
		case "range":
			line += fmt.Sprintf(",range,%d,%d,%d", v["lastkey"], v["keystep"], v["limit"])
		case "keynum":
			line += fmt.Sprintf(",count,%d,%d,%d", v["keynumidx"], v["firstkey"], v["keystep"])
		}
	}
	lines = append(lines, line)
	subs, _ := parts[9].ToArray()
	for _, s := range subs {
		lines = add(lines, s)
	}
	return lines
}

type part struct {
	kind, word string
	values     map[string]int64
}

func sub(m rueidis.RedisMessage) part {
	fields, _ := m.AsMap()
	kind := fields["type"]
	p := part{values: map[string]int64{}}
	p.kind, _ = kind.ToString()
	spec := fields["spec"]
	values, _ := spec.AsMap()
	for k, v := range values {
		if k == "keyword" {
			p.word, _ = v.ToString()
			continue
		}
		p.values[k], _ = v.AsInt64()
	}
	return p
}
