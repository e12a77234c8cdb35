// Command phalanx: see package cmd.
package main

import "github.com/phalanx-php/phalanx/bridge/cmd"

func main() { cmd.Main() }
