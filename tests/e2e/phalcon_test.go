package e2e_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"testing"

	"github.com/stretchr/testify/require"
)

// visitor is a browser: it keeps its cookies.
type visitor struct {
	http.Client
	a *app
}

func visit(t *testing.T, a *app) *visitor {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &visitor{http.Client{Jar: jar, Timeout: patience}, a}
}

// session asks a worker who the visitor is; it gives the user, nil for none, and the session's id.
func (v *visitor) session(worker int, path string) (user any, id string, err error) {
	resp, err := v.Get(v.a.url(worker, path))
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, "", err
	}
	var answer []any
	if err = json.Unmarshal(body, &answer); err != nil {
		return nil, "", err
	}
	return answer[0], answer[1].(string), nil
}

// A session that one worker has written is there in the next, and two visitors that one worker serves at once, each
// waiting for the other, have their own.
func TestPhalconSessionsOfMessages(t *testing.T) {
	a := serve(t, "phalconstate.php", 2)
	ann, bob := visit(t, a), visit(t, a)
	_, first, err := ann.session(0, "/")
	require.NoError(t, err)
	user, id, err := ann.session(0, "/login?user=ann")
	require.NoError(t, err)
	require.Equal(t, "ann", user)
	require.NotEqual(t, first, id, "a login makes a new id")
	user, again, err := ann.session(1, "/")
	require.NoError(t, err)
	require.Equal(t, "ann", user, "the other worker knows her")
	require.Equal(t, id, again)

	users := make(chan any, 2)
	for name, v := range map[string]*visitor{"ann": ann, "bob": bob} {
		go func() {
			user, _, err := v.session(0, "/meet?user="+name)
			if err != nil {
				user = err.Error()
			}
			users <- user == any(name)
		}()
	}
	require.Equal(t, []any{true, true}, []any{<-users, <-users})
	user, _, err = bob.session(1, "/")
	require.NoError(t, err)
	require.Equal(t, "bob", user)

	request, err := http.NewRequest(http.MethodGet, a.url(0, "/"), nil)
	require.NoError(t, err)
	for _, chosen := range []string{first, "chosenchosenchosenchosenchosen12"} {
		request.Header.Set("Cookie", "sid="+chosen)
		resp, err := visit(t, a).Do(request)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.NotContains(t, string(body), chosen, "nobody chooses an id")
		require.Contains(t, string(body), "[null,")
		require.Contains(t, resp.Header.Get("Cache-Control"), "no-store")
		require.Len(t, resp.Header.Values("Set-Cookie"), 1)
	}
	_, _, err = ann.session(1, "/logout")
	require.NoError(t, err)
	user, _, err = ann.session(0, "/")
	require.NoError(t, err)
	require.Nil(t, user)
}

// Both workers see one cache, and count in one step.
func TestPhalconSharedCache(t *testing.T) {
	a := serve(t, "phalconstate.php", 2)
	require.Equal(t, "[null,true]", a.get(0, "/cache?user=one"))
	require.Equal(t, `[{"by":"one"},true]`, a.get(1, "/cache?user=two"))
	counted := make(chan error, 100)
	for i := range cap(counted) {
		go func() { _, err := a.tryGet(i%2, "/count"); counted <- err }()
	}
	for range cap(counted) {
		require.NoError(t, <-counted)
	}
	require.Equal(t, "101", a.get(0, "/count"))
}
