package apps

import "testing"

// workerman/http-client: callbacks, and calls that suspend the coroutine.
func TestHTTPClient(t *testing.T) {
	a := prepare(t, "APPS_HTTPCLIENT", "httpclient", 1)
	a.start("app.php")
	for _, said := range []string{
		"callback: 200 GET /get []", `callback: POST /post {"a":"1"}`, "callback: RuntimeException",
		"waited: GET /get []", `waited: POST /post {"b":"2"}`, "waited: 404", "waited: GET /there []", "waited: RuntimeException",
		`waited: {"n1":"slow","n2":"slow","n3":"slow","n4":"slow","n5":"slow"}`,
	} {
		a.WaitFor(said + "\n")
	}
}
