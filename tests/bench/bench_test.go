package main

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParseSchedstat(t *testing.T) {
	got, err := parseSchedstat("1062445700 409677 53\n")
	require.NoError(t, err)
	require.Equal(t, schedstat{1062445700, 409677, 53}, got)

	for _, line := range []string{"", "1 2", "1 2 x", "-1 2 3"} {
		_, err := parseSchedstat(line)
		require.Error(t, err, "%q", line)
	}
}

func TestParseStat(t *testing.T) {
	const rest = " S 41 43 43 0 -1 4194560 1000 2000 0 0 7 8 30 12 20 0 5 0 123456 999 1"
	for _, name := range []string{"php", "a b", "odd) S 1 (name"} {
		got, err := parseStat("42 (" + name + ")" + rest)
		require.NoError(t, err, name)
		require.Equal(t, stat{parent: 41, state: 'S', childrenTicks: 42, started: "123456"}, got, name)
	}
	for _, line := range []string{"", "42 (php", "42 (php) S 41 43"} {
		_, err := parseStat(line)
		require.Error(t, err, "%q", line)
	}
}

func TestParseSmapsRollup(t *testing.T) {
	got, err := parseSmapsRollup("561bb381d000-7ffd44ab8000 ---p 00000000 00:00 0    [rollup]\n" +
		"Rss:                1692 kB\n" +
		"Pss:                 355 kB\n" +
		"Pss_Dirty:           112 kB\n" +
		"Pss_Anon:            100 kB\n")
	require.NoError(t, err)
	require.Equal(t, pss{Total: 355 << 10, Anon: 100 << 10}, got)

	_, err = parseSmapsRollup("Rss: 1 kB\n")
	require.Error(t, err)
	_, err = parseSmapsRollup("Pss: many kB\n")
	require.Error(t, err)
}

func TestReadCPUNeverGoesBack(t *testing.T) {
	before, err := readCPU(os.Getpid())
	require.NoError(t, err)
	after, err := readCPU(os.Getpid())
	require.NoError(t, err)
	require.Contains(t, after.processes, os.Getpid())
	require.GreaterOrEqual(t, after.processes[os.Getpid()], before.processes[os.Getpid()])
}

func TestCPUSince(t *testing.T) {
	reading := func(clock time.Duration, threads map[int]schedstat) cpuReading {
		return cpuReading{threads: threads, processes: map[int]time.Duration{10: clock}}
	}
	before := reading(100, map[int]schedstat{10: {onCPU: 60, slices: 6}, 11: {onCPU: 40, slices: 4}})

	t.Run("threads that live on", func(t *testing.T) {
		use, err := reading(130, map[int]schedstat{10: {onCPU: 80, slices: 8}, 11: {onCPU: 50, slices: 5}}).since(before)
		require.NoError(t, err)
		require.Equal(t, cpuUse{threads: 30, clocks: 30, slices: 3}, use)
	})
	t.Run("a new thread counts whole", func(t *testing.T) {
		use, err := reading(105, map[int]schedstat{
			10: {onCPU: 60, slices: 6}, 11: {onCPU: 40, slices: 4}, 12: {onCPU: 5, slices: 1},
		}).since(before)
		require.NoError(t, err)
		require.EqualValues(t, 5, use.total())
	})
	t.Run("a thread that ended is in the clock", func(t *testing.T) {
		use, err := reading(150, map[int]schedstat{10: {onCPU: 70, slices: 7}}).since(before)
		require.NoError(t, err)
		require.EqualValues(t, 10, use.threads)
		require.EqualValues(t, 50, use.total())
	})
	t.Run("children that were waited for", func(t *testing.T) {
		now := reading(100, before.threads)
		now.reaped = 20 * time.Millisecond
		use, err := now.since(before)
		require.NoError(t, err)
		require.Equal(t, 20*time.Millisecond, use.total())
	})
	t.Run("a process that ended spoils the measurement", func(t *testing.T) {
		_, err := cpuReading{}.since(before)
		require.ErrorContains(t, err, "process 10")
	})
}

