// Package services brings the components of Phalanx's own into the binary: a package named here registers its PHP classes
// (component.Register) in its init functions.
package services

import (
	_ "github.com/phalanx-php/phalanx/goengine/metrics"
)
