package apps

import "testing"

// workerman/redis: callbacks, and calls that wait by Revolt's suspensions.
func TestRedis(t *testing.T) {
	a := prepare(t, "APPS_REDIS", "redis", 1)
	a.start("app.php")
	for _, said := range []string{"set true", "get one", "none null", `waited: [true,"two",1,2,["two","2",null]]`} {
		a.WaitFor(said + "\n")
	}
}