func TestMedianAndSummary(t *testing.T) {
	require.InDelta(t, 3, median([]float64{3}), 0)
	require.InDelta(t, 2, median([]float64{9, 1, 2}), 0)
	require.InDelta(t, 2.5, median([]float64{9, 2, 3, 1}), 0)

	values := []float64{5, 1, 3}
	require.Equal(t, summary{3, 1, 5}, summarize(values))
	require.Equal(t, []float64{5, 1, 3}, values, "the order of rounds is kept")
	require.True(t, math.IsNaN(summarize(nil).Median))
}

func TestRatiosAreTakenRoundByRound(t *testing.T) {
	require.Equal(t, []float64{2, 3}, ratios([]float64{2, 30}, []float64{1, 10}))
	require.Equal(t, []float64{2}, ratios([]float64{2, 30}, []float64{1}))
}

func TestTargets(t *testing.T) {
	http := func(depth int, varied bool) cell { return cell{loadHTTP, 64, depth, varied} }
	tests := []struct {
		over, under string
		cell        cell
		limit       float64
	}{
		{"c", "a", http(1, false), 1.15},
		{"c", "a", cell{loadHTTP, 256, 1, true}, 1.15},
		{"c", "a", http(16, true), 2},
		{"c", "f", http(1, false), 0.85},
		{"c", "f", http(1, true), 0.6},
		{"c", "f", cell{loadHTTP, 256, 16, false}, 0.2},
		{"c", "e", http(16, false), 0.15},
		{"b", "a", http(1, false), 0},
		{"c", "f", cell{loadRequest, 64, 1, false}, 0.55},
		{"c", "f", cell{loadMicro, 64, 1, false}, 0.6},
		{"c", "a", cell{loadWebSocket, 100, 1, false}, 1.2},
		{"c", "f", cell{loadWebSocket, 100, 1, false}, 0.9},
		{"c", "f", cell{loadText, 64, 1, false}, 0.95},
		{"c", "f", cell{loadText, 64, 16, false}, 0.2},
		{"c", "f", cell{loadBroadcast, 10000, 1, false}, 0.92},
		{"c", "f", cell{loadBroadcast, 2000, 10, false}, 0.25},
		{"c", "a", cell{loadBroadcast, 2000, 10, false}, 0},
	}
	for _, tt := range tests {
		limit, ok := comparison{tt.over, tt.under}.target(tt.cell)
		require.InDelta(t, tt.limit, limit, 0, "%v", tt)
		require.Equal(t, tt.limit > 0, ok, "%v", tt)
	}
}

func TestAnswerCheck(t *testing.T) {
	want, err := parseAnswer([]byte(workermanAnswer))
	require.NoError(t, err)
	require.Empty(t, want.Free)
	require.NoError(t, want.check([]byte(workermanAnswer)))
	three := want.repeat(3)
	require.NoError(t, three.check(bytes.Repeat([]byte(workermanAnswer), 3)))
	require.Error(t, three.check(bytes.Repeat([]byte(workermanAnswer), 2)), "one is missing")

	wrong := bytes.Repeat([]byte(workermanAnswer), 3)
	wrong[len(wrong)-1] = '?'
	require.ErrorContains(t, three.check(wrong), "wrong bytes at")
}

func TestAnswerCheckLeavesDatesAlone(t *testing.T) {
	dated := func(date, body string) []byte {
		return []byte("HTTP/1.1 200 OK\r\nDate: " + date + "\r\nContent-Length: 13\r\n\r\n" + body)
	}
	seen := dated("Sat, 21 Nov 2026 21:00:00 GMT", body)
	want, err := parseAnswer(seen)
	require.NoError(t, err)
	later := dated("Sat, 21 Nov 2026 21:00:01 GMT", body)
	require.NoError(t, want.check(later))
	require.NoError(t, want.repeat(2).check(append(append([]byte{}, seen...), later...)))
	require.Error(t, want.check(dated("Sat, 21 Nov 2026 21:00:01 GMT", "Hello, World?")))
	require.Error(t, want.repeat(2).check(append(append([]byte{}, seen...), dated("Sat, 21 Nov 2026 21:00:01 GMT", "Hello, World?")...)))
}

