// Package words counts words. Its types are classes of PHP.
package words

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/phalanx-php/phalanx/goengine/component"
)

func init() {
	component.Register(`Words\Counter`, New, component.Defaults(Reading{MaxBytes: 1 << 20}),
		component.Throws(os.ErrNotExist, `InvalidArgumentException`))
	component.RegisterValue[Word](`Words\Word`)
}

// Word is a word and how often it came.
type Word struct {
	Text  string
	Count int
}

// Counter counts words, without regard to case.
type Counter struct {
	mu     sync.Mutex // guards counts: several goroutines may read files into one Counter
	counts map[string]int
}

// New makes a counter that has seen nothing.
func New() *Counter { return &Counter{counts: map[string]int{}} }

// Add counts the words of a text and answers how many there were.
func (c *Counter) Add(text string) int {
	words := strings.Fields(strings.ToLower(text))
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range words {
		c.counts[w]++
	}
	return len(words)
}

// Len makes the class Countable: how many different words there are.
func (c *Counter) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.counts)
}

// Top gives the most frequent words, the most frequent first, at most limit of them.
func (c *Counter) Top(limit int) []Word {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make([]Word, 0, len(c.counts))
	for text, n := range c.counts {
		all = append(all, Word{text, n})
	}
	slices.SortFunc(all, func(a, b Word) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Text, b.Text))
	})
	return all[:max(0, min(limit, len(all)))]
}

// Reading says how to read a file.
type Reading struct {
	component.Options
	MaxBytes int // MaxBytes is how much of the file is read.
}

// Read counts the words of a file. The Fiber that calls it waits, and its worker serves others.
func (c *Counter) Read(ctx context.Context, file string, how Reading) (int, error) {
	f, err := os.Open(file)
	if err != nil {
		return 0, fmt.Errorf("words: %w", err)
	}
	defer func() { _ = f.Close() }()
	total := 0
	for lines := bufio.NewScanner(io.LimitReader(f, int64(how.MaxBytes))); lines.Scan(); {
		if err := ctx.Err(); err != nil {
			return total, err
		}
		total += c.Add(lines.Text())
	}
	return total, nil
}
