package main

import (
	"math"
	"slices"
)

// summary of the samples of several rounds.
type summary struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
}

// summarize returns NaNs for no samples.
func summarize(samples []float64) summary {
	if len(samples) == 0 {
		return summary{math.NaN(), math.NaN(), math.NaN()}
	}
	return summary{median(samples), slices.Min(samples), slices.Max(samples)}
}

// median of at least one value; of an even number, the mean of the middle two.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	half := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[half]
	}
	return (sorted[half-1] + sorted[half]) / 2
}

// ratios divides round by round: load from outside that lasts as long as a round cancels out.
func ratios(over, under []float64) []float64 {
	n := min(len(over), len(under))
	r := make([]float64, n)
	for i := range n {
		r[i] = over[i] / under[i]
	}
	return r
}

// cell is one form of load.
type cell struct {
	Load   string `json:"load"`
	Conns  int    `json:"connections"`
	Depth  int    `json:"depth"`
	Varied bool   `json:"varied,omitempty"`
}

func (c cell) form() string {
	switch {
	case c.Load != loadHTTP:
		return c.Load
	case c.Varied:
		return "varied"
	}
	return "plain"
}

// comparison is a pair of servers whose ratio is of interest.
type comparison struct{ over, under string }

// b/a and f/a say what is left to gain: how far the engine alone and Workerman are from the floor.
var comparisons = []comparison{{"c", "a"}, {"c", "f"}, {"c", "e"}, {"b", "a"}, {"f", "a"}, {"g", "c"}, {"c", "o"}}

// target is the most that a ratio may be; ok is false where none was set.
func (p comparison) target(c cell) (limit float64, ok bool) {
	limit = targets[p][goal{c.Load, c.Depth > 1, c.Varied}]
	return limit, limit > 0
}

// goal is a kind of cells that have one target.
type goal struct {
	load         string
	deep, varied bool
}

var targets = map[comparison]map[goal]float64{
	{"c", "a"}: {
		{loadHTTP, false, false}: 1.15, {loadHTTP, false, true}: 1.15,
		{loadHTTP, true, false}: 2, {loadHTTP, true, true}: 2,
		{loadWebSocket, false, false}: 1.2,
	},
	{"c", "f"}: {
		{loadHTTP, false, false}: 0.85, {loadHTTP, false, true}: 0.6,
		{loadHTTP, true, false}: 0.2, {loadHTTP, true, true}: 0.2,
		{loadRequest, false, false}:   0.55,
		{loadMicro, false, false}:     0.6,
		{loadWebSocket, false, false}: 0.9,
		{loadText, false, false}:      0.95, {loadText, true, false}: 0.2,
		{loadTLS, false, false}:       0.9,
		{loadBroadcast, false, false}: 0.92, {loadBroadcast, true, false}: 0.25,
	},
	{"c", "e"}: {
		{loadHTTP, false, false}: 0.15, {loadHTTP, false, true}: 0.15,
		{loadHTTP, true, false}: 0.15, {loadHTTP, true, true}: 0.15,
	},
}

// memoryTarget is the most process memory that a connection of the engine with PHP may take, in bytes.
type memoryTarget struct{ idle, used float64 }

// An idle HTTP connection has delivered nothing, a WebSocket only its handshake.
var memoryTargets = map[string]memoryTarget{
	loadHTTP:      {idle: 1024, used: 2048},
	loadWebSocket: {idle: 1536},
}
