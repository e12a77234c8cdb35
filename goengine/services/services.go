// Package services brings the components of Phalanx's own into the binary: a package named here registers its PHP classes
// (component.Register) in its init functions.
package services

import (
	_ "github.com/phalanx-php/phalanx/goengine/applog"
	"github.com/phalanx-php/phalanx/goengine/atexit"
	_ "github.com/phalanx-php/phalanx/goengine/configfile"
	_ "github.com/phalanx-php/phalanx/goengine/cron"
	_ "github.com/phalanx-php/phalanx/goengine/httpclient"
	"github.com/phalanx-php/phalanx/goengine/messaging"
	_ "github.com/phalanx-php/phalanx/goengine/metrics"
	_ "github.com/phalanx-php/phalanx/goengine/password"
	_ "github.com/phalanx-php/phalanx/goengine/redis"
	_ "github.com/phalanx-php/phalanx/goengine/sqldb"
	_ "github.com/phalanx-php/phalanx/goengine/tracing"
)

// Close is called at the end of the process, when PHP has ended: what waits to be sent or written is.
func Close() {
	messaging.Close()
	atexit.Run()
}
