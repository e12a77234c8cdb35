package watch

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// terminal prints what there is to say.
type terminal struct {
	out    io.Writer
	colour bool
	folder string // paths below it are shown without it
}

func newTerminal(out *os.File) terminal {
	t := terminal{out: out, colour: os.Getenv("NO_COLOR") == "" && isTerminal(out)} // no-color.org
	t.folder, _ = os.Getwd()
	return t
}

func isTerminal(f *os.File) bool {
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}

func (t terminal) paint(code, text string) string {
	if !t.colour || text == "" {
		return text
	}
	return "\033[" + code + "m" + text + "\033[0m"
}

// say prints a line.
func (t terminal) say(format string, args ...any) {
	fmt.Fprintln(t.out, t.paint("36", "[watch]")+" "+fmt.Sprintf(format, args...))
}

// short is a path as one would type it here.
func (t terminal) short(path string) string {
	if rel, err := filepath.Rel(t.folder, path); err == nil && !strings.HasPrefix(rel, "..") {
		return rel
	}
	return path
}

// list names some of the files.
func (t terminal) list(files []string) string {
	const shown = 3
	var names []string
	for _, file := range files[:min(len(files), shown)] {
		names = append(names, t.short(file))
	}
	text := strings.Join(names, ", ")
	if len(files) > shown {
		text += fmt.Sprintf(" and %d more", len(files)-shown)
	}
	return text
}

// fail shows why new code cannot be used, with the lines of the file around the place.
func (t terminal) fail(f *failure) {
	fmt.Fprintf(t.out, "\n%s %s\n", t.paint("1;31", f.Title+":"), t.paint("1", f.Message))
	if f.File != "" {
		place := t.short(f.File)
		if f.Line > 0 {
			place += fmt.Sprintf(":%d", f.Line)
		}
		fmt.Fprintf(t.out, "  at %s\n", t.paint("33", place))
		t.excerpt(f.File, f.Line)
	}
	if f.Output != "" {
		fmt.Fprintln(t.out)
		for line := range strings.SplitSeq(strings.TrimRight(f.Output, "\n"), "\n") {
			fmt.Fprintln(t.out, "  "+t.paint("2", line))
		}
	}
	fmt.Fprintln(t.out)
}

func (t terminal) excerpt(path string, line int) {
	const around = 3
	file, err := os.Open(path)
	if err != nil || line < 1 {
		return
	}
	defer func() { _ = file.Close() }()
	fmt.Fprintln(t.out)
	lines := bufio.NewScanner(file)
	for n := 1; n <= line+around && lines.Scan(); n++ {
		if n < line-around {
			continue
		}
		text := fmt.Sprintf("%5d | %s", n, strings.ReplaceAll(lines.Text(), "\t", "    "))
		if n == line {
			fmt.Fprintln(t.out, t.paint("31", ">"+text))
		} else {
			fmt.Fprintln(t.out, t.paint("2", " "+text))
		}
	}
}
