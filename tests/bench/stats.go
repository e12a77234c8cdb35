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
	Conns  int  `json:"connections"`
	Depth  int  `json:"depth"`
	Varied bool `json:"varied"`
}

func (c cell) form() string {
	if c.Varied {
		return "varied"
	}
	return "plain"
}

// comparison is a pair of servers whose ratio is of interest.
type comparison struct{ over, under string }

// The last two say what is left to gain: how far the engine alone and Workerman are from the floor.
var comparisons = []comparison{{"c", "a"}, {"c", "f"}, {"c", "e"}, {"b", "a"}, {"f", "a"}}

// target is the most that a ratio may be; ok is false where none was set.
func (p comparison) target(c cell) (limit float64, ok bool) {
	deep := c.Depth > 1
	switch p {
	case comparison{"c", "a"}:
		if deep {
			return 2, true
		}
		return 1.15, true
	case comparison{"c", "f"}:
		switch {
		case deep:
			return 0.2, true
		case c.Varied:
			return 0.6, true
		}
		return 0.85, true
	case comparison{"c", "e"}:
		return 0.15, true
	}
	return 0, false
}

// Targets for the process memory of one connection of the engine with PHP, in bytes.
const (
	targetIdleBytes = 1024 // has delivered nothing
	targetUsedBytes = 2048 // after one request
)
