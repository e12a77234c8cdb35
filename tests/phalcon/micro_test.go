package phalcon

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// The REST API of examples/phalcon-micro, as a client sees it.
func TestExamplePhalconMicro(t *testing.T) {
	data := t.TempDir()
	address := fmt.Sprintf("127.0.0.1:%d", phalanxtest.FreePorts(t, 1)[0])
	s := &site{t: t, url: "http://" + address}
	s.Process = phalanxtest.Command(t, "../../examples/phalcon-micro/start.php", "start")
	s.Cmd.Env = append(s.Cmd.Env, "ADDRESS="+address, "DATA="+data)
	s.Start()
	s.WaitFor("Start success.")
	require.NoError(t, phalanxtest.Dial(t, address).Close())

	post := func(path, body string, header ...string) answer {
		return s.do(http.MethodPost, path, "application/json", strings.NewReader(body), header...)
	}
	login := func(user string) []string {
		a := post("/login", fmt.Sprintf(`{"user":%q,"password":"secret"}`, user))
		require.Equal(t, 200, a.status, a.body)
		var got struct{ Token string }
		require.NoError(t, json.Unmarshal([]byte(a.body), &got))
		return []string{"Authorization", "Bearer " + got.Token}
	}
	for _, wrong := range []string{`{"user":"alice","password":"Secret"}`, `{"user":"eve","password":"secret"}`, `{"user":["alice"]}`, `[`, ``} {
		a := post("/login", wrong)
		require.Equal(t, 401, a.status, wrong)
		require.Equal(t, "application/problem+json", a.header.Get("Content-Type"))
	}
	alice, bob := login("alice"), login("bob")

	a := s.get("/tasks")
	require.Equal(t, 401, a.status)
	require.Equal(t, "Bearer", a.header.Get("WWW-Authenticate"))
	token := strings.TrimPrefix(alice[1], "Bearer ")
	parts := strings.Split(token, ".")
	none := "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0" // {"typ":"JWT","alg":"none"}
	for _, forged := range []string{
		none + "." + parts[1] + ".", none + "." + parts[1] + "." + parts[2], parts[0] + "." + parts[1] + ".", token[:len(token)-4],
		parts[0] + "." + strings.Split(strings.TrimPrefix(bob[1], "Bearer "), ".")[1] + "." + parts[2], "", "a.b.c",
	} {
		require.Equal(t, 401, s.get("/tasks", "Authorization", "Bearer "+forged).status, forged)
	}

	require.Equal(t, 403, post("/tasks", `{"title":"not mine to add"}`, bob...).status)
	a = post("/tasks", `{"title":"","due":"tomorrow"}`, alice...)
	require.Equal(t, 422, a.status)
	require.JSONEq(t, `{"status":422,"title":"This is no task","errors":{"title":"A task needs a title","due":"due is a date: 2030-01-31"}}`, a.body)
	a = post("/tasks", `{"title":" <script>alert(1)</script>Write docs ","due":"2030-01-31"}`, alice...)
	require.Equal(t, 201, a.status, a.body)
	require.JSONEq(t, `{"id":1,"title":"alert(1)Write docs","due":"2030-01-31","owner":"alice"}`, a.body)
	require.Equal(t, "/tasks/1", a.header.Get("Location"))
	require.Equal(t, "["+a.body+"]", s.get("/tasks", bob...).body)

	// The cache of the list is emptied for all workers.
	var wait sync.WaitGroup
	for i := range 20 {
		wait.Go(func() {
			if got := post("/tasks", fmt.Sprintf(`{"title":"task %d"}`, i), alice...); got.status != 201 {
				t.Error(got.body)
			}
			if got := s.get("/tasks", bob...); got.status != 200 {
				t.Error(got.body)
			}
		})
	}
	wait.Wait()
	require.Eventually(t, func() bool {
		var list []any
		return json.Unmarshal([]byte(s.get("/tasks", bob...).body), &list) == nil && len(list) == 21
	}, phalanxtest.Patience, 20*time.Millisecond)

	require.Equal(t, 200, s.get("/tasks/1", bob...).status)
	require.Equal(t, 403, s.do(http.MethodDelete, "/tasks/1", "", nil, bob...).status)
	require.Equal(t, 204, s.do(http.MethodDelete, "/tasks/1", "", nil, alice...).status)
	require.Equal(t, 404, s.get("/tasks/1", bob...).status)
	require.Equal(t, 404, s.get("/tasks/x", bob...).status)
	require.Equal(t, 404, s.get("/no/such/route").status)

	visit := s.get("/visits")
	require.JSONEq(t, `{"visits":1}`, visit.body)
	cookie := strings.SplitN(visit.header.Get("Set-Cookie"), ";", 2)[0]
	for i := 2; i <= 10; i++ {
		require.JSONEq(t, fmt.Sprintf(`{"visits":%d}`, i), s.get("/visits", "Cookie", cookie).body)
	}
	require.JSONEq(t, `{"visits":1}`, s.get("/visits", "Cookie", strings.Split(cookie, "=")[0]+"=chosenchosenchosenchosen").body)

	require.Eventually(t, func() bool {
		log, err := os.ReadFile(filepath.Join(data, "api.log"))
		return err == nil && strings.Contains(string(log), "login of alice") && strings.Contains(string(log), "bob may not write")
	}, phalanxtest.Patience, 20*time.Millisecond)
	require.NotContains(t, s.Output(), "Stack trace")
}
