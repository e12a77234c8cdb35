package services

// Memory that all workers share.
import (
	_ "github.com/phalanx-php/phalanx/goengine/cache"
	_ "github.com/phalanx-php/phalanx/goengine/channel"
	_ "github.com/phalanx-php/phalanx/goengine/counter"
	_ "github.com/phalanx-php/phalanx/goengine/lock"
	_ "github.com/phalanx-php/phalanx/goengine/ratelimit"
	_ "github.com/phalanx-php/phalanx/goengine/table"
)
