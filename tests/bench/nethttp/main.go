// Command nethttp is the benchmark's Go net/http server: one handler with the same headers and body as
// the other servers, as far as net/http lets a handler choose them.
//
// Usage: nethttp PORT        listens on 127.0.0.1
package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: nethttp PORT")
		os.Exit(2)
	}
	body := []byte("Hello, World!")
	err := http.ListenAndServe("127.0.0.1:"+os.Args[1], http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h["Date"] = nil // the others send none
		h["Connection"] = connection
		h["Content-Type"] = contentType
		h["Content-Length"] = contentLength
		_, _ = w.Write(body) // net/http closes the connection itself when the peer has gone
	}))
	fmt.Fprintln(os.Stderr, "nethttp:", err)
	os.Exit(1)
}

var (
	connection    = []string{"keep-alive"}
	contentType   = []string{"text/html;charset=utf-8"}
	contentLength = []string{"13"}
)
