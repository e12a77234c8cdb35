package docs_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// configuration is docs/configuration.md: all code in it, and its text.
func configuration(t *testing.T) (has func(name string) bool, text string) {
	t.Helper()
	source, err := os.ReadFile(filepath.Join(root, "docs/configuration.md"))
	require.NoError(t, err)
	words := map[string]bool{}
	for _, span := range readPage(t, "docs/configuration.md").spans {
		words[span.target] = true
		for _, word := range strings.FieldsFunc(span.target, func(r rune) bool { return strings.ContainsRune(" =:[]()", r) }) {
			words[word] = true
			words[strings.TrimPrefix(word, "$connection->")] = true
		}
	}
	return func(name string) bool { return words[name] || words["$"+name] }, string(source)
}

var (
	ourVariable = regexp.MustCompile(`\bPHALANX_[A-Z][A-Z_]*[A-Z]\b`)
	asked       = regexp.MustCompile(`\b(?:Getenv|LookupEnv|getenv)\(["']([A-Z][A-Z_]+)["']\)`)
)

// What the source asks the environment is on the page.
func TestEnvironmentIsDocumented(t *testing.T) {
	has, _ := configuration(t)
	// Of other programs, and what tests and the demo are told.
	elsewhere := regexp.MustCompile(`_H$|^PHALANX_(DEMO|TEST)_|^(CGO_CFLAGS|CGO_LDFLAGS|GOFLAGS|HOME|PATH|TERM_PROGRAM|TMPDIR|TERM|COLUMNS)$`)
	found := map[string]string{}
	for _, folder := range []string{"bridge", "goengine", "php-ext", "phpsrc", "docker", "bin"} {
		_ = filepath.WalkDir(filepath.Join(root, folder), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "testdata") ||
				strings.Contains(path, "/test") || strings.Contains(path, "/kubernetes/") || strings.Contains(path, "/scaffold/template/") || strings.HasSuffix(path, ".phpt") {
				return nil
			}
			source, err := os.ReadFile(path)
			require.NoError(t, err)
			for _, name := range ourVariable.FindAllString(string(source), -1) {
				found[name] = path
			}
			for _, m := range asked.FindAllStringSubmatch(string(source), -1) {
				found[m[1]] = path
			}
			return nil
		})
	}
	require.Greater(t, len(found), 10)
	for name, path := range found {
		if !elsewhere.MatchString(name) && !has(name) {
			t.Errorf("%s, in %s, is not in docs/configuration.md", name, path)
		}
	}
}

// php runs code in the binary and decodes the JSON that it prints.
func php(t *testing.T, code string, into any) {
	t.Helper()
	out, err := exec.Command(phalanxtest.Binary(t), "-r", code).Output()
	require.NoError(t, err, "%s", out)
	require.NoError(t, json.Unmarshal(out, into), "%s", out)
}

// Public properties of the classes that applications set up are on the page.
func TestPropertiesAreDocumented(t *testing.T) {
	has, _ := configuration(t)
	noOptions := strings.Fields("protocol transport worker bytesRead bytesWritten id context connections connection properties")
	var properties map[string][]string
	php(t, `foreach (['Workerman\Worker', 'Workerman\Connection\TcpConnection', 'Workerman\Connection\AsyncTcpConnection',
		'Workerman\Protocols\Http\Request', 'Workerman\Protocols\Http\Session', 'Phalanx\Phalcon\Server'] as $class) {
			foreach ((new ReflectionClass($class))->getProperties(ReflectionProperty::IS_PUBLIC) as $property) {
				if ($property->getDeclaringClass()->getName() === $class) { $all[$class][] = $property->getName(); }
			}
		}
		echo json_encode($all);`, &properties)
	require.Len(t, properties, 6)
	for class, names := range properties {
		for _, name := range names {
			if class != `Workerman\Worker` && (slices.Contains(noOptions, name) || strings.HasPrefix(name, "on")) {
				continue
			}
			if !has(name) {
				t.Errorf("%s::$%s is not in docs/configuration.md", class, name)
			}
		}
	}
}