func TestParseAnswerRefusesWhatIsNoGoodAnswer(t *testing.T) {
	for _, raw := range []string{
		"",
		"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 13\r\n\r\nHello, World!",
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nd\r\nHello, World!\r\n0\r\n\r\n",
	} {
		_, err := parseAnswer([]byte(raw))
		require.Error(t, err, "%q", raw)
	}
}

func TestMessagesDifferAndKeepTheirLength(t *testing.T) {
	for name, tr := range map[string]*traffic{
		"varied": trafficOf(loadHTTP, true, answer{}), loadRequest: trafficOf(loadRequest, false, answer{}),
		loadMicro: trafficOf(loadMicro, false, answer{}),
		loadText:  trafficOf(loadText, false, answer{}), loadWebSocket: trafficOf(loadWebSocket, false, answer{}),
	} {
		t.Run(name, func(t *testing.T) {
			b := newBatch(tr, 16)
			seen := map[string]bool{}
			for round := range 3 {
				b.fill(0xfff8+uint64(16*round), 7) // so that a digit more is needed on the way
				require.Len(t, b.bytes, 16*len(tr.message))
				for at := 0; at < len(b.bytes); at += len(tr.message) {
					one := string(b.bytes[at : at+len(tr.message)])
					require.False(t, seen[one], "repeated: %q", one)
					seen[one] = true
				}
			}
		})
	}
	require.Regexp(t, `\r\nX-Request-Id: 0{16}\r\n\r\n$`, string(makeRequest()))
}

// What is expected back follows from what was sent.
func TestAnswersFollowTheMessages(t *testing.T) {
	text := newBatch(trafficOf(loadText, false, answer{}), 3)
	text.fill(0xabc, 5)
	text.expect(0xabc, 5)
	require.Equal(t, string(text.bytes), string(text.want.Bytes))
	require.Contains(t, string(text.bytes), "text 0000000000000abe: ")

	frames := newBatch(trafficOf(loadWebSocket, false, answer{}), 2)
	frames.fill(0xabc, 5)
	frames.expect(0xabc, 5)
	var echoed []byte
	for at, size := 0, len(frames.message); at < len(frames.bytes); at += size {
		one := bytes.Clone(frames.bytes[at : at+size])
		for i := range one[6:] {
			one[6+i] ^= one[2+i%4]
		}
		echoed = append(append(echoed, one[0], one[1]&0x7f), one[6:]...)
	}
	require.Equal(t, string(frames.want.Bytes), string(echoed))
	require.Contains(t, string(echoed), `"id":"0000000000000abd"`)

	request := newBatch(trafficOf(loadRequest, false, answer{}), 1)
	request.fill(0xabc, 0x1f)
	request.expect(0xabc, 0x1f)
	require.Contains(t, string(request.bytes), "PHPSID=000000000000001f0000000000000000;")
	require.Contains(t, string(request.want.Bytes), `"session":"000000000000001f0000000000000000"`)
	require.Contains(t, string(request.bytes), `{"id":"0000000000000abc"`)
	require.Contains(t, string(request.want.Bytes), `{"id":"0000000000000abc"`)
}

func TestMicroAnswersFollowTheMessages(t *testing.T) {
	micro := newBatch(trafficOf(loadMicro, false, answer{}), 2)
	micro.fill(0xabc, 5)
	micro.expect(0xabc, 5)
	require.Contains(t, string(micro.bytes), "GET /api/items/0000000000000abd?page=3 HTTP/1.1")
	require.Contains(t, string(micro.want.Bytes), `{"id":"0000000000000abd",`)
}

