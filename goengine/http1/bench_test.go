package http1_test

import (
	"strings"
	"testing"

	"github.com/phalanx-php/phalanx/goengine/http1"
)

var benchHeads = []struct{ name, in string }{
	{"plain", benchRequest},
	{"varied", bare("GET /users/8213?page=4 HTTP/1.1", "Host: 127.0.0.1:8080", "User-Agent: bench",
		"Accept: */*", "X-Request-Id: 5f2c9a81d0", "Connection: keep-alive")},
	{"browser", bare("GET /articles/2026/how-to-parse?utm_source=feed&utm_medium=rss HTTP/1.1", "Host: www.example.com",
		"Connection: keep-alive", "Cache-Control: max-age=0",
		"sec-ch-ua: \"Chromium\";v=\"142\", \"Not A(Brand\";v=\"99\"", "sec-ch-ua-mobile: ?0", "sec-ch-ua-platform: \"Linux\"",
		"Upgrade-Insecure-Requests: 1",
		"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
		"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
		"Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate", "Sec-Fetch-User: ?1", "Sec-Fetch-Dest: document",
		"Accept-Encoding: gzip, deflate, br, zstd", "Accept-Language: en-GB,en;q=0.9,de;q=0.8",
		"Cookie: session="+strings.Repeat("0123456789abcdef", 8)+"; theme=dark")},
}

func BenchmarkParseHead(b *testing.B) {
	for _, head := range benchHeads {
		b.Run(head.name, func(b *testing.B) {
			in := []byte(head.in)
			h := http1.Head{Lines: &http1.Lines{}}
			b.SetBytes(int64(len(in)))
			b.ReportAllocs()
			for b.Loop() {
				if n, err := http1.ParseHead(in, 0, nil, &h); n != len(in) || err != nil {
					b.Fatal(n, err)
				}
			}
		})
	}
}

// The whole head again and again byte by byte: what a slow sender costs.
func BenchmarkParseHeadBytewise(b *testing.B) {
	in := []byte(request("Cookie: " + strings.Repeat("a", 8<<10)))
	var h http1.Head
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		for n := 1; n <= len(in); n++ {
			if _, err := http1.ParseHead(in[:n], n-1, nil, &h); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkAppendFields(b *testing.B) {
	in := []byte(benchHeads[2].in)
	spans := make([]uint32, 0, 128)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		spans = http1.AppendFields(spans[:0], in)
	}
}

func BenchmarkChunked(b *testing.B) {
	in := []byte(strings.Repeat("400\r\n"+strings.Repeat("x", 1<<10)+"\r\n", 16) + "0\r\n\r\n")
	body := make([]byte, 0, 16<<10)
	var c http1.Chunked
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		c.Reset()
		if _, _, done, err := c.Decode(body, in, 1<<20); !done || err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendBodyResponse(b *testing.B) {
	body := []byte("Hello, World!")
	out := make([]byte, 0, 512)
	b.ReportAllocs()
	for b.Loop() {
		_ = http1.AppendBodyResponse(out, body, true)
	}
}
