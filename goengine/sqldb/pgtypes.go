package sqldb

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// pgKind is how a column's bytes become a value.
type pgKind uint8

const (
	pgText pgKind = iota // as the server writes it
	pgBool               // binary formats: pgBool to pgBytea
	pgInt2
	pgInt4
	pgInt8
	pgOid
	pgFloat4
	pgFloat8
	pgBytea
	pgArray // text: of the elements' kind
	pgTextBool
	pgTextInt
	pgTextFloat
	pgTextBytea
)

func (k pgKind) binary() bool { return k >= pgBool && k <= pgBytea }

// text is the kind of the same values in text format.
func (k pgKind) text() pgKind {
	switch k {
	case pgBool:
		return pgTextBool
	case pgInt2, pgInt4, pgInt8, pgOid:
		return pgTextInt
	case pgFloat4, pgFloat8:
		return pgTextFloat
	case pgBytea:
		return pgTextBytea
	}
	return k
}

// OIDs of PostgreSQL's own types that are looked at; they never change.
const (
	oidBool, oidBytea, oidInt8, oidInt2, oidInt4, oidText, oidOid, oidJSON = 16, 17, 20, 21, 23, 25, 26, 114
	oidFloat4, oidFloat8, oidVarchar, oidNumeric, oidJSONB                 = 700, 701, 1043, 1700, 3802
)

// pgArrays says of which type an array type's elements are.
var pgArrays = map[uint32]uint32{
	1000: oidBool, 1001: oidBytea, 1005: oidInt2, 1006: 22, 1007: oidInt4, 1008: 24, 1009: oidText, 1013: 30, 1014: 1042,
	1015: oidVarchar, 1016: oidInt8, 1021: oidFloat4, 1022: oidFloat8, 1028: oidOid, 1115: 1114, 1182: 1082, 1183: 1083,
	1185: 1184, 1187: 1186, 1231: oidNumeric, 1270: 1266, 199: oidJSON, 2951: 2950, 3807: oidJSONB, 143: 142, 1040: 829,
	1041: 869, 651: 650, 1002: 18, 1003: 19, 4073: 4072, 791: 790, 1017: 600, 1561: 1560, 1563: 1562,
}

func pgKindOf(oid uint32) pgKind {
	switch oid {
	case oidBool:
		return pgBool
	case oidInt2:
		return pgInt2
	case oidInt4:
		return pgInt4
	case oidInt8:
		return pgInt8
	case oidOid, 28: // and xid
		return pgOid
	case oidFloat4:
		return pgFloat4
	case oidFloat8:
		return pgFloat8
	case oidBytea:
		return pgBytea
	}
	if _, ok := pgArrays[oid]; ok {
		return pgArray
	}
	return pgText
}

var pgNames = map[uint32]string{
	oidBool: "bool", oidBytea: "bytea", 18: "char", 19: "name", oidInt8: "int8", oidInt2: "int2", oidInt4: "int4", oidText: "text",
	oidOid: "oid", oidJSON: "json", 142: "xml", oidFloat4: "float4", oidFloat8: "float8", 790: "money", 829: "macaddr", 869: "inet",
	650: "cidr", 1042: "bpchar", oidVarchar: "varchar", 1082: "date", 1083: "time", 1114: "timestamp", 1184: "timestamptz",
	1186: "interval", 1266: "timetz", 1560: "bit", 1562: "varbit", oidNumeric: "numeric", 2950: "uuid", oidJSONB: "jsonb",
	4072: "jsonpath", 2278: "void", 600: "point", 705: "unknown",
}

// pgTypeName is what PostgreSQL calls a type; one that is not its own is "oid:" and the number.
func pgTypeName(oid uint32) string {
	if name, ok := pgNames[oid]; ok {
		return name
	}
	if elem, ok := pgArrays[oid]; ok {
		return pgTypeName(elem) + "[]"
	}
	return "oid:" + strconv.FormatUint(uint64(oid), 10)
}

