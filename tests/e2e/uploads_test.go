package e2e_test

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

type uploaded struct {
	Name, Type, SHA1, Mode string
	Size                   int
	Error                  int
	Inside                 bool
}

type uploadAnswer struct {
	Ended int
	Files struct {
		F    uploaded
		Many struct{ A []uploaded }
	}
	Post  map[string]any
	Raw   string
	All   []int
	Again int
}

// noise is data that does not repeat within a piece.
type noise struct{ at, left int64 }

func (n *noise) Read(p []byte) (int, error) {
	if n.left == 0 {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), n.left)]
	for i := range p {
		p[i] = byte((n.at + int64(i)) * 2654435761 >> 13)
	}
	n.at += int64(len(p))
	n.left -= int64(len(p))
	return len(p), nil
}

func digest(r io.Reader) string {
	h := sha1.New()
	_, _ = io.Copy(h, r)
	return hex.EncodeToString(h.Sum(nil))
}

// upload sends a form as it is written.
func (a *app) upload(path string, length int64, write func(w *multipart.Writer)) (answer uploadAnswer, body string) {
	a.t.Helper()
	pr, pw := io.Pipe()
	w := multipart.NewWriter(pw)
	hash := sha1.New()
	req, err := http.NewRequest(http.MethodPost, a.url(0, path), io.TeeReader(pr, hash))
	require.NoError(a.t, err)
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.ContentLength = length // 0: chunked
	go func() {
		write(w)
		_ = w.Close()
		_ = pw.Close()
	}()
	slow := http.Client{Timeout: 2 * time.Minute}
	resp, err := slow.Do(req)
	require.NoError(a.t, err)
	defer func() { _ = resp.Body.Close() }()
	got, err := io.ReadAll(resp.Body)
	require.NoError(a.t, err)
	require.Equal(a.t, 200, resp.StatusCode, "%s", got)
	require.NoError(a.t, json.Unmarshal(got, &answer), "%s", got)
	return answer, hex.EncodeToString(hash.Sum(nil))
}

func file(w *multipart.Writer, field, name string, content io.Reader) {
	part, err := w.CreateFormFile(field, name)
	if err == nil {
		_, _ = io.Copy(part, content)
	}
}

func stored(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	return found
}

// emptied waits until no file is left.
func emptied(t *testing.T, dir string) {
	t.Helper()
	require.Eventually(t, func() bool { return len(stored(t, dir)) == 0 }, patience, patience/1000, "%v", stored(t, dir))
}

func TestUploadOfAnySizeTakesNoMemory(t *testing.T) {
	dir := t.TempDir()
	a := serve(t, "uploads.php", 1, "UPLOADS="+dir)
	small, _ := a.upload("/", 0, func(w *multipart.Writer) { file(w, "f", "small", &noise{left: 100}) })
	require.Equal(t, digest(&noise{left: 100}), small.Files.F.SHA1)
	before := a.peakMemory()

	const size = 300 << 20
	answer, _ := a.upload("/", 0, func(w *multipart.Writer) {
		_ = w.WriteField("before", "1")
		file(w, "f", "large.bin", &noise{left: size})
		_ = w.WriteField("after[x]", "2")
	})
	require.Equal(t, uploaded{Name: "large.bin", Type: "application/octet-stream", SHA1: digest(&noise{left: size}), Mode: "600", Size: size, Inside: true}, answer.Files.F)
	require.Equal(t, map[string]any{"before": "1", "after": map[string]any{"x": "2"}}, answer.Post)
	require.Less(t, a.peakMemory()-before, 40<<20)
	emptied(t, dir)
}

// peakMemory is the most that the server process has had in memory so far, in bytes.
func (a *app) peakMemory() int {
	a.t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", a.serverPID()))
	require.NoError(a.t, err)
	_, line, _ := strings.Cut(string(status), "VmHWM:")
	kib, err := strconv.Atoi(strings.Fields(line)[0])
	require.NoError(a.t, err)
	return kib << 10
}

