// Command phalanx is the product with the components that the tests call.
package main

import (
	"github.com/phalanx-php/phalanx/bridge/cmd"

	_ "github.com/phalanx-php/phalanx/tests/component/fixture"
)

func main() { cmd.Main() }