// Arguments of services are on the page, with the defaults that they have.
func TestArgumentsAreDocumented(t *testing.T) {
	_, text := configuration(t)
	list, err := os.ReadFile("testdata/services.json")
	require.NoError(t, err)
	var services map[string]string
	require.NoError(t, json.Unmarshal(list, &services))
	var all map[string][]struct {
		Name    string
		Default any
	}
	php(t, `foreach (json_decode('`+strings.ReplaceAll(string(list), `\`, `\\`)+`') as $service => $page) {
			[$class, $method] = explode('::', $service) + [1 => '__construct'];
			$all[$service] = array_map(static fn ($p) => ['name' => $p->getName(),
				'default' => $p->isDefaultValueAvailable() && !is_object($p->getDefaultValue()) ? $p->getDefaultValue() : null],
				(new ReflectionMethod($class, $method))->getParameters());
		}
		echo json_encode($all);`, &all)
	require.Len(t, all, len(services))
	for service, page := range services {
		call, arguments := "", all[service]
		if strings.Contains(service, "::") {
			call = "()"
		}
		i := strings.Index(text, "| `"+service+call+"` |")
		if i < 0 {
			t.Errorf("%s is not in docs/configuration.md", service)
			continue
		}
		row, _, _ := strings.Cut(text[i:], "\n")
		require.Contains(t, row, "("+page+")")
		for _, argument := range arguments {
			at := strings.Index(row, "`"+argument.Name+"`")
			if at < 0 {
				t.Errorf("%s: the argument %s is not in docs/configuration.md", service, argument.Name)
				continue
			}
			if number, ok := argument.Default.(float64); ok && argument.Name != "permissions" {
				written, _ := json.Marshal(number)
				if !strings.HasPrefix(row[at:], "`"+argument.Name+"` `"+string(written)+"`") {
					t.Errorf("%s: the default of %s is %s", service, argument.Name, written)
				}
			}
		}
	}
}

// Settings of the module phalcon are on the page.
func TestSettingsAreDocumented(t *testing.T) {
	_, text := configuration(t)
	text = strings.Join(strings.Fields(text), " ")
	var settings map[string]*string
	php(t, `echo json_encode(ini_get_all('phalcon', false));`, &settings)
	require.Len(t, settings, 23)
	for name, value := range settings {
		want := "`" + name + "` "
		if value != nil {
			want += *value
		}
		if !strings.Contains(text, want) {
			t.Errorf("docs/configuration.md: %s", want)
		}
	}
}

// Commands and options that the binary's help tells are on the page.
func TestCommandsAreDocumented(t *testing.T) {
	has, text := configuration(t)
	binary := phalanxtest.Binary(t)
	general, err := exec.Command(binary, "help").Output()
	require.NoError(t, err)
	commands := regexp.MustCompile(`(?m)^  phalanx ([a-z-]+)`).FindAllStringSubmatch(string(general), -1)
	require.Greater(t, len(commands), 4)
	ours := []string{""}
	for _, m := range commands {
		if !strings.Contains(text, "`phalanx "+m[1]) && !has(m[1]) && !slices.Contains([]string{"version", "adapt"}, m[1]) {
			t.Errorf("phalanx %s is not in docs/configuration.md", m[1])
		}
		if slices.Contains([]string{"build", "watch", "health", "new", "upgrade"}, m[1]) {
			ours = append(ours, m[1])
		}
	}
	for _, command := range ours {
		help := general
		if command != "" {
			help, _ = exec.Command(binary, command, "--help").CombinedOutput()
		}
		for _, m := range regexp.MustCompile(`(?m)^\s+(--?[a-z][a-z-]+)\b`).FindAllStringSubmatch(string(help), -1) {
			if name := "--" + strings.TrimLeft(m[1], "-"); name != "--help" && !strings.Contains(text, name) {
				t.Errorf("phalanx %s %s is not in docs/configuration.md", command, name)
			}
		}
	}
}
