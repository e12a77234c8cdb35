package redis

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestKeysOfCommands(t *testing.T) {
	for line, want := range map[string]string{
		"GET a":                                "a",
		"get a":                                "a",
		"MGET a b c":                           "a b c",
		"MSET a 1 b 2":                         "a b",
		"BLPOP a b 5":                          "a b",
		"EVAL script 2 a b c":                  "a b",
		"EVAL script 0 c":                      "",
		"EVAL script many c":                   "",
		"ZUNIONSTORE d 2 a b WEIGHTS 1 2":      "d a b",
		"XREAD COUNT 1 STREAMS a b 0 0":        "a b",
		"XREADGROUP GROUP g c STREAMS a >":     "a",
		"BITOP AND d a b":                      "d a b",
		"OBJECT ENCODING a":                    "a",
		"object encoding a":                    "a",
		"XGROUP CREATE a g $":                  "a",
		"MEMORY USAGE a":                       "a",
		"MIGRATE h 1 a 0 5":                    "a",
		"GEORADIUS a 1 2 3 m STORE d":          "a d",
		"LMPOP 2 a b LEFT":                     "a b",
		"PING":                                 "",
		"CONFIG GET maxmemory":                 "",
		"JSON.GET a":                           "a",
		"NOSUCHCOMMAND a":                      "",
		"FCALL f 1 a x":                        "a",
		"PFCOUNT a b":                          "a b",
		"SORT a BY w_* GET o_*":                "a",
		"COPY a b":                             "a b",
		"XREAD":                                "",
		"EVAL script":                          "",
		"SINTERCARD 2 a b LIMIT 1":             "a b",
		"ZADD a 1 m":                           "a",
		"SPUBLISH a message":                   "a",
		"PUBLISH a message":                    "",
		"XAUTOCLAIM a g c 0 0":                 "a",
		"GEOSEARCHSTORE d a FROMMEMBER m":      "d a",
		"XREADGROUP GROUP streams c STREAMS a": "",
	} {
		args := strings.Fields(line)
		var got []string
		specOf(args).eachKey(args, func(i int) { got = append(got, args[i]) })
		require.Equal(t, want, strings.Join(got, " "), line)
	}
}

func TestCommandsThatBlockOrOnlyRead(t *testing.T) {
	for line, want := range map[string]bool{
		"BLPOP a 0": true, "XREAD BLOCK 0 STREAMS a 0": true, "XREAD STREAMS a 0": false, "XREAD COUNT 1 STREAMS block 0": false,
		"xreadgroup group g c block 5 streams a >": true, "GET a": false, "WAIT 1 0": true, "NEWER a": false,
	} {
		args := strings.Fields(line)
		require.Equal(t, want, specOf(args).blocking(args), line)
	}
	require.True(t, specOf([]string{"GET"}).reads)
	require.False(t, specOf([]string{"SET"}).reads)
	require.False(t, specOf([]string{"EVAL"}).reads)
}

func TestSlots(t *testing.T) {
	for key, want := range map[string]uint16{"": 0, "123456789": 12739, "foo": 12182, "{foo}bar": 12182, "a{foo}": 12182} {
		require.Equal(t, want, slotOf(key), key)
	}
	require.NotEqual(t, slotOf("foo"), slotOf("{}foo"), "empty braces are part of the key")
}

func TestCommandsThatWouldDisturbOthers(t *testing.T) {
	for _, line := range []string{"SELECT 1", "select 1", "MULTI", "SUBSCRIBE a", "MONITOR", "CLIENT REPLY OFF", "client tracking on"} {
		cmd := command{args: strings.Fields(line)}
		require.ErrorContains(t, cmd.allowed(false), "would change the connection", line)
	}
	for _, line := range []string{"SUBSCRIBE a", "MONITOR", "HELLO 3"} {
		cmd := command{args: strings.Fields(line)}
		require.Error(t, cmd.allowed(true), line)
	}
	require.NoError(t, (&command{args: []string{"SELECT", "1"}}).allowed(true))
	require.NoError(t, (&command{args: []string{"CLIENT", "LIST"}}).allowed(false))
	require.True(t, (&command{args: []string{"SELECT", "1"}}).changes())
	require.False(t, (&command{args: []string{"CLIENT", "LIST"}}).changes())
}
