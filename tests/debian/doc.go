// Package debian installs the Debian package in a Debian of its own and runs it under systemd. Its tests want what
// tests/debian/run prepares, so they have a build tag.
package debian
