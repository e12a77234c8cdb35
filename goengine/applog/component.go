package applog

import (
	"context"
	"time"

	"github.com/phalanx-php/phalanx/goengine/component"
)

//go:generate go run github.com/phalanx-php/phalanx/goengine/component/describe/gen

func init() {
	component.RegisterEnum[Format](`Phalanx\Log\Format`, component.Case("Line", Line), component.Case("Json", JSON),
		component.Case("Logfmt", Logfmt), component.Case("Plain", Plain))
	component.RegisterEnum[Full](`Phalanx\Log\WhenFull`, component.Case("Block", Block), component.Case("Drop", Drop))
	component.Register(`Phalanx\Log\Output`, NewOutput, component.ThrowsBy(`Phalanx\Log\LogException`),
		component.Defaults(OutputOptions{MaxQueueBytes: DefaultMaxQueue, WhenFull: Block}))
}

// OutputOptions are what all loggers of a target have in common.
type OutputOptions struct {
	component.Options
	RotateBytes   int64
	RotateDaily   bool
	KeepFiles     int
	KeepFor       time.Duration
	Compress      bool
	Permissions   int
	MaxQueueBytes int64
	WhenFull      Full
}

// Output is a channel of a target: Phalanx\Log is what applications use.
type Output struct {
	target  *target
	channel string
	format  Format
}

// NewOutput opens a target, or finds it.
func NewOutput(target, channel string, format Format, o OutputOptions) (*Output, error) {
	t, err := open(target, Options{
		MaxBytes: o.RotateBytes, Daily: o.RotateDaily, Keep: o.KeepFiles, KeepFor: o.KeepFor, Compress: o.Compress,
		Permission: o.Permissions, MaxQueue: o.MaxQueueBytes, Full: o.WhenFull,
	})
	if err != nil {
		return nil, err
	}
	return &Output{target: t, channel: channel, format: format}, nil
}

// Write queues a record. level is a severity of RFC 5424, 0 to 7; context is a JSON object, or "".
func (o *Output) Write(level int, message, context string) {
	o.target.put(record{
		time: time.Now(), level: Level(level), channel: o.channel, message: message, context: context, format: o.format,
	})
}

// Channel is the same target under another name.
func (o *Output) Channel(name string) *Output {
	return &Output{target: o.target, channel: name, format: o.format}
}

// Flush waits until all that has been logged so far is written.
func (o *Output) Flush(ctx context.Context) error { return o.target.flush(ctx) }
