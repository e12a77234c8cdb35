package main

import (
	"bytes"
	"crypto/sha1" // RFC 6455 prescribes it
	"encoding/base64"
	"fmt"
	"strings"
)

// The loads: what is sent, and to which program.
const (
	loadHTTP      = "http"      // a small GET, answered with a constant
	loadRequest   = "request"   // query, cookies, JSON in and out, a session in a file
	loadWebSocket = "websocket" // echo
	loadText      = "text"      // echo of lines
	loadTLS       = "tls"       // the GET with TLS, on connections that stay
	loadBroadcast = "broadcast" // each message goes to every connection
	loadMicro     = "micro"     // a route of Phalcon\Mvc\Micro with a parameter, answering JSON
)

// traffic is what a load sends and expects: messages of one length, into which numbers are written in
// place, so that no two messages are alike and every answer is known.
type traffic struct {
	message []byte
	number  []int // where the message's number stands in it, in numberDigits digits
	conn    []int // where the connection's does
	// Masked, with the payload from body on (RFC 6455, 5.3); zero where nothing is.
	key  [4]byte
	body int

	answer       answer
	answerNumber []int
	answerConn   []int
	// Each message is answered on every connection.
	toAll bool
	// Sent first, and answered with this and nothing else.
	greeting, welcome []byte
}

const (
	numberDigits = 16
	noNumber     = "0000000000000000"
	// Two places that are written over, told apart when the templates are made.
	numberMark = "NNNNNNNNNNNNNNNN"
	connMark   = "CCCCCCCCCCCCCCCC"
)

func trafficOf(load string, varied bool, learnt answer) *traffic {
	switch load {
	case loadHTTP:
		t := &traffic{message: makeRequest(), answer: learnt}
		if varied {
			t.number = []int{len(t.message) - len("\r\n\r\n") - numberDigits}
		}
		return t
	case loadTLS:
		return trafficOf(loadHTTP, true, answer{Bytes: []byte(workermanAnswer)})
	case loadRequest:
		return requestTraffic()
	case loadMicro:
		return microTraffic()
	case loadText:
		return plainTraffic("text " + numberMark + ": a line such as a small device reports\n")
	case loadWebSocket, loadBroadcast:
		return webSocketTraffic(load == loadBroadcast)
	}
	panic("bench: no load is called " + load)
}

// plainTraffic is echoed as it is.
func plainTraffic(line string) *traffic {
	t := &traffic{}
	t.message, t.number, t.conn = places(line)
	t.answer, t.answerNumber, t.answerConn = answer{Bytes: bytes.Clone(t.message)}, t.number, t.conn
	return t
}

