package sqldb

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCopyRows(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	row := []any{nil, true, int64(-7), 1.5, math.Inf(1), "a\tb\nc\\d\r", Binary{[]byte{0, 255}}, at, []any{int64(1), "x\\"}, named("a", "\n")}
	out, err := appendCopyRow(nil, row)
	require.NoError(t, err)
	require.Equal(t, `\N`+"\ttrue\t-7\t1.5\tInfinity\t"+`a\tb\nc\\d\r`+"\t"+`\\x00ff`+"\t2026-01-02 03:04:05+00:00\t"+
		`{"1","x\\\\"}`+"\t"+`{"a":"\\n"}`+"\n", string(out))
	_, err = appendCopyRow(nil, []any{"\x00"})
	require.ErrorContains(t, err, "NUL")
	_, err = appendCopyRow(nil, []any{struct{}{}})
	require.Error(t, err)
}

func TestBulk(t *testing.T) {
	d := &database{dsn: &DSN{Dialect: MySQL}}
	b, err := d.bulk("shop.or`der", []string{"id", "na me"}, [][]any{{1, 2}, {3, 4}})
	require.NoError(t, err)
	require.Equal(t, "INSERT INTO `shop`.`or``der` (`id`, `na me`) VALUES (?, ?), (?, ?)", b.insertSQL(2))
	_, err = d.bulk("t", []string{"a"}, [][]any{{1}, {1, 2}})
	require.ErrorContains(t, err, "row 1 has 2 values")
	_, err = d.bulk("t", nil, nil)
	require.Error(t, err)
}