func TestComparePhalcon(t *testing.T) {
	ours := phalconFigures{"Di": {"get": {10, 20, 40}, "has": {1, 1, 1}}, "Acl": {"allow": {8}}}
	theirs := phalconFigures{"Di": {"get": {5, 5, 5}, "has": {2, 2, 2}}}
	got := comparePhalcon(ours, theirs)
	require.Len(t, got, 3)

	require.Equal(t, "allow", got[0].Operation)
	require.Nil(t, got[0].Ratio, "the extension has no figure")

	require.Equal(t, "get", got[1].Operation)
	require.Equal(t, summary{20, 10, 40}, got[1].PerSecond)
	require.Equal(t, &summary{0.25, 0.125, 0.5}, got[1].Ratio, "half the time is half the ratio, round by round")
	require.True(t, *got[1].Met)

	require.Equal(t, &summary{2, 2, 2}, got[2].Ratio)
	require.False(t, *got[2].Met)

	var out bytes.Buffer
	printPhalcon(&out, got)
	require.Contains(t, out.String(), "1 of 2 operations take no longer")
}

// Every operation works with the classes of the tree; with the extension, where there is one.
func TestPhalconOperations(t *testing.T) {
	b := &bench{options: options{short: true, rounds: 1}}
	var err error
	b.root, err = findRoot()
	require.NoError(t, err)
	if _, _, err := b.plainPHP(); err != nil {
		t.Skip(err)
	}
	var out bytes.Buffer
	reports, err := b.measurePhalcon(&out)
	require.NoError(t, err)
	require.Greater(t, len(reports), 80)
	for _, r := range reports {
		require.Positive(t, r.PerSecond.Median, "%s, %s", r.Component, r.Operation)
	}
}

// The tables are those of docs/performance.md: same columns, a missed target said so.
func TestTables(t *testing.T) {
	no, yes := false, true
	plain, varied := cell{loadHTTP, 64, 1, false}, cell{loadHTTP, 64, 1, true}
	echo := cell{loadWebSocket, 100, 1, false}
	of := func(key string, micros float64) *serverReport {
		s := &serverReport{Key: key, Memory: []memorySample{{Load: loadHTTP, Connections: 10, IdlePerConn: 284, UsedPerConn: 1200}}}
		for _, c := range []cell{plain, varied, echo} {
			s.Cells = append(s.Cells, &cellReport{cell: c, summary: summary{Median: micros}})
		}
		return s
	}
	r := report{
		Rounds:  5,
		Servers: []*serverReport{of("a", 7.754), of("c", 0.8649), of("f", 24.68)},
		Ratios: []ratioReport{
			{"c", "a", plain, summary{1.2, 1.1, 1.3}, 1.15, &no}, {"c", "a", varied, summary{1.12, 1.1, 1.3}, 1.15, &yes},
			{"c", "f", echo, summary{0.73, 0.7, 0.8}, 0.9, &yes},
		},
		Database: []*databaseReport{
			{databaseCell: databaseCell{"pgsql", 1, 1, "/one", "f"}, PerSecond: summary{Median: 372}, Micros: summary{Median: 222}},
			{databaseCell: databaseCell{"pgsql", 1, 1, "/one", "s"}, PerSecond: summary{Median: 11682}, Micros: summary{Median: 51},
				Faster: &summary{31.4, 25, 38}, Cheaper: &summary{Median: 0.24}},
		},
		Outgoing: &outgoingReport{Calls: 500, Seconds: summary{0.25, 0.19, 0.45}, Micros: summary{Median: 212}},
	}
	file := filepath.Join(t.TempDir(), "bench.json")
	require.NoError(t, r.write(file))
	var out strings.Builder
	require.NoError(t, printTables(&out, file))
	for _, line := range []string{
		"| plain | 64 | 7.75 | | **0.86** | | | 24.7 |",
		"| c/a | 64 | **1.20** (1.10 to 1.30), missed | 1.12 (1.10 to 1.30) | 1.15 |",
		"| websocket | 100 | 7.75 | 0.86 | 24.7 | | 0.73 (0.70 to 0.80) | 0.9 |",
		"| http | c | 0 | 10 | 284 | 1200 |",
		"| pgsql | 1 ms | 1 | one | 372, 222 us | **11682**, 51 us | 31.4 (25.0 to 38.0) | 0.24 |",
		"500 HTTP calls at the same time: 0.25 s (0.19 to 0.45), 212 processor microseconds per call",
	} {
		require.Contains(t, out.String(), line+"\n")
	}
}
