package applog

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 123456000, time.UTC)

func TestFormats(t *testing.T) {
	r := record{time: noon, level: 4, channel: "app", message: "who \"is\"\nthis", context: `{"n":1.0,"text":"a\nb","level":3,"list":[1,{"x":2}]}`}
	tests := []struct {
		format Format
		want   string
	}{
		{Line, `[2026-11-22T12:00:00.123456Z] app.WARNING: who "is"\nthis ` + r.context + "\n"},
		{JSON, `{"time":"2026-11-22T12:00:00.123456Z","level":"warning","channel":"app","message":"who \"is\"\nthis","context":` + r.context + "}\n"},
		{Logfmt, `time="2026-11-22T12:00:00.123456Z" level=warning channel=app msg="who \"is\"\\nthis" context.level=3 list="[1,{\"x\":2}]" n=1.0 text="a\\nb"` + "\n"},
		{Plain, `who "is"\nthis` + "\n"},
	}
	for _, tt := range tests {
		t.Run(string(tt.format), func(t *testing.T) {
			r.format = tt.format
			require.Equal(t, tt.want, string(appendRecord(nil, &r)))
		})
	}
}

// Whatever is logged, a record is one line without control characters; JSON stays JSON and says what was meant.
func FuzzOneLine(f *testing.F) {
	f.Add("a\nb", "\x1b[2J", "x")
	f.Add("\xff\xc2\x85\u202e\u2028", "", "=\"")
	f.Fuzz(func(t *testing.T, message, channel, key string) {
		quoted, err := json.Marshal(map[string]any{key: message})
		require.NoError(t, err)
		for _, format := range []Format{Line, JSON, Logfmt, Plain} {
			line := string(appendRecord(nil, &record{time: noon, channel: channel, message: message, context: string(quoted), format: format}))
			body, ok := strings.CutSuffix(line, "\n")
			require.True(t, ok)
			require.True(t, utf8.ValidString(body), "%q", body)
			require.NotContains(t, body, "\n")
			require.Equal(t, -1, strings.IndexFunc(body, unsafe), "%q", body)
			if format == JSON {
				var back struct {
					Message, Channel string
					Context          map[string]any
				}
				require.NoError(t, json.Unmarshal([]byte(line), &back), line)
				require.Equal(t, strings.ToValidUTF8(message, "\ufffd"), collapse(message, back.Message))
				require.Len(t, back.Context, 1)
			}
		}
	})
}

// collapse makes up for ToValidUTF8, which replaces a run of bad bytes by one character.
func collapse(original, got string) string {
	if utf8.ValidString(original) {
		return got
	}
	return strings.ToValidUTF8(original, "\ufffd")
}

func options() Options { return Options{MaxQueue: DefaultMaxQueue, Full: Block} }

func TestOptionsAndTargets(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "app.log")
	a, err := open(path, options())
	require.NoError(t, err)
	b, err := open(dir+"/./app.log", options())
	require.NoError(t, err)
	require.Same(t, a, b, "one file is one target")
	other := options()
	other.MaxBytes = 5
	_, err = open(path, other)
	require.ErrorContains(t, err, "is open already with other options")
	a.close()
	targets.mu.Lock()
	delete(targets.all, path)
	targets.mu.Unlock()
	for name, want := range map[string]string{
		"": "needs a target", "a\x00b": "NUL", "http://x": "a target is a file", "syslog://host": "missing port",
	} {
		_, err := open(name, options())
		require.ErrorContains(t, err, want)
	}
	for _, o := range []Options{{MaxBytes: -1, MaxQueue: DefaultMaxQueue, Full: Block}, {MaxQueue: 1, Full: Block}, {MaxQueue: DefaultMaxQueue}} {
		_, err := open(path, o)
		require.Error(t, err)
	}
}

// gate is a destination that waits to be let through.
type gate struct {
	mu    sync.Mutex // guards lines and err
	lines []string
	err   error
	pass  chan struct{}
}

func (g *gate) each() bool   { return false }
func (g *gate) close() error { return nil }
func (g *gate) write(b []byte, _ Level) error {
	<-g.pass
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err != nil {
		return g.err
	}
	g.lines = append(g.lines, strings.SplitAfter(strings.TrimSuffix(string(b), "\n"), "\n")...)
	return nil
}

func say(n int, size int) record {
	return record{time: noon, level: 6, channel: "c", message: fmt.Sprintf("%06d", n) + strings.Repeat("x", size), format: Line}
}

