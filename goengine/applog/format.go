package applog

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sirupsen/logrus"
)

const timeFormat = "2006-01-02T15:04:05.000000Z07:00"

// appendRecord formats a record as one line. Whatever the texts hold, the line has no control character but its end, so that
// nobody can add lines of his own, or move a terminal's cursor.
func appendRecord(b []byte, r *record) []byte {
	switch r.format {
	case JSON:
		return appendJSON(b, r)
	case Logfmt:
		return appendLogfmt(b, r)
	case Plain:
		return append(appendPlain(b, r.message), '\n')
	}
	b = append(b, '[')
	b = r.time.AppendFormat(b, timeFormat)
	b = append(b, "] "...)
	b = appendPlain(b, r.channel)
	b = append(b, '.')
	b = append(b, strings.ToUpper(r.level.String())...)
	b = append(b, ": "...)
	b = appendPlain(b, r.message)
	if r.context != "" {
		b = append(b, ' ')
		b = appendContext(b, r.context)
	}
	return append(b, '\n')
}

func appendJSON(b []byte, r *record) []byte {
	b = append(b, `{"time":"`...)
	b = r.time.AppendFormat(b, timeFormat)
	b = append(b, `","level":"`...)
	b = append(b, r.level.String()...)
	b = append(b, `","channel":`...)
	b = appendQuoted(b, r.channel)
	b = append(b, `,"message":`...)
	b = appendQuoted(b, r.message)
	if r.context != "" {
		b = append(b, `,"context":`...)
		b = appendContext(b, r.context)
	}
	return append(b, "}\n"...)
}

var logfmt = &logrus.TextFormatter{DisableColors: true, TimestampFormat: timeFormat, FieldMap: logrus.FieldMap{
	logrus.FieldKeyLevel: "logrus_level", // it does not know all of ours
}, SortingFunc: sortKeys}

// logfmtOrder is of the keys that come first; they are no context's.
var logfmtOrder = map[string]int{"logrus_level": -6, "time": -5, "level": -4, "channel": -3, "msg": -2}

func sortKeys(keys []string) {
	slices.SortFunc(keys, func(a, b string) int {
		return cmp.Or(cmp.Compare(logfmtOrder[a], logfmtOrder[b]), cmp.Compare(a, b))
	})
}

func appendLogfmt(b []byte, r *record) []byte {
	e := &logrus.Entry{Logger: quiet, Time: r.time, Level: logrus.InfoLevel, Message: string(appendPlain(nil, r.message)), Data: logrus.Fields{}}
	if r.context != "" {
		d := json.NewDecoder(strings.NewReader(r.context))
		d.UseNumber()
		var fields map[string]any
		if d.Decode(&fields) == nil {
			for k, v := range fields {
				switch v.(type) {
				case map[string]any, []any:
					text, _ := json.Marshal(v)
					v = string(text)
				}
				if s, ok := v.(string); ok {
					v = string(appendPlain(nil, s))
				}
				if k = strings.Map(keyRune, string(appendPlain(nil, k))); logfmtOrder[k] != 0 {
					k = "context." + k
				}
				e.Data[k] = v
			}
		} else {
			e.Data["context"] = string(appendPlain(nil, r.context))
		}
	}
	e.Data["level"], e.Data["channel"] = r.level.String(), string(appendPlain(nil, r.channel))
	line, err := logfmt.Format(e)
	if err != nil {
		return appendJSON(b, r)
	}
	return append(b, bytes.TrimPrefix(line, []byte("logrus_level=info "))...)
}

// quiet is a logger that formats only.
var quiet = &logrus.Logger{}

// keyRune keeps what may stand in a key of logfmt.
func keyRune(r rune) rune {
	if r <= ' ' || r == '=' || r == '"' || r == utf8.RuneError {
		return '_'
	}
	return r
}

// unsafe are the runes that a terminal, a reader of lines or a browser may take for more than text: control characters of
// ASCII and of C1, line and paragraph separators, and marks that change the direction of writing.
func unsafe(r rune) bool {
	return r < 0x20 || r >= 0x7f && r <= 0x9f || r == 0x2028 || r == 0x2029 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// appendPlain writes text outside of JSON; unsafe runes become \n, \r, \t, \x1b or \u0085, what is no UTF-8 becomes \xff, and
// a backslash stays one: the line is for reading.
func appendPlain(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c < 0x7f {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		bad := r == utf8.RuneError && n == 1
		if !bad && !unsafe(r) {
			i += n
			continue
		}
		b = append(b, s[from:i]...)
		switch {
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case bad, r < 0x80:
			b = append(b, '\\', 'x', hex[c>>4], hex[c&15])
		default:
			b = appendU(b, r)
		}
		i += n
		from = i
	}
	return append(b, s[from:]...)
}

func appendU(b []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	return append(b, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}

// appendQuoted writes text as a string of JSON.
func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c < 0x7f && c != '"' && c != '\\' {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		bad := r == utf8.RuneError && n == 1
		if !bad && c >= 0x80 && !unsafe(r) {
			i += n
			continue
		}
		b = append(b, s[from:i]...)
		switch {
		case bad:
			b = append(b, `\ufffd`...)
		case r == '"' || r == '\\':
			b = append(b, '\\', c)
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		default:
			b = appendU(b, r)
		}
		i += n
		from = i
	}
	return append(append(b, s[from:]...), '"')
}

// appendContext writes JSON that PHP made. It is valid but may hold runes that JSON allows within strings and we do not.
func appendContext(b []byte, s string) []byte {
	from := 0
	for i := 0; i < len(s); {
		if c := s[i]; c >= 0x20 && c < 0x7f {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		bad := r == utf8.RuneError && n == 1
		if !bad && !unsafe(r) {
			i += n
			continue
		}
		b = append(b, s[from:i]...)
		if bad {
			b = append(b, `\ufffd`...)
		} else {
			b = appendU(b, r)
		}
		i += n
		from = i
	}
	return append(b, s[from:]...)
}
