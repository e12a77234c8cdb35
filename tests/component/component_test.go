// Package component_test runs binaries with components from outside.
package component_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// fixture builds the product with the fixture's components.
func fixture(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "phalanx")
	out, err := exec.Command("go", "build", "-o", binary, "./phalanx").CombinedOutput()
	require.NoError(t, err, "%s", out)
	return binary
}

func TestStubsAreThoseOfTheClasses(t *testing.T) {
	binary := fixture(t)
	file := filepath.Join(t.TempDir(), "stubs.php")
	out, err := exec.Command(binary, "stubs", "--out", file).CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Empty(t, out)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	printed, err := exec.Command(binary, "stubs").Output()
	require.NoError(t, err)
	require.Equal(t, string(text), string(printed))
	for _, part := range []string{
		"namespace Fixture {", "class Greeter\n", "public static function shout(string $text): string",
		"enum Colour: string", "final readonly class Point", "public ?string $note,",
		"@param array{id: int, title: string, tags: list<string>, inner: array{id: int, title: string, tags: list<string>, inner: array}|null} $v",
		"public function named(int $id, float $timeout = 1.5, string $mode = 'fast', \\Fixture\\Level $level = \\Fixture\\Level::High, array $tags = ['a'], ?int $limit = null): string",
	} {
		require.Contains(t, string(text), part)
	}
	out, err = exec.Command(binary, "-l", file).CombinedOutput()
	require.NoError(t, err, "%s", out)

	out, err = exec.Command(binary, "stubs", "--nope").CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "-out file")
}

// What PHP declares and what the stubs say is the same, method by method.
func TestStubsAgreeWithReflection(t *testing.T) {
	binary := fixture(t)
	file := filepath.Join(t.TempDir(), "stubs.php")
	require.NoError(t, exec.Command(binary, "stubs", "--out", file).Run())
	out, err := exec.Command(binary, "testdata/agree.php", file).CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Regexp(t, `^[1-9][0-9]+ methods agree\n$`, string(out))
}

// One worker serves many requests that wait for Go; a stop ends what a worker waits for.
func TestWorkersThatWaitForGo(t *testing.T) {
	binary := fixture(t)
	ports := phalanxtest.FreePorts(t, 2)
	p := phalanxtest.Command(t, "testdata/server.php", "start")
	p.Cmd.Path, p.Cmd.Args[0] = binary, binary
	p.Cmd.Env = append(p.Cmd.Env, fmt.Sprintf("PORTS=,%d,%d", ports[0], ports[1]))
	p.Start()
	address := func(i int) string { return fmt.Sprintf("127.0.0.1:%d", ports[i]) }
	phalanxtest.Dial(t, address(0))
	var wg sync.WaitGroup
	var mu sync.Mutex // guards together
	together := 0
	for range 50 {
		wg.Go(func() {
			resp, err := http.Get("http://" + address(0) + "/")
			if err != nil {
				t.Error(err)
				return
			}
			body, _ := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			mu.Lock()
			defer mu.Unlock()
			n := 0
			if _, err := fmt.Sscanf(string(body), "slept %d", &n); err != nil {
				t.Errorf("%q", body)
			}
			together = max(together, n)
		})
	}
	wg.Wait()
	require.Greater(t, together, 10, "that many waited at the same time")

	c := phalanxtest.Dial(t, address(1))
	_, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	require.NoError(t, err)
	p.WaitFor("waiting")
	p.Stop()
	require.Contains(t, p.Output(), "cancelled: component: the worker stops")
}