func TestAFullQueueBlocksOrDrops(t *testing.T) {
	defer goleak.VerifyNone(t)
	const size = 100_000
	for _, full := range []Full{Drop, Block} {
		t.Run(string(full), func(t *testing.T) {
			g := &gate{pass: make(chan struct{})}
			o := Options{MaxQueue: 2 * MaxRecordBytes, Full: full}
			tg := newTarget("test "+string(full), o, g)
			done := make(chan struct{})
			go func() {
				defer close(done)
				for n := range 50 {
					tg.put(say(n, size))
				}
			}()
			if full == Drop {
				<-done // nobody waited, though nothing was written
				tg.mu.Lock()
				require.LessOrEqual(t, tg.bytes, o.MaxQueue)
				require.Positive(t, tg.dropped)
				tg.mu.Unlock()
			}
			close(g.pass)
			<-done
			if full == Drop {
				require.NoError(t, tg.flush(t.Context()))
				tg.put(say(50, 0)) // the count may have to wait for a record
			}
			require.NoError(t, tg.flush(t.Context()))
			tg.close()
			text := strings.Join(g.lines, "")
			if full == Block {
				require.Len(t, g.lines, 50)
				return
			}
			require.Regexp(t, `phalanx.WARNING: \d+ records were dropped: the queue was full`, text)
		})
	}
}

func TestFlushEndsWithItsContext(t *testing.T) {
	g := &gate{pass: make(chan struct{})}
	tg := newTarget("test", options(), g)
	tg.put(say(1, 0))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, tg.flush(ctx), context.Canceled)
	close(g.pass)
	require.NoError(t, tg.flush(t.Context()))
	tg.close()
}

// A disk that is full must not stop the application.
func TestErrorsAreCountedAndDoNotStop(t *testing.T) {
	g := &gate{pass: make(chan struct{}), err: errors.New("no space left")}
	close(g.pass)
	tg := newTarget("test", options(), g)
	tg.put(say(1, 0))
	require.NoError(t, tg.flush(t.Context()))
	g.mu.Lock()
	g.err = nil
	g.mu.Unlock()
	tg.put(say(2, 0))
	tg.close()
	require.Len(t, g.lines, 1)
}

func TestLargeRecords(t *testing.T) {
	g := &gate{pass: make(chan struct{})}
	close(g.pass)
	tg := newTarget("test", options(), g)
	r := say(1, 3*MaxRecordBytes)
	r.context = `{"x":"` + strings.Repeat("y", 2*MaxRecordBytes) + `"}`
	tg.put(r)
	tg.close()
	require.Less(t, len(g.lines[0]), MaxRecordBytes+200)
	require.True(t, strings.HasSuffix(g.lines[0], `xxx... {"dropped":"a context of 2097160 bytes"}`))
}

// all reads what was logged to a file and those it was rotated to, oldest first.
func all(t *testing.T, path string) (lines []string, files []string) {
	t.Helper()
	files, err := filepath.Glob(path + ".*")
	require.NoError(t, err)
	slices.Sort(files)
	files = append(files, path)
	for _, name := range files {
		f, err := os.Open(name)
		require.NoError(t, err)
		var rd io.Reader = f
		if strings.HasSuffix(name, ".gz") {
			rd, err = gzip.NewReader(f)
			require.NoError(t, err)
		}
		text, err := io.ReadAll(rd)
		require.NoError(t, err)
		require.NoError(t, f.Close())
		if len(text) > 0 {
			lines = append(lines, strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")...)
		}
	}
	return lines, files
}

func TestRotation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.log")
	o := options()
	o.MaxBytes, o.Compress = 1000, true
	f := newFile(path, &o)
	var want []string
	for n := range 100 {
		line := fmt.Sprintf("%03d %s", n, strings.Repeat("x", 90))
		if n == 50 {
			line += strings.Repeat("y", 2000) // larger than a file may be: one of its own
		}
		want = append(want, line)
		require.NoError(t, f.write([]byte(line+"\n"), 6))
		f.tidying.Wait()
	}
	require.NoError(t, f.write([]byte(strings.Join(want, "\n")+"\n"), 6)) // a batch larger than a file
	require.NoError(t, f.close())
	got, files := all(t, path)
	require.True(t, slices.Equal(append(slices.Clone(want), want...), got), "each line once, in order")
	require.Greater(t, len(files), 20)
	for _, name := range files[:len(files)-1] {
		require.True(t, strings.HasSuffix(name, ".gz"), name)
	}
}