func webSocketTraffic(toAll bool) *traffic {
	payload := `{"id":"` + numberMark + `","from":"ada","text":"something that is said in a room"}`
	t := &traffic{key: [4]byte{0x37, 0xfa, 0x21, 0x3d}, body: 6, toAll: toAll}
	t.message, t.number, _ = places("\x81" + string(rune(len(payload))) + "kkkk" + payload)
	t.message[1] |= 0x80
	copy(t.message[2:], t.key[:])
	for i := t.body; i < len(t.message); i++ {
		t.message[i] ^= t.mask(i)
	}
	t.answer.Bytes, t.answerNumber, _ = places("\x81" + string(rune(len(payload))) + payload)

	const key = "dGhlIHNhbXBsZSBub25jZQ=="
	accept := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	t.greeting = []byte("GET /chat?room=1 HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: phalanx-bench/1\r\n" +
		"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + key + "\r\nSec-WebSocket-Version: 13\r\n\r\n")
	t.welcome = []byte("HTTP/1.1 101 Switching Protocol\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
		"Connection: Upgrade\r\nSec-WebSocket-Accept: " + base64.StdEncoding.EncodeToString(accept[:]) + "\r\n\r\n")
	return t
}

// requestTraffic is what a page of a real site asks of its back end; app/request.php answers it.
func requestTraffic() *traffic {
	const title = `A title with "quotes" and a wörd or two`
	in := `{"id":"` + numberMark + `","title":` + quote(title) + `,"tags":["red","green","blue"],"price":12.5,"stock":7}`
	out := `{"id":"` + numberMark + `","title":` + quote(title) + `,"tags":3,"total":87.5,"page":3,"order":"price","theme":"dark",` +
		`"user":{"id":4711,"name":"Ada Lovelace","roles":["editor","admin"]},"session":"` + connMark + noNumber + `"}`
	t := &traffic{}
	t.message, t.number, t.conn = places("POST /api/items/42?page=3&order=price&filter%5Bcolor%5D=red&q=caf%C3%A9 HTTP/1.1\r\n" +
		"Host: shop.example\r\n" +
		"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n" +
		"Accept: application/json, text/plain, */*\r\n" +
		"Accept-Language: en-GB,en;q=0.7,de;q=0.3\r\n" +
		"Accept-Encoding: identity\r\n" +
		"Referer: https://shop.example/items/42\r\n" +
		"Content-Type: application/json\r\n" +
		"X-Requested-With: XMLHttpRequest\r\n" +
		"Origin: https://shop.example\r\n" +
		"Cookie: theme=dark; lang=en; PHPSID=" + connMark + noNumber + "; _ga=GA1.2.1234567890.1700000000\r\n" +
		fmt.Sprintf("Content-Length: %d\r\n\r\n", len(in)) + in)
	t.answer.Bytes, t.answerNumber, t.answerConn = places("HTTP/1.1 200 OK\r\n" +
		"Content-Type: application/json\r\nCache-Control: no-store\r\nConnection: keep-alive\r\n" +
		fmt.Sprintf("Content-Length: %d\r\n\r\n", len(out)) + out)
	return t
}

// microTraffic asks for a thing by its number; app/micro.php answers it.
func microTraffic() *traffic {
	out := `{"id":"` + numberMark + `","title":"A thing","price":12.5,"tags":["red","green","blue"]}`
	t := &traffic{}
	t.message, t.number, t.conn = places("GET /api/items/" + numberMark + "?page=3 HTTP/1.1\r\n" +
		"Host: shop.example\r\n" +
		"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n" +
		"Accept: application/json, text/plain, */*\r\n" +
		"Cookie: theme=dark; lang=en\r\n\r\n")
	t.answer.Bytes, t.answerNumber, t.answerConn = places("HTTP/1.1 200 OK\r\n" +
		"Content-Type: application/json\r\nConnection: keep-alive\r\n" +
		fmt.Sprintf("Content-Length: %d\r\n\r\n", len(out)) + out)
	return t
}

func quote(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }

// places finds the marks and puts zeros there.
func places(text string) (b []byte, number, conn []int) {
	for at := range len(text) {
		switch {
		case strings.HasPrefix(text[at:], numberMark):
			number = append(number, at)
		case strings.HasPrefix(text[at:], connMark):
			conn = append(conn, at)
		}
	}
	text = strings.ReplaceAll(strings.ReplaceAll(text, numberMark, noNumber), connMark, noNumber)
	return []byte(text), number, conn
}

// mask is what the byte at an offset of the message is combined with.
func (t *traffic) mask(at int) byte {
	if t.body == 0 {
		return 0
	}
	return t.key[(at-t.body)&3]
}

// writeNumber writes n in hexadecimal digits at base+at for each place.
func (t *traffic) writeNumber(b []byte, base int, places []int, n uint64, masked bool) {
	const hex = "0123456789abcdef"
	for _, at := range places {
		rest := n
		for i := at + numberDigits - 1; i >= at; i-- {
			digit := hex[rest&15]
			if masked {
				digit ^= t.mask(i)
			}
			b[base+i] = digit
			rest >>= 4
		}
	}
}

// batch is the messages written to a connection at once, and what must come back.
type batch struct {
	*traffic
	depth int
	bytes []byte
	want  answer
}

func newBatch(t *traffic, depth int) *batch {
	return &batch{t, depth, bytes.Repeat(t.message, depth), t.answer.repeat(depth)}
}

// fill gives the messages their numbers, from first on, and the connection's.
func (b *batch) fill(first, conn uint64) {
	for i := range b.depth {
		base := i * len(b.message)
		b.writeNumber(b.bytes, base, b.number, first+uint64(i), true)
		b.writeNumber(b.bytes, base, b.conn, conn, true)
	}
}

// expect does the same for the answers.
func (b *batch) expect(first, conn uint64) {
	for i := range b.depth {
		base := i * len(b.answer.Bytes)
		b.writeNumber(b.want.Bytes, base, b.answerNumber, first+uint64(i), false)
		b.writeNumber(b.want.Bytes, base, b.answerConn, conn, false)
	}
}
