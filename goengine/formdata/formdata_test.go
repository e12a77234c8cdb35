package formdata_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/formdata"
)

// run parses a body in pieces of this many bytes behind a head, and puts it together again.
func run(t testing.TB, body string, piece int, opts formdata.Options) (kept, whole string, spools []formdata.Spool) {
	t.Helper()
	p := formdata.New([]byte("B"), opts)
	buf := []byte("head")
	for rest := body; rest != ""; {
		n := min(piece, len(rest))
		var err error
		buf, err = p.Write(buf, []byte(rest[:n]))
		require.NoError(t, err)
		rest = rest[n:]
	}
	buf, spools = p.Spools(buf)
	at := 4
	var b strings.Builder
	for _, s := range spools {
		b.Write(buf[at:s.Offset])
		content, err := os.ReadFile(s.Path)
		require.NoError(t, err)
		require.EqualValues(t, len(content), s.Size)
		b.Write(content)
		at = s.Offset
	}
	b.Write(buf[at:])
	return string(buf[4:]), b.String(), spools
}

const (
	field = "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"
	file  = "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\nContent-Type: text/plain\r\n\r\n"
)

func TestFilesGoToDiskOnceMemoryIsUsedUp(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		kept       string
		contents   []string
	}{
		{name: "small", body: file + "abc\r\n--B--\r\n", kept: file + "abc\r\n--B--\r\n"},
		{name: "large file", body: file + strings.Repeat("x", 300) + "\r\n--B--\r\n", kept: file + "\r\n--B--\r\n", contents: []string{strings.Repeat("x", 300)}},
		{name: "large field", body: field + strings.Repeat("x", 300) + "\r\n--B--\r\n", kept: field + strings.Repeat("x", 300) + "\r\n--B--\r\n"},
		{name: "small files behind a large field", body: field + strings.Repeat("x", 300) + "\r\n" + file + "abc\r\n" + file + "\r\n--B--",
			kept: field + strings.Repeat("x", 300) + "\r\n" + file + "\r\n" + file + "\r\n--B--", contents: []string{"abc"}},
		{name: "nearly delimiters", body: file + strings.Repeat("\r\n--\r\n-\r\r\n--A\n--B", 20) + "\r\n--B--", kept: file + "\r\n--B--",
			contents: []string{strings.Repeat("\r\n--\r\n-\r\r\n--A\n--B", 20)}},
		{name: "no end", body: file + strings.Repeat("x", 300) + "\r\n--", kept: file, contents: []string{strings.Repeat("x", 300) + "\r\n--"}},
		{name: "epilogue", body: file + strings.Repeat("x", 300) + "\r\n--B--\r\n" + file + strings.Repeat("x", 300),
			kept: file + "\r\n--B--\r\n" + file + strings.Repeat("x", 300), contents: []string{strings.Repeat("x", 300)}},
		{name: "preamble", body: "hello\r\n" + file + strings.Repeat("x", 300) + "\r\n--B--", kept: "hello\r\n" + file + strings.Repeat("x", 300) + "\r\n--B--"},
		{name: "a delimiter in the head", body: "--B\r\nfilename=\"\r\n--B\r\n\r\n" + strings.Repeat("x", 300) + "\r\n--B--", kept: "--B\r\nfilename=\"\r\n--B\r\n\r\n" + strings.Repeat("x", 300) + "\r\n--B--"},
		{name: "a delimiter in the empty line", body: file + "--B\r\n" + strings.Repeat("x", 300) + "\r\n--B--", kept: file + "--B\r\n" + strings.Repeat("x", 300) + "\r\n--B--"},
		{name: "dashes first", body: file + "--A" + strings.Repeat("x", 300) + "\r\n--B--", kept: file + "\r\n--B--", contents: []string{"--A" + strings.Repeat("x", 300)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for piece := 1; piece < len(tt.body)+1; piece += 1 + piece/3 {
				kept, whole, spools := run(t, tt.body, piece, formdata.Options{Dir: t.TempDir(), Memory: 250})
				require.Equal(t, tt.kept, kept, piece)
				require.Equal(t, tt.body, whole)
				var contents []string
				for _, s := range spools {
					content, err := os.ReadFile(s.Path)
					require.NoError(t, err)
					contents = append(contents, string(content))
					info, err := os.Stat(s.Path)
					require.NoError(t, err)
					require.Equal(t, os.FileMode(0o600), info.Mode())
				}
				require.Equal(t, tt.contents, contents)
			}
		})
	}
}

func TestPartsBeyondTheLimitAreKept(t *testing.T) {
	body := strings.Repeat(file+strings.Repeat("x", 100)+"\r\n", 9) + "--B--"
	_, whole, spools := run(t, body, 50, formdata.Options{Dir: t.TempDir(), Memory: 1, MaxParts: 3})
	require.Equal(t, body, whole)
	require.Len(t, spools, 3)
}