func TestUploadsAreWhatWorkermanMakesOfThem(t *testing.T) {
	for _, memory := range []string{"100000000", "100000", "1"} { // all in memory, some on disk, all on disk
		t.Run(memory, func(t *testing.T) {
			dir := t.TempDir()
			a := serve(t, "uploads.php", 1, "UPLOADS="+dir, "MEMORY="+memory)
			form := func(w *multipart.Writer) {
				_ = w.WriteField("text", strings.Repeat("long", 50000))
				file(w, "f", "one.txt", &noise{left: 300000})
				file(w, "many[a][]", "two.txt", &noise{left: 70000})
				file(w, "many[a][]", "empty.txt", &noise{})
				file(w, "many[a][]", "three.txt", &noise{left: 80000})
				_ = w.WriteField("last", "1")
			}
			check := func(answer uploadAnswer) {
				t.Helper()
				for i, want := range []int64{300000, 70000, 0, 80000} {
					f := answer.Files.F
					if i > 0 {
						f = answer.Files.Many.A[i-1]
					}
					require.EqualValues(t, want, f.Size)
					require.Equal(t, digest(&noise{left: want}), f.SHA1)
					require.Zero(t, f.Error)
					require.True(t, f.Inside)
				}
				require.Equal(t, map[string]any{"text": digest(strings.NewReader(strings.Repeat("long", 50000))), "last": "1"}, answer.Post)
			}
			answer, body := a.upload("/raw", 0, form)
			check(answer)
			require.Equal(t, body, answer.Raw)
			require.Equal(t, answer.All[0], answer.All[1])
			emptied(t, dir)

			answer, _ = a.upload("/move", 0, form)
			require.Equal(t, 300000, answer.Again)
			if memory == "1" {
				require.Contains(t, answer.Raw, "moved")
			}
			require.Eventually(t, func() bool { return len(stored(t, dir)) == 1 }, patience, patience/1000)
			info, err := os.Stat(filepath.Join(dir, "kept"))
			require.NoError(t, err)
			require.EqualValues(t, 300000, info.Size())
		})
	}
}

func TestUploadsAreRemoved(t *testing.T) {
	dir := t.TempDir()
	a := serve(t, "uploads.php", 1, "UPLOADS="+dir)
	form := func(w *multipart.Writer) { file(w, "f", "x", &noise{left: 2 << 20}) }
	t.Run("when the callback returns", func(t *testing.T) {
		for range 3 { // the engine writes large files, PHP small ones
			a.upload("/", 0, form)
			a.upload("/", 0, func(w *multipart.Writer) { file(w, "f", "x", strings.NewReader("small")) })
		}
		emptied(t, dir)
	})
	t.Run("when the peer goes away", func(t *testing.T) {
		c := a.dial(0)
		_, err := io.WriteString(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=B\r\nContent-Length: 9000000\r\n\r\n"+
			"--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n"+strings.Repeat("x", 2<<20))
		require.NoError(t, err)
		require.Eventually(t, func() bool { return len(stored(t, dir)) == 1 }, patience, patience/1000)
		require.NoError(t, c.Close())
		emptied(t, dir)
	})
	t.Run("when the script ends", func(t *testing.T) {
		a.upload("/hold", 0, form)
		require.Len(t, stored(t, dir), 1)
		a.upload("/exit", 0, form)
		emptied(t, dir)
		a.WaitFor("exit with status 768")
	})
	t.Run("when nobody listens", func(t *testing.T) {
		// Over one connection, whose callback the first request has taken away.
		c := a.dial(0)
		body := "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n" + strings.Repeat("x", 2<<20) + "\r\n--B--\r\n"
		_, err := io.WriteString(c, "GET /unheard HTTP/1.1\r\nHost: h\r\n\r\n")
		require.NoError(t, err)
		_, err = c.Read(make([]byte, 1000))
		require.NoError(t, err)
		_, err = fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=B\r\nContent-Length: %d\r\n\r\n", len(body))
		require.NoError(t, err)
		_, err = io.WriteString(c, body[:len(body)-10])
		require.NoError(t, err)
		require.Eventually(t, func() bool { return len(stored(t, dir)) == 1 }, patience, patience/1000)
		_, err = io.WriteString(c, body[len(body)-10:])
		require.NoError(t, err)
		emptied(t, dir)
	})
}

// A request without files is let go of without its destructor, unless that is the application's.
func TestDestructorsOfRequests(t *testing.T) {
	dir := t.TempDir()
	a := serve(t, "uploads.php", 1, "UPLOADS="+dir, "NOTING=1")
	for i := range 4 {
		answer, _ := a.upload("/", 0, func(w *multipart.Writer) {
			if i%2 == 1 {
				file(w, "f", "x", strings.NewReader("small"))
			}
		})
		require.Equal(t, i, answer.Ended)
	}
	emptied(t, dir)
}

func TestUploadsThatCannotBeWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "missing")
	a := serve(t, "uploads.php", 1, "UPLOADS="+dir)
	answer, _ := a.upload("/", 0, func(w *multipart.Writer) {
		file(w, "f", "x", &noise{left: 2 << 20})
		_ = w.WriteField("last", "1")
	})
	require.Equal(t, 7, answer.Files.F.Error, "UPLOAD_ERR_CANT_WRITE")
	require.Equal(t, 2<<20, answer.Files.F.Size)
	require.Equal(t, map[string]any{"last": "1"}, answer.Post)
}
