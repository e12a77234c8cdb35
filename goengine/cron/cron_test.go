package cron

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func at(t *testing.T, text, zone string) time.Time {
	t.Helper()
	l, err := time.LoadLocation(zone)
	require.NoError(t, err)
	moment, err := time.ParseInLocation(time.DateTime, text, l)
	require.NoError(t, err)
	return moment
}

func TestRules(t *testing.T) {
	tests := []struct {
		name, rule, zone, after string
		want                    []string
	}{
		{"five fields", "30 4 * * 1", "UTC", "2026-11-22 10:00:00", []string{"2026-11-23T04:30:00Z", "2026-11-30T04:30:00Z"}},
		{"seconds", "*/20 * * * * *", "UTC", "2026-11-22 10:00:05", []string{"2026-11-22T10:00:20Z", "2026-11-22T10:00:40Z", "2026-11-22T10:01:00Z"}},
		{"names and ranges", "0 12 * JAN-FEB MON,WED", "UTC", "2026-11-22 10:00:00", []string{"2027-01-04T12:00:00Z"}},
		{"either day fits", "0 0 13 * FRI", "UTC", "2026-11-22 10:00:00", []string{"2026-11-27T00:00:00Z", "2026-12-04T00:00:00Z", "2026-12-11T00:00:00Z", "2026-12-13T00:00:00Z"}},
		{"every", "@every 90s", "UTC", "2026-11-22 10:00:05", []string{"2026-11-22T10:01:30Z", "2026-11-22T10:03:00Z"}},
		{"daily", "@daily", "Asia/Tokyo", "2026-11-22 10:00:05", []string{"2026-11-23T00:00:00+09:00"}},
		{"a day that never comes", "0 0 30 2 *", "UTC", "2026-11-22 10:00:05", []string{}},
		{"the hour that a spring skips", "30 2 * * *", "Europe/Berlin", "2026-03-28 12:00:00", []string{"2026-03-30T02:30:00+02:00"}},
		{"the hour that an autumn has twice", "30 2 * * *", "Europe/Berlin", "2026-10-24 12:00:00", []string{"2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "2026-10-26T02:30:00+01:00"}},
		{"every hour of an autumn's night", "0 * * * *", "Europe/Berlin", "2026-10-25 01:30:00", []string{"2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T03:00:00+01:00"}},
		{"every 30 minutes over a spring", "*/30 * * * *", "Europe/Berlin", "2026-03-29 01:10:00", []string{"2026-03-29T01:30:00+01:00", "2026-03-29T03:00:00+02:00"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Next(tt.rule, tt.zone, at(t, tt.after, tt.zone), max(len(tt.want), 1))
			require.NoError(t, err)
			texts := []string{}
			for _, g := range got {
				texts = append(texts, g.Format(time.RFC3339))
			}
			require.Equal(t, tt.want, texts)
		})
	}
	for _, bad := range []string{
		"", "* * * *", "* * * * * * *", "60 * * * *", "* 24 * * *", "*/0 * * * *", "5-1 * * * *", "a * * * *", "@every 0s", "@every 1.5s",
		"@every x", "@sometimes", "TZ=UTC * * * * *", "CRON_TZ=UTC * * * * *", "99999999999999999999 * * * *",
	} {
		_, err := Parse(bad, "UTC")
		require.ErrorContains(t, err, "cron: ", bad)
	}
	for _, bad := range []string{"Mars/Olympus", "Local", "../etc/passwd"} {
		_, err := Parse("* * * * *", bad)
		require.ErrorContains(t, err, "is no time zone")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"* * * * *", "*/5 1-3,7 * JAN SUN", "@every 1h", "@monthly", "0 0 29 2 *"} {
		f.Add(s, int64(1.7e9))
	}
	f.Fuzz(func(t *testing.T, rule string, unix int64) {
		s, err := Parse(rule, "Europe/Berlin")
		if err != nil {
			return
		}
		after := time.Unix(unix%4e9, 0)
		if next := s.Next(after); !next.IsZero() {
			require.True(t, next.After(after), "%v %v", after, next)
			require.Zero(t, next.Nanosecond())
		}
	})
}

// alone is a job that nobody else may run.
func alone(t *testing.T, s Settings, handlers ...Handler) (*Table, *job) {
	t.Helper()
	tb := NewTable()
	if s.Rule == "" {
		s.Rule = "* * * * * *"
	}
	if s.Overlap == "" {
		s.Overlap = Skip
	}
	if s.Missed == "" {
		s.Missed = MissedSkip
	}
	for _, h := range handlers {
		require.NoError(t, tb.register(t.Name(), s, &runner{handler: h}))
	}
	j := tb.find(t.Name())
	t.Cleanup(func() {
		tb.forget()
		j.claim.release()
	})
	return tb, j
}

// Four workers have the job: one of them runs it, each second once.
func TestOneOfAllWorkersRuns(t *testing.T) {
	var mu sync.Mutex // guards times and by
	times, by := map[int64]int{}, map[int]int{}
	var handlers []Handler
	seen := make(chan struct{}, 100)
	for i := range 4 {
		handlers = append(handlers, func(_ context.Context, due time.Time) error {
			mu.Lock()
			defer mu.Unlock()
			times[due.Unix()]++
			by[i]++
			seen <- struct{}{}
			return nil
		})
	}
	tb, _ := alone(t, Settings{}, handlers...)
	for range 4 {
		<-seen
	}
	tb.forget()
	mu.Lock()
	defer mu.Unlock()
	for second, n := range times {
		require.Equal(t, 1, n, "%d", second)
	}
	require.Len(t, by, 4, "they take turns")
}

// Two processes of a group: one has the claim until it gives it up.
func TestClaims(t *testing.T) {
	a, b := newClaim(t.Name(), ""), newClaim(t.Name(), "")
	require.True(t, a.mine())
	require.True(t, a.mine())
	require.False(t, b.mine())
	a.release()
	require.True(t, b.mine())
	require.False(t, a.mine())
	b.release()
	b.release()
}

func TestOverlap(t *testing.T) {
	for _, tt := range []struct {
		overlap Overlap
		begun   []bool
		runs    int32
	}{{Skip, []bool{true, false, false}, 1}, {Queue, []bool{true, true, false}, 2}, {Allow, []bool{true, true, true}, 3}} {
		t.Run(string(tt.overlap), func(t *testing.T) {
			gate, ended := make(chan struct{}), make(chan struct{}, 10)
			var runs atomic.Int32
			_, j := alone(t, Settings{Rule: "0 0 1 1 *", Overlap: tt.overlap}, func(context.Context, time.Time) error {
				runs.Add(1)
				<-gate
				ended <- struct{}{}
				return nil
			})
			for _, want := range tt.begun {
				require.Equal(t, want, j.begin(time.Now()))
			}
			close(gate)
			for range tt.runs {
				<-ended
			}
			require.Equal(t, tt.runs, runs.Load())
		})
	}
}

func TestFailuresAreCountedAndTheJobGoesOn(t *testing.T) {
	var n atomic.Int32
	done := make(chan struct{}, 10)
	tb, _ := alone(t, Settings{}, func(context.Context, time.Time) error {
		defer func() { done <- struct{}{} }()
		if n.Add(1) == 1 {
			return errors.New("the first fails")
		}
		return nil
	})
	<-done
	<-done
	require.Eventually(t, func() bool { return tb.list()[0].Runs >= 2 }, 5*time.Second, time.Millisecond)
	info := tb.list()[0]
	require.Equal(t, int64(1), info.Failures)
	require.Empty(t, info.LastError)
	require.Equal(t, 1, info.Workers)
}

func TestWhatWasMissed(t *testing.T) {
	for _, missed := range []Missed{MissedSkip, MissedOnce} {
		t.Run(string(missed), func(t *testing.T) {
			var runs atomic.Int32
			handler := func(context.Context, time.Time) error { runs.Add(1); return nil }
			tb, j := alone(t, Settings{Rule: "0 0 1 1 *", Missed: missed}, handler)
			gone := j.runners[0]
			tb.unregister(t.Name(), gone)
			j.due(time.Now(), time.Now) // nobody is there
			j.due(time.Now(), time.Now)
			require.NoError(t, tb.register(t.Name(), j.settings, &runner{handler: handler}))
			j.makeUp()
			want := map[Missed]int32{MissedSkip: 0, MissedOnce: 1}[missed]
			require.Eventually(t, func() bool { return runs.Load() == want }, 5*time.Second, time.Millisecond)
			j.due(time.Now().Add(-time.Hour), time.Now) // the machine slept
			require.Eventually(t, func() bool { return runs.Load() == 2*want }, 5*time.Second, time.Millisecond)
		})
	}
}

// A clock that is set forward does not make a job wait for the old time.
func TestTheNewestSettingsCount(t *testing.T) {
	ran := make(chan string, 10)
	say := func(what string) Handler {
		return func(context.Context, time.Time) error { ran <- what; return nil }
	}
	tb, j := alone(t, Settings{Rule: "0 0 1 1 *"}, say("old"))
	require.NoError(t, tb.register(t.Name(), Settings{Rule: "* * * * * *", Overlap: Skip, Missed: MissedSkip}, &runner{handler: say("new")}))
	<-ran // at once, not in January
	require.True(t, tb.remove(t.Name()))
	require.False(t, tb.remove(t.Name()))
	require.Nil(t, tb.find(t.Name()))
	_ = j
}

func TestLimits(t *testing.T) {
	tb := NewTable()
	r := &runner{handler: func(context.Context, time.Time) error { return nil }}
	good := Settings{Rule: "0 0 1 1 *", Overlap: Skip, Missed: MissedSkip}
	require.ErrorContains(t, tb.register("", good, r), "has a name")
	long := good
	long.Jitter = 2 * time.Hour
	require.ErrorContains(t, tb.register("x", long, r), "jitter")
	tb.forget()
	require.NoError(t, tb.register("x", good, r))
	require.Empty(t, tb.list(), "the supervisor takes none")
}

// The loop follows the clock, not a sum of sleeps.
func TestLoopFollowsTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex // guards skew
		skew := time.Duration(0)
		now := func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return time.Now().Add(skew)
		}
		s, err := Parse("0 * * * *", "UTC")
		require.NoError(t, err)
		j := &job{schedule: s, changed: make(chan struct{})}
		began := time.Now()
		due := s.Next(now())
		go func() {
			time.Sleep(5 * time.Minute)
			mu.Lock()
			skew = 50 * time.Minute // somebody sets the clock
			mu.Unlock()
		}()
		require.True(t, j.await(t.Context(), j.changed, due, now))
		require.Less(t, time.Since(began), 11*time.Minute)
	})
}
