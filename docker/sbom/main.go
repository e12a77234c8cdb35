// Command sbom writes what a phalanx binary is made of, as CycloneDX and as SPDX: the Go modules that are linked into it, PHP
// and what PHP bundles, and the Debian packages of the libraries that the dynamic linker loads. Tools for Go see the first of
// these only.
//
//	go run . -binary build/phalanx -version 0.1.0 -time 2026-01-02T03:04:05Z -out build/sbom
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	flags := flag.NewFlagSet("sbom", flag.ContinueOnError)
	binary := flags.String("binary", "build/phalanx", "the binary")
	version := flags.String("version", "", "Phalanx's version")
	moment := flags.String("time", "", "when, as RFC 3339; the commit's time makes the same file twice")
	out := flags.String("out", "build/sbom", "folder for phalanx.cdx.json and phalanx.spdx.json")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	at, err := time.Parse(time.RFC3339, *moment)
	if err != nil {
		return fmt.Errorf("-time: %w", err)
	}
	parts, err := inspect(*binary, *version)
	if err != nil {
		return err
	}
	parts.at = at.UTC()
	if err := os.MkdirAll(*out, 0o755); err != nil {
		return err
	}
	for name, write := range map[string]func(*product, *os.File) error{"phalanx.cdx.json": writeCycloneDX, "phalanx.spdx.json": writeSPDX} {
		file, err := os.Create(filepath.Join(*out, name))
		if err != nil {
			return err
		}
		if err := write(parts, file); err != nil {
			return err
		}
		if err := file.Close(); err != nil {
			return err
		}
	}
	fmt.Printf("%d components: %d Go modules, %d of PHP, %d Debian packages\n", len(parts.components),
		parts.count(golang), parts.count(php), parts.count(debian))
	return nil
}
