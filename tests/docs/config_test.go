package docs_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
	"go.yaml.in/yaml/v3"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// configs check blocks of configuration, by the language that the fence names.
var configs = map[string]func(t *testing.T, b *block) error{
	"Caddyfile":  adapt,
	"caddyfile":  adapt,
	"dockerfile": func(_ *testing.T, b *block) error { return checkDockerfile(b.text) },
	"ini":        parseINI,
	"json":       func(_ *testing.T, b *block) error { return parseJSON(b.text) },
	"toml":       func(_ *testing.T, b *block) error { return toml.Unmarshal([]byte(b.text), new(map[string]any)) },
	"xml":        func(_ *testing.T, b *block) error { return parseXML(b.text) },
	"yaml":       func(_ *testing.T, b *block) error { return parseYAML(b.text) },
}

func parseJSON(text string) error {
	d := json.NewDecoder(strings.NewReader(text))
	for {
		var value any
		if err := d.Decode(&value); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}

func parseXML(text string) error {
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := d.Token(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}

func parseYAML(text string) error {
	d := yaml.NewDecoder(strings.NewReader(text))
	for {
		var value any
		if err := d.Decode(&value); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}

// adapt has the binary's own Caddy read it.
func adapt(t *testing.T, b *block) error {
	file := filepath.Join(t.TempDir(), "Caddyfile")
	if err := os.WriteFile(file, []byte(b.text), 0o600); err != nil {
		return err
	}
	out, err := exec.Command(phalanxtest.Binary(t), "adapt", "--adapter", "caddyfile", "--config", file).CombinedOutput()
	if err != nil {
		return fmt.Errorf("phalanx adapt: %w\n%s", err, out)
	}
	return nil
}

// parseINI has PHP read it; of a php.ini every setting has to exist.
func parseINI(t *testing.T, b *block) error {
	code := `$ini = parse_ini_string(stream_get_contents(STDIN), true, INI_SCANNER_RAW);
if ($ini === false) { exit(1); }
foreach ($ini as $name => $value) {
    if (!is_array($value) && preg_match('/^[a-z_]+(\.[a-z_]+)*$/', $name) && ini_get($name) === false && !str_contains($name, 'extension')) {
        echo "php.ini has no setting $name\n";
        exit(2);
    }
}`
	run := exec.Command(phalanxtest.Binary(t), "-r", code)
	run.Stdin = strings.NewReader(b.text)
	if out, err := run.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}

var (
	instruction = regexp.MustCompile(`^(ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)\s+(\S.*)$`)
	stageName   = regexp.MustCompile(`(?i)\s+AS\s+(\S+)$`)
	copiedFrom  = regexp.MustCompile(`--from=(\S+)`)
)

// checkDockerfile: each line is an instruction that exists, the first is FROM (or ARG), what is copied from a stage is copied from
// one above, exec forms are JSON.
func checkDockerfile(text string) error {
	stages := map[string]bool{}
	for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", " ")) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		m := instruction.FindStringSubmatch(line)
		if m == nil {
			return fmt.Errorf("no instruction: %s", line)
		}
		if len(stages) == 0 && m[1] != "FROM" && m[1] != "ARG" {
			return fmt.Errorf("before FROM: %s", line)
		}
		if m[1] == "FROM" {
			stages[fmt.Sprint(len(stages))] = true
			if name := stageName.FindStringSubmatch(m[2]); name != nil {
				stages[name[1]] = true
			}
		}
		if from := copiedFrom.FindStringSubmatch(m[2]); m[1] == "COPY" && from != nil && !stages[from[1]] && !strings.ContainsAny(from[1], ":/") {
			return fmt.Errorf("no stage %s: %s", from[1], line)
		}
		if strings.HasPrefix(m[2], "[") {
			if err := json.Unmarshal([]byte(m[2]), new([]string)); err != nil {
				return fmt.Errorf("%w: %s", err, line)
			}
		}
	}
	if len(stages) == 0 {
		return errors.New("no FROM")
	}
	return nil
}

func TestCheckDockerfile(t *testing.T) {
	for text, ok := range map[string]bool{
		"FROM debian AS a\nRUN true\nFROM debian\nCOPY --from=a /x /x\nCMD [\"x\"]\n": true,
		"FROM debian\nCOPY --from=b /x /x\n":                                          false,
		"RUN true\n":                                                                  false,
		"FROM debian\nCMD ['x']\n":                                                    false,
		"FROM debian\nINSTALL x\n":                                                    false,
		"FROM debian\nRUN a \\\n  && b\n":                                             true,
	} {
		if err := checkDockerfile(text); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}