func TestLongHeadsAreKept(t *testing.T) {
	body := file[:len(file)-2] + strings.Repeat("X: y\r\n", 5000) + "\r\n" + strings.Repeat("x", 300) + "\r\n--B--"
	kept, _, spools := run(t, body, 1000, formdata.Options{Dir: t.TempDir(), Memory: 1})
	require.Empty(t, spools)
	require.Equal(t, body, kept)
}

func TestFieldsOverTheLimitAreRefused(t *testing.T) {
	p := formdata.New([]byte("B"), formdata.Options{Dir: t.TempDir(), Kept: 200})
	buf, err := p.Write(nil, []byte(field))
	require.NoError(t, err)
	_, err = p.Write(buf, make([]byte, 200))
	require.ErrorIs(t, err, formdata.ErrTooLarge)
}

func TestABodyThatIsNotCompletedLeavesNoFiles(t *testing.T) {
	dir := t.TempDir()
	p := formdata.New([]byte("B"), formdata.Options{Dir: dir, Memory: 1})
	_, err := p.Write(nil, []byte(file+"abc\r\n"+file+"defghijk"))
	require.NoError(t, err)
	files, err := filepath.Glob(dir + "/*")
	require.NoError(t, err)
	require.Len(t, files, 2)
	p.Close()
	files, err = filepath.Glob(dir + "/*")
	require.NoError(t, err)
	require.Empty(t, files)
}

// What cannot be written is lost, and that is told; the rest of the body is not.
func TestAFileThatCannotBeWritten(t *testing.T) {
	p := formdata.New([]byte("B"), formdata.Options{Dir: filepath.Join(t.TempDir(), "missing"), Memory: 1})
	buf, err := p.Write(nil, []byte(file+"abc\r\n"+field+"v\r\n--B--"))
	require.NoError(t, err)
	buf, spools := p.Spools(buf)
	require.Equal(t, []formdata.Spool{{Offset: len(file), Size: 3}}, spools)
	require.Equal(t, file+"\r\n"+field+"v\r\n--B--", string(buf))
}

func TestBoundary(t *testing.T) {
	for in, want := range map[string]string{
		"multipart/form-data; boundary=abc":                  "abc",
		`Multipart/Form-Data; boundary="abc"`:                "abc",
		"multipart/form-data; boundary=abc; charset=utf-8":   "abc",
		"multipart/form-data; charset=utf-8;boundary=a=b":    "a=b",
		"multipart/form-data; Boundary=abc":                  "",
		"multipart/form-data":                                "",
		"multipart/mixed; boundary=abc":                      "",
		"multipart/form-data; boundary=":                     "",
		`multipart/form-data; boundary="a b"`:                "a",
		"application/json; x=multipart/form-data; boundary=": "",
	} {
		require.Equal(t, want, string(formdata.Boundary([]byte(in))), in)
	}
	require.Nil(t, formdata.New(nil, formdata.Options{}))
	require.Nil(t, formdata.New(bytes.Repeat([]byte("x"), formdata.MaxBoundary+1), formdata.Options{}))
}

// However a body is cut, the same is kept of it, and nothing of it is lost.
func FuzzSplit(f *testing.F) {
	f.Add(file+"abc\r\n--B\r\n"+field+"x\r\n--B--\r\n", uint16(3), uint8(10))
	f.Add("--B\r\n\r\n--B\r\n\r\n--B--", uint16(1), uint8(0))
	f.Add(file+"\r\n--\r\n--B\r\r\n--B\r\n", uint16(2), uint8(1))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, body string, piece uint16, memory uint8) {
		opts := formdata.Options{Dir: dir, Memory: int(memory)}
		kept, whole, spools := run(t, body, max(int(piece), 1), opts)
		require.Equal(t, body, whole)
		kept2, whole2, spools2 := run(t, body, len(body)+1, opts)
		require.Equal(t, body, whole2)
		if memory == 0 || len(spools) == len(spools2) {
			require.Equal(t, kept2, kept)
		}
		for _, s := range append(spools, spools2...) {
			require.NoError(t, os.Remove(s.Path))
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	piece := bytes.Repeat([]byte("0123456789abcdef"), 4096)
	p := formdata.New([]byte("----WebKitFormBoundary7MA4YWxkTrZu0gW"), formdata.Options{Dir: b.TempDir()})
	buf, _ := p.Write(nil, []byte("------WebKitFormBoundary7MA4YWxkTrZu0gW\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n"))
	b.SetBytes(int64(len(piece)))
	for i := 0; b.Loop() && i < 20000; i++ {
		buf, _ = p.Write(buf, piece)
	}
	p.Close()
}
