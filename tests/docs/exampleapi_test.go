package docs_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// exampleHandler answers what the pages ask of https://api.example.com.
func exampleHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /users/{id}", func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("id") == "0" {
			w.WriteHeader(404)
			return
		}
		_, _ = io.WriteString(w, `{"name": "Bob"}`)
	})
	mux.HandleFunc("POST /users", func(w http.ResponseWriter, r *http.Request) {
		user := struct{ Name string }{}
		if r.Header.Get("Authorization") != "Bearer secret" || json.NewDecoder(r.Body).Decode(&user) != nil || user.Name != "Ann" {
			w.WriteHeader(400)
			return
		}
		w.Header().Set("Location", "/users/8")
		w.WriteHeader(201)
	})
	mux.HandleFunc("PUT /size", func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		_, _ = fmt.Fprint(w, n)
	})
	mux.HandleFunc("POST /form", func(w http.ResponseWriter, r *http.Request) {
		_, file, err := r.FormFile("file")
		if err != nil {
			w.WriteHeader(400)
			return
		}
		_, _ = fmt.Fprint(w, r.FormValue("title"), " ", file.Filename, " ", file.Header.Get("Content-Type"))
	})
	mux.HandleFunc("GET /rows", func(w http.ResponseWriter, _ *http.Request) {
		for n := range 3 {
			_, _ = fmt.Fprintf(w, "{\"n\":%d}\n", n+1)
		}
	})
	mux.HandleFunc("GET /trace", func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Header.Get("Traceparent")) })
	return mux
}
