package wire_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

type row struct {
	ID    int
	Name  string
	Price float64
	Tags  []string
	OK    bool
}

func rows() []row {
	all := make([]row, 1000)
	for i := range all {
		all[i] = row{i, fmt.Sprint("name ", i), float64(i) / 3, []string{"a", "b"}, true}
	}
	return all
}

func BenchmarkAny(b *testing.B) {
	in := encode(b, rows())
	d := wire.NewDecoder(in, wire.Limits{}, nil)
	v, _ := d.Any()
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(in)))
		for b.Loop() {
			d.Reset(in, wire.Limits{}, nil)
			_, _ = d.Any()
		}
	})
	b.Run("encode", func(b *testing.B) {
		var e wire.Encoder
		out := make([]byte, 0, len(in))
		b.ReportAllocs()
		for b.Loop() {
			e.Reset(out, wire.Limits{}, nil)
			_ = e.Any(v, nil)
		}
	})
}

func BenchmarkTyped(b *testing.B) {
	all := rows()
	in := encode(b, all)
	t, _ := wire.NewTypes(nil).Of(reflect.TypeOf(all))
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		var d wire.Decoder
		for b.Loop() {
			var v []row
			d.Reset(in, wire.Limits{}, nil)
			_ = t.Decode(&d, reflect.ValueOf(&v).Elem())
		}
	})
	b.Run("encode", func(b *testing.B) {
		var e wire.Encoder
		out := make([]byte, 0, len(in))
		b.ReportAllocs()
		for b.Loop() {
			e.Reset(out, wire.Limits{}, nil)
			_ = t.Encode(&e, reflect.ValueOf(all))
		}
	})
}
