// Package cron runs jobs at the times that expressions of cron name: Phalanx\Cron.
//
// Every worker registers the same jobs; of all workers of all server processes that have registered one, one runs it each
// time. Which process does is decided by a socket of the supervisor's processes (claim.go), across machines by a lease.
package cron

import (
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"time"
	_ "time/tzdata" // machines without zone files

	"github.com/robfig/cron/v3"
)

// Schedule answers the next time after another one; zero when there is none.
type Schedule interface{ Next(time.Time) time.Time }

var parser = cron.NewParser(cron.SecondOptional | cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)

const maxRule = 256

// Parse reads an expression of five fields, or six with seconds first, or @every 90s, @hourly and the like. zone is a name of
// the IANA database; "" is UTC. An interval counts from whole multiples of it in Unix time, so that all machines agree.
func Parse(rule, zone string) (Schedule, error) {
	if len(rule) > maxRule {
		return nil, errors.New("cron: the rule is too long")
	}
	if strings.HasPrefix(rule, "TZ=") || strings.HasPrefix(rule, "CRON_TZ=") {
		return nil, fmt.Errorf("cron: %q: name the zone by the argument timezone", rule)
	}
	at, err := time.LoadLocation(zone)
	if err != nil || strings.EqualFold(zone, "local") {
		return nil, fmt.Errorf("cron: %q is no time zone", zone)
	}
	if text, ok := strings.CutPrefix(rule, "@every "); ok {
		every, err := time.ParseDuration(strings.TrimSpace(text))
		if err != nil || every < time.Second || every%time.Second != 0 {
			return nil, fmt.Errorf("cron: %q: an interval is whole seconds, at least one, such as @every 90s or @every 1h30m", rule)
		}
		return interval{every, at}, nil
	}
	s, err := parser.Parse(strings.TrimSpace(rule))
	if err != nil {
		return nil, fmt.Errorf("cron: %q: %w", rule, err)
	}
	if spec, ok := s.(*cron.SpecSchedule); ok {
		spec.Location = at
	}
	return zoned{s, at}, nil
}

// zoned answers times of a zone.
type zoned struct {
	Schedule
	at *time.Location
}

func (z zoned) Next(t time.Time) time.Time { return z.Schedule.Next(t.In(z.at)) }

// interval is @every.
type interval struct {
	every time.Duration
	at    *time.Location
}

func (i interval) Next(t time.Time) time.Time {
	step := int64(i.every / time.Second)
	return time.Unix((t.Unix()/step+1)*step, 0).In(i.at)
}

// Next lists the times of a rule after another one, at most count.
func Next(rule, zone string, after time.Time, count int) ([]time.Time, error) {
	s, err := Parse(rule, zone)
	if err != nil {
		return nil, err
	}
	all := make([]time.Time, 0, count)
	for len(all) < count {
		if after = s.Next(after); after.IsZero() {
			break
		}
		all = append(all, after)
	}
	return all, nil
}

// key is a job's name as part of names that have few characters and bytes.
func key(name string) string {
	h := fnv.New128a()
	_, _ = h.Write([]byte(name))
	return fmt.Sprintf("%x", h.Sum(nil))
}
