package loop_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/loop"
)

const uploadHead = "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n"

func files(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	return found
}

// chunked cuts a body into chunks.
func chunked(body string, size int) string {
	var b strings.Builder
	for len(body) > 0 {
		n := min(size, len(body))
		fmt.Fprintf(&b, "%x\r\n%s\r\n", n, body[:n])
		body = body[n:]
	}
	return b.String() + "0\r\nA: b\r\n\r\n"
}

func TestUploadsGoToDiskWhileTheyArrive(t *testing.T) {
	content := strings.Repeat("0123456789", 1000)
	body := uploadHead + content + "\r\n" + uploadHead + "small\r\n--B--\r\n"
	const formType = "Content-Type: multipart/form-data; boundary=B\r\n"
	for _, tt := range []struct{ name, request, trailers string }{
		{name: "with its length", request: fmt.Sprintf("POST / HTTP/1.1\r\nHost: h\r\n%sContent-Length: %d\r\n\r\n%s", formType, len(body), body)},
		{name: "chunked", request: "POST / HTTP/1.1\r\nHost: h\r\n" + formType + "Transfer-Encoding: chunked\r\n\r\n" + chunked(body, 777), trailers: "A: b\r\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			var head, kept, extra string
			answered := 0
			d := drive(t, func(l *loop.Loop, ev *loop.Event) {
				if ev.Kind == loop.Message {
					h, b, x := ev.Request()
					if answered == 0 {
						head, kept, extra = string(h), string(b), string(x)
					}
					answered++
					_ = l.Send(ev.Conn, loop.SendMessage, nil)
				}
			})
			d.SetUploads(dir, 2000)
			p := d.connect(loop.ListenOptions{Proto: loop.HTTP})
			for rest := tt.request + get; rest != ""; {
				n := min(1000, len(rest))
				p.write(rest[:n])
				d.settle()
				if answered == 0 && len(rest) < len(content)/2 {
					require.Len(t, files(t, dir), 1, "while it arrives")
				}
				rest = rest[n:]
			}
			require.Equal(t, 2, answered)
			require.Equal(t, 1, strings.Count(head, fmt.Sprintf("Content-Length: %d", len(body))))
			require.Equal(t, uploadHead+"\r\n"+uploadHead+"small\r\n--B--\r\n", kept)
			trailers := int(binary.BigEndian.Uint32([]byte(extra)))
			require.Equal(t, tt.trailers, extra[4:4+trailers])
			spool := extra[4+trailers:]
			require.EqualValues(t, len(head)+len(uploadHead), binary.BigEndian.Uint64([]byte(spool)))
			require.EqualValues(t, len(content), binary.BigEndian.Uint64([]byte(spool[8:])))
			path := spool[20:]
			stored, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, content, string(stored))

			moved := filepath.Join(t.TempDir(), "moved")
			require.NoError(t, os.Link(path, moved))
			d.ReleaseUpload(path)
			require.Empty(t, files(t, dir))
			require.NoError(t, os.WriteFile(path, nil, 0o600))
			d.ReleaseUpload(path)
			require.Len(t, files(t, dir), 1, "released once")
			require.FileExists(t, moved)
		})
	}
}

func TestUploadsOfNobodyAreRemoved(t *testing.T) {
	body := uploadHead + strings.Repeat("x", 5000)
	head := "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=B\r\n"
	start := head + "Content-Length: 100000\r\n\r\n" + body
	whole := fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", head, len(body)+7, body+"\r\n--B--")
	dir := t.TempDir()
	open := func() (*driver, *peer) {
		d := drive(t, silent)
		d.SetUploads(dir, 1000)
		return d, d.connect(loop.ListenOptions{Proto: loop.HTTP})
	}
	t.Run("the peer goes away", func(t *testing.T) {
		d, p := open()
		p.write(start)
		d.settle()
		require.Len(t, files(t, dir), 1)
		p.close()
		d.until("the end", func() bool { return d.Connections() == 0 })
		require.Empty(t, files(t, dir))
	})
	t.Run("the peer stops sending", func(t *testing.T) {
		d, p := open()
		p.write(start)
		d.pass(2 * loop.BodyTimeout)
		got, end := p.read()
		require.True(t, end)
		require.True(t, strings.HasPrefix(got, "HTTP/1.1 408 "), got)
		require.Empty(t, files(t, dir))
	})
	t.Run("a chunk is malformed", func(t *testing.T) {
		d, p := open()
		p.write(head + "Transfer-Encoding: chunked\r\n\r\n1388\r\n" + body[:5000] + "\r\nnonsense\r\n")
		d.settle()
		p.close()
		d.until("the end", func() bool { return d.Connections() == 0 })
		require.Empty(t, files(t, dir))
	})
	t.Run("the loop ends", func(t *testing.T) {
		d, p := open()
		p.write(start)
		q := d.connect(loop.ListenOptions{Proto: loop.HTTP})
		q.write(whole[:3000])
		d.settle()
		q.write(whole[3000:])
		d.settle()
		require.Len(t, files(t, dir), 2)
		d.Close()
		require.Empty(t, files(t, dir))
	})
	t.Run("the script ends", func(t *testing.T) {
		d, p := open()
		p.write(whole[:3000])
		d.settle()
		p.write(whole[3000:])
		d.settle()
		require.Len(t, files(t, dir), 1)
		d.RemoveUploads()
		require.Empty(t, files(t, dir))
	})
}

// A request that the application took back, for it reads no more for now, keeps its files as long as
// it waits, whatever script it waits for.
func TestUploadsOfRequestsThatWereTakenBack(t *testing.T) {
	dir := t.TempDir()
	d := drive(t, func(l *loop.Loop, ev *loop.Event) {
		if ev.Kind == loop.Message {
			_ = l.Pause(ev.Conn)
			l.Defer(ev)
		}
	})
	d.SetUploads(dir, 1000)
	p := d.connect(loop.ListenOptions{Proto: loop.HTTP})
	body := uploadHead + strings.Repeat("x", 5000) + "\r\n--B--"
	p.write(fmt.Sprintf("POST / HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=B\r\nContent-Length: %d\r\n\r\n", len(body)))
	d.settle()
	p.write(body[:3000])
	d.settle()
	p.write(body[3000:])
	d.settle()
	d.RemoveUploads()
	require.Len(t, files(t, dir), 1)
	require.NoError(t, d.Destroy(p.id))
	require.Empty(t, files(t, dir))
}

func TestFormsBelowTheLimitAreOneMessage(t *testing.T) {
	dir := t.TempDir()
	var body, extra string
	d := drive(t, func(_ *loop.Loop, ev *loop.Event) {
		if ev.Kind == loop.Message {
			_, b, x := ev.Request()
			body, extra = string(b), string(x)
		}
	})
	d.SetUploads(dir, 10000)
	p := d.connect(loop.ListenOptions{Proto: loop.HTTP})
	want := uploadHead + strings.Repeat("x", 5000) + "\r\n--B--"
	p.write(fmt.Sprintf("POST / HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=B\r\nContent-Length: %d\r\n\r\n%s", len(want), want))
	d.settle()
	require.Equal(t, want, body)
	require.Empty(t, extra)
	require.Empty(t, files(t, dir))
}