// append writes a value that is not null. Bytes that are no value of the type, which a server does not send, are text.
func (c pgColumn) append(dst, v []byte) []byte {
	switch c.kind {
	case pgBool:
		if len(v) == 1 {
			return wire.AppendBool(dst, v[0] != 0)
		}
	case pgInt2:
		if len(v) == 2 {
			return wire.AppendInt(dst, int64(int16(binary.BigEndian.Uint16(v))))
		}
	case pgInt4:
		if len(v) == 4 {
			return wire.AppendInt(dst, int64(int32(binary.BigEndian.Uint32(v))))
		}
	case pgInt8:
		if len(v) == 8 {
			return wire.AppendInt(dst, int64(binary.BigEndian.Uint64(v)))
		}
	case pgOid:
		if len(v) == 4 {
			return wire.AppendInt(dst, int64(binary.BigEndian.Uint32(v)))
		}
	case pgFloat4:
		if len(v) == 4 {
			return wire.AppendFloat(dst, widen(math.Float32frombits(binary.BigEndian.Uint32(v))))
		}
	case pgFloat8:
		if len(v) == 8 {
			return wire.AppendFloat(dst, math.Float64frombits(binary.BigEndian.Uint64(v)))
		}
	case pgTextBool:
		return wire.AppendBool(dst, string(v) == "t")
	case pgTextInt:
		if n, err := strconv.ParseInt(string(v), 10, 64); err == nil {
			return wire.AppendInt(dst, n)
		}
	case pgTextFloat:
		if f, err := strconv.ParseFloat(string(v), 64); err == nil {
			return wire.AppendFloat(dst, f)
		}
	case pgTextBytea:
		if len(v) >= 2 && v[0] == '\\' && v[1] == 'x' {
			if b, err := hex.DecodeString(string(v[2:])); err == nil {
				return wire.AppendString(dst, b)
			}
		}
	case pgArray:
		elem := pgArrays[c.oid]
		mark := len(dst)
		if out, ok := appendPgArray(dst, v, pgColumn{elem, pgKindOf(elem).text()}); ok {
			return out
		}
		dst = dst[:mark]
	}
	return wire.AppendString(dst, v)
}

// widen makes the float64 that is written with the same digits: 1.1 and not 1.10000002384186.
func widen(f float32) float64 {
	wide, err := strconv.ParseFloat(strconv.FormatFloat(float64(f), 'g', -1, 32), 64)
	if err != nil {
		return float64(f)
	}
	return wide
}

// maxDims is how deep PostgreSQL's arrays nest.
const maxDims = 6

// appendPgArray writes an array that is given as PostgreSQL writes it: {1,2}, {{a,"b c"},{NULL,d}}, [0:1]={1,2}.
func appendPgArray(dst, v []byte, elem pgColumn) ([]byte, bool) {
	if len(v) > 0 && v[0] == '[' { // bounds other than 1: PHP's lists begin at 0 anyway
		i := strings.IndexByte(string(v), '=')
		if i < 0 {
			return dst, false
		}
		v = v[i+1:]
	}
	a := pgArrayReader{in: v, elem: elem}
	dst, ok := a.list(dst, 1)
	return dst, ok && a.at == len(a.in)
}

type pgArrayReader struct {
	in   []byte
	at   int
	elem pgColumn
	text []byte
}

func (a *pgArrayReader) list(dst []byte, depth int) ([]byte, bool) {
	if a.at >= len(a.in) || a.in[a.at] != '{' || depth > maxDims {
		return dst, false
	}
	a.at++
	head, n := len(dst), 0
	dst = wire.AppendList(dst, 0)
	if a.at < len(a.in) && a.in[a.at] == '}' {
		a.at++
		return dst, true
	}
	for a.at < len(a.in) {
		ok := true
		if a.in[a.at] == '{' {
			dst, ok = a.list(dst, depth+1)
		} else {
			dst, ok = a.item(dst)
		}
		if !ok || a.at >= len(a.in) {
			return dst, false
		}
		n++
		c := a.in[a.at]
		a.at++
		switch c {
		case '}':
			wire.AppendList(dst[:head], n)
			return dst, true
		case ',', ';': // ; is box's
		default:
			return dst, false
		}
	}
	return dst, false
}

