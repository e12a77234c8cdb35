// Package shop has components of each kind that describe reads.
package shop

import (
	"context"
	"strings"
	"time"

	c "github.com/phalanx-php/phalanx/goengine/component"
)

func init() {
	c.Register(`Shop\Till`, open, c.Static("of", Of), c.Static("literal", func(a, _ int) int { return a }),
		c.Const("LIMIT", limit), c.Const("OTHER", 7))
	c.Register(`Shop\Till2`, open) // registered twice: described once
	c.Register(`Shop\Made`, func(name string) (*Made[int], error) { return nil, nil })
	c.RegisterType[*Receipt](`Shop\Receipt`)
	c.RegisterValue[Price](`Shop\Price`)
	c.RegisterEnum[Kind](`Shop\Kind`, c.Case("Cash", Cash), c.Case("Card", Card))
	c.Register(`Shop\Builder`, func() *strings.Builder { return nil })
}

const limit = 5 // limit is the most of all.

// A Till takes money. See [Till.Take] and [strings.Builder].
type Till struct {
	embedded
	*pointed
	// Open says so.
	Open   bool
	A, B   int // A and B are both.
	closed bool
}

type embedded struct {
	// Inner is inside.
	Inner int
}

// Promoted comes of an embedded type.
func (embedded) Promoted(by string) {}

type pointed struct {
	// Behind is not a property.
	Behind int
}

// Sale is how to sell.
type Sale struct {
	c.Options
	// Within is the longest
	// that it takes.
	Within time.Duration
}

// open opens a till.
//
// In it is what was there:
//
//	$till = new Till(3);
func open(coins int) *Till { return nil }

// Of makes one of a text.
func Of(text string, s Sale) *Till { return nil }

// Take takes money, "this" and what has no name.
func (t *Till) Take(ctx context.Context, amount int, this, _ string, more ...string) error {
	return nil
}
func (t *Till) Sell(what string, s Sale) {}
func (t *Till) Plain()                   {}
func (t *Till) hidden(a int)             {}

// Made is generic.
type Made[T any] struct{}

// Do does.
func (m *Made[T]) Do(with T) {}

type Receipt struct{}

// Total is what was paid.
func (r *Receipt) Total() int { return 0 }

// Price is a value.
type Price struct {
	Cents int // in all
}

type Kind string

const (
	// Cash is
	// money.
	Cash Kind = "cash"
	Card Kind = "card"
)
