package loop_test

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/compress"
	"github.com/phalanx-php/phalanx/goengine/loop"
)

func (d *driver) sendCompressed(p *peer, op loop.Op, data string) {
	d.t.Helper()
	_, _, err := d.Write(p.id, op, loop.Compressed|byte(compress.Gzip), []byte(data))
	require.NoError(d.t, err)
	d.settle()
}

func compressing(t *testing.T) (*driver, *peer) {
	t.Helper()
	d := drive(t, silent)
	o := compress.Default()
	o.Offered = []compress.Coding{compress.Gzip}
	d.SetCompression(o)
	return d, d.connect(loop.ListenOptions{Proto: loop.HTTP})
}

func gunzip(t *testing.T, r io.Reader) string {
	t.Helper()
	z, err := gzip.NewReader(r)
	require.NoError(t, err)
	b, err := io.ReadAll(z)
	require.NoError(t, err)
	return string(b)
}

func TestCompressedResponses(t *testing.T) {
	d, p := compressing(t)
	const chunkedHead = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
	body := strings.Repeat("hello ", 500)
	p.write(get + get + get + strings.Replace(get, "GET", "HEAD", 1) + get)
	d.settle()

	d.sendCompressed(p, loop.SendResponse, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3000\r\n\r\n"+body)
	d.sendCompressed(p, loop.SendRaw, chunkedHead+"3\r\nabc\r\n")
	for i, piece := range []string{"3\r\ndef\r\n", "1", "0\r\n0123456789", "abcdef\r\n0\r\nA: b\r\n\r\n"} {
		require.NoError(t, d.Send(p.id, loop.SendRaw, []byte(piece)))
		d.settle()
		_ = i
	}
	d.sendCompressed(p, loop.SendRaw, chunkedHead) // a chunked response that holds nothing
	require.NoError(t, d.Send(p.id, loop.SendRaw, []byte("0\r\n\r\n")))
	d.settle()
	d.sendCompressed(p, loop.SendRaw, chunkedHead) // for HEAD
	require.NoError(t, d.Send(p.id, loop.SendRaw, []byte("3\r\nabc\r\n0\r\n\r\n")))
	require.NoError(t, d.Send(p.id, loop.SendMessage, []byte("plain")))
	d.settle()

	got, _ := p.read()
	rd := bufio.NewReader(strings.NewReader(got))
	for i, want := range []string{body, "abcdef0123456789abcdef", "", "", "plain"} {
		method := map[int]string{3: "HEAD"}[i]
		resp, err := http.ReadResponse(rd, &http.Request{Method: method})
		require.NoError(t, err)
		if i < 3 {
			require.Equal(t, "gzip", resp.Header.Get("Content-Encoding"))
			require.Equal(t, want, gunzip(t, resp.Body))
			_, _ = io.Copy(io.Discard, resp.Body)
			continue
		}
		b, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.Equal(t, want, string(b))
	}
	_, err := rd.ReadByte()
	require.ErrorIs(t, err, io.EOF)
}

func TestCompressedEventsAreDecodedAsTheyCome(t *testing.T) {
	d, p := compressing(t)
	p.write(get)
	d.settle()
	d.sendCompressed(p, loop.SendRaw, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
	got, _ := p.read()
	require.True(t, strings.HasSuffix(got, "Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n\r\n"), got)
	var wire strings.Builder
	for _, event := range []string{"data: 1\n\n", "data: 2\n\n"} {
		require.NoError(t, d.Send(p.id, loop.SendRaw, []byte(event)))
		d.settle()
		got, _ = p.read()
		require.NotEmpty(t, got)
		wire.WriteString(got)
		z, err := gzip.NewReader(strings.NewReader(wire.String()))
		require.NoError(t, err)
		b, err := io.ReadAll(z)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		require.True(t, strings.HasSuffix(string(b), event), b)
	}
	require.NoError(t, d.CloseConn(p.id, time.Second))
	d.settle()
	got, end := p.read()
	require.True(t, end)
	require.Equal(t, "data: 1\n\ndata: 2\n\n", gunzip(t, strings.NewReader(wire.String()+got)))
}

func TestOnlySoManyStreamsAreCompressed(t *testing.T) {
	d, first := compressing(t)
	open := func(p *peer) string {
		p.write(get)
		d.settle()
		d.sendCompressed(p, loop.SendRaw, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
		got, _ := p.read()
		return got
	}
	require.Contains(t, open(first), "Content-Encoding")
	for range 255 {
		require.Contains(t, open(d.connect(loop.ListenOptions{Proto: loop.HTTP})), "Content-Encoding")
	}
	require.NotContains(t, open(d.connect(loop.ListenOptions{Proto: loop.HTTP})), "Content-Encoding")
	first.close()
	d.until("the end", func() bool { return d.Connections() == 256 })
	require.Contains(t, open(d.connect(loop.ListenOptions{Proto: loop.HTTP})), "Content-Encoding")
}