func TestRotatedFilesAreFewAndYoung(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "app.log")
	for _, name := range []string{"app.log.20200101-000000.000000.gz", "app.log.1", "app.log.20200101-000000.000000.gz.tmp", "app.log.old"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}
	o := options()
	o.MaxBytes, o.Keep, o.KeepFor = 100, 3, time.Hour
	clock := time.Now()
	f := newFile(path, &o)
	f.now = func() time.Time { return clock }
	for range 20 {
		require.NoError(t, f.write([]byte(strings.Repeat("x", 99)+"\n"), 6))
		f.tidying.Wait()
	}
	rotated := func() (n int) {
		found, err := filepath.Glob(path + ".2*")
		require.NoError(t, err)
		return len(found)
	}
	require.Equal(t, 3+1, rotated(), "three, and the temporary file that is somebody's")
	require.FileExists(t, filepath.Join(dir, "app.log.1"), "what is no rotated file of ours is left alone")
	require.FileExists(t, filepath.Join(dir, "app.log.old"))
	require.NoFileExists(t, filepath.Join(dir, "app.log.20200101-000000.000000.gz"))
	clock = clock.Add(2 * time.Hour)
	require.NoError(t, f.write([]byte(strings.Repeat("x", 99)+"\n"), 6))
	f.tidying.Wait()
	require.Equal(t, 1+1, rotated())
	require.NoError(t, f.close())
}

func TestDailyRotation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.log")
	require.NoError(t, os.WriteFile(path, []byte("yesterday\n"), 0o600))
	clock := time.Now()
	require.NoError(t, os.Chtimes(path, clock, clock.Add(-24*time.Hour)))
	o := options()
	o.Daily = true
	f := newFile(path, &o)
	f.now = func() time.Time { return clock }
	require.NoError(t, f.write([]byte("today\n"), 6))
	require.NoError(t, f.write([]byte("today too\n"), 6))
	f.tidying.Wait()
	_, files := all(t, path)
	require.Len(t, files, 2)
	now, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "today\ntoday too\n", string(now))
	require.NoError(t, f.close())
}

// logrotate moves the file away and needs not tell anybody.
func TestAFileThatWasMovedIsOpenedAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.log")
	o := options()
	f := newFile(path, &o)
	require.NoError(t, f.write([]byte("one\n"), 6))
	require.NoError(t, os.Rename(path, path+".1"))
	require.NoError(t, f.write([]byte("two\n"), 6))
	require.NoError(t, os.Remove(path))
	require.NoError(t, f.write([]byte("three\n"), 6))
	got, _ := all(t, path)
	require.Equal(t, []string{"one", "three"}, got)
	require.NoError(t, f.close())
	require.ErrorIs(t, newFile(filepath.Join(t.TempDir(), "no", "such", "folder"), &o).write([]byte("x\n"), 6), os.ErrNotExist)
}

// Several processes write to one file and rotate and compress it under each other's hands: no line is lost, none is cut.
func TestSeveralWritersOfOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.log")
	const writers, each = 4, 500
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			o := options()
			o.MaxBytes, o.Compress = 4000, true
			f := newFile(path, &o) // its own, as in another process
			for n := range each {
				if err := f.write([]byte(fmt.Sprintf("%d-%d %s\n", w, n, strings.Repeat("x", 40))), 6); err != nil {
					t.Error(err)
				}
			}
			if err := f.close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	got, _ := all(t, path)
	seen := map[string]bool{}
	for _, line := range got {
		name, _, _ := strings.Cut(line, " ")
		require.False(t, seen[name], "twice: %s", line)
		seen[name] = true
	}
	require.Len(t, seen, writers*each)
}

func TestSyslogGetsSeverities(t *testing.T) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	name := "syslog://" + conn.LocalAddr().String()
	o := options()
	build, _, err := parse(name, &o)
	require.NoError(t, err)
	tg := newTarget(name, o, build())
	buf := make([]byte, 1000)
	for level := Level(0); level < 8; level++ {
		tg.put(record{time: noon, level: level, channel: "app", message: "hello", format: Line})
		require.NoError(t, tg.flush(t.Context()))
		n, _, err := conn.ReadFrom(buf)
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(string(buf[:n]), fmt.Sprintf("<%d>", 8+level)), "%s", buf[:n])
		require.Contains(t, string(buf[:n]), "app."+strings.ToUpper(level.String())+": hello")
	}
	tg.close()
}

func BenchmarkPut(b *testing.B) {
	o := options()
	tg := newTarget("bench", o, newFile(filepath.Join(b.TempDir(), "app.log"), &o))
	b.ReportAllocs()
	for b.Loop() {
		tg.put(record{time: time.Now(), level: 6, channel: "app", message: "a message of some length", context: `{"user":7}`, format: Line})
	}
	tg.close()
}