func (a *pgArrayReader) item(dst []byte) ([]byte, bool) {
	a.text = a.text[:0]
	if a.in[a.at] == '"' {
		for a.at++; a.at < len(a.in); a.at++ {
			switch c := a.in[a.at]; c {
			case '"':
				a.at++
				return a.elem.append(dst, a.text), true
			case '\\':
				if a.at++; a.at >= len(a.in) {
					return dst, false
				}
				a.text = append(a.text, a.in[a.at])
			default:
				a.text = append(a.text, c)
			}
		}
		return dst, false
	}
	start := a.at
	for a.at < len(a.in) && a.in[a.at] != ',' && a.in[a.at] != '}' && a.in[a.at] != ';' {
		if c := a.in[a.at]; c == '{' || c == '"' {
			return dst, false
		}
		a.at++
	}
	text := a.in[start:a.at]
	if len(text) == 0 {
		return dst, false
	}
	if string(text) == "NULL" {
		return wire.AppendNull(dst), true
	}
	return a.elem.append(dst, text), true
}

// bind puts values into the form that the server wants for the statement's parameters.
func (p *pgConn) bind(st *pgPrepared, values []any) error {
	p.values, p.formats, p.scratch = p.values[:0], p.formats[:0], p.scratch[:0]
	if len(values) != len(st.ParamOIDs) {
		return paramError("the server sees %d parameters in the statement, %d values are given", len(st.ParamOIDs), len(values))
	}
	type span struct{ from, to int }
	var few [16]span
	spans := few[:0]
	for i, v := range values {
		oid := st.ParamOIDs[i]
		format := int16(0)
		from := len(p.scratch)
		if v != nil {
			var err error
			if p.scratch, format, err = appendPgParam(p.scratch, oid, v); err != nil {
				return err
			}
			spans = append(spans, span{from, len(p.scratch)})
		} else {
			spans = append(spans, span{-1, -1})
		}
		p.formats = append(p.formats, format)
	}
	for _, s := range spans {
		if s.from < 0 {
			p.values = append(p.values, nil)
			continue
		}
		p.values = append(p.values, p.scratch[s.from:s.to:s.to])
	}
	return nil
}

// timeFormat has the offset, which types without a zone ignore: they keep what the clock showed.
const timeFormat = "2006-01-02 15:04:05.999999-07:00"

// appendPgParam writes a value that is not null; format 1 is the binary one.
func appendPgParam(dst []byte, oid uint32, v any) (out []byte, format int16, err error) {
	switch v := v.(type) {
	case bool:
		switch oid {
		case oidInt2, oidInt4, oidInt8, oidNumeric, oidFloat4, oidFloat8, oidOid:
			if v {
				return append(dst, '1'), 0, nil
			}
			return append(dst, '0'), 0, nil
		case oidBool:
			if v {
				return append(dst, 1), 1, nil
			}
			return append(dst, 0), 1, nil
		}
		return strconv.AppendBool(dst, v), 0, nil
	case int64:
		switch {
		case oid == oidInt4 && v == int64(int32(v)):
			return binary.BigEndian.AppendUint32(dst, uint32(v)), 1, nil
		case oid == oidInt8:
			return binary.BigEndian.AppendUint64(dst, uint64(v)), 1, nil
		}
		return strconv.AppendInt(dst, v, 10), 0, nil
	case float64:
		switch {
		case oid == oidFloat8:
			return binary.BigEndian.AppendUint64(dst, math.Float64bits(v)), 1, nil
		case math.IsInf(v, 1):
			return append(dst, "Infinity"...), 0, nil
		case math.IsInf(v, -1):
			return append(dst, "-Infinity"...), 0, nil
		case v == math.Trunc(v) && math.Abs(v) < 1e15:
			return strconv.AppendInt(dst, int64(v), 10), 0, nil // an int column takes 3, not 3e+00
		}
		return strconv.AppendFloat(dst, v, 'g', -1, 64), 0, nil
	case string:
		if oid == oidBytea {
			return append(dst, v...), 1, nil
		}
		if strings.IndexByte(v, 0) >= 0 {
			return dst, 0, paramError("PostgreSQL's text cannot hold a NUL byte: use a bytea column, or Phalanx\\Sql\\Binary")
		}
		return append(dst, v...), 0, nil
	case Binary:
		if oid == oidBytea {
			return append(dst, v.Bytes...), 1, nil
		}
		dst = append(dst, `\x`...)
		return hex.AppendEncode(dst, v.Bytes), 0, nil
	case time.Time:
		return v.AppendFormat(dst, timeFormat), 0, nil
	case []any:
		switch {
		case oid == oidJSON || oid == oidJSONB:
			return appendJSON(dst, v)
		case pgArrays[oid] != 0:
			dst, err = appendPgList(dst, v, pgArrays[oid], 1)
			return dst, 0, err
		case oid == oidText || oid == oidVarchar || pgNames[oid] != "":
			return dst, 0, paramError("an array is given for a parameter of type %s: write ANY(...) with a cast to an array type, "+
				"or IN (...) with the placeholder alone in it", pgTypeName(oid))
		}
		dst, err = appendPgList(dst, v, oidText, 1) // an array type of an extension, or of the database's own
		return dst, 0, err
	case *wire.Map:
		if oid != oidJSON && oid != oidJSONB && oid != oidText {
			return dst, 0, paramError("an array with keys is given for a parameter of type %s: only json takes one", pgTypeName(oid))
		}
		return appendJSON(dst, v)
	}
	return dst, 0, paramError("a value of type %T cannot be a parameter", v)
}

func appendJSON(dst []byte, v any) ([]byte, int16, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return dst, 0, paramError("the value cannot be written as JSON: %v", err)
	}
	return append(dst, b...), 0, nil
}

// appendPgList writes a list as PostgreSQL reads arrays.
func appendPgList(dst []byte, list []any, elem uint32, depth int) ([]byte, error) {
	if depth > maxDims {
		return dst, paramError("PostgreSQL's arrays have %d dimensions at most", maxDims)
	}
	dst = append(dst, '{')
	for i, v := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		switch v := v.(type) {
		case nil:
			dst = append(dst, "NULL"...)
		case []any:
			if elem != oidJSON && elem != oidJSONB {
				var err error
				if dst, err = appendPgList(dst, v, elem, depth+1); err != nil {
					return dst, err
				}
				continue
			}
			b, _, err := appendJSON(nil, v)
			if err != nil {
				return dst, err
			}
			dst = appendPgQuoted(dst, b)
		default:
			if s, ok := v.(string); ok && elem == oidBytea {
				v = Binary{Bytes: []byte(s)}
			}
			b, _, err := appendPgParam(nil, 0, v)
			if m, ok := v.(*wire.Map); ok {
				b, _, err = appendJSON(nil, m)
			}
			if err != nil {
				return dst, fmt.Errorf("element %d: %w", i, err)
			}
			dst = appendPgQuoted(dst, b)
		}
	}
	return append(dst, '}'), nil
}

func appendPgQuoted(dst, b []byte) []byte {
	dst = append(dst, '"')
	for _, c := range b {
		if c == '"' || c == '\\' {
			dst = append(dst, '\\')
		}
		dst = append(dst, c)
	}
	return append(dst, '"')
}

// Binary is a parameter that is bytes and not text.
type Binary struct {
	Bytes []byte
}
