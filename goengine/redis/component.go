package redis

import (
	"time"

	"github.com/phalanx-php/phalanx/goengine/component"
)

func init() {
	options := []component.Option{
		component.Defaults(defaults), component.OnRelease((*Client).release), component.ThrowsBy(exception),
	}
	for i, name := range shapeNames {
		options = append(options, component.Const(name, i))
	}
	options = append(options, component.Defaults(LockOptions{TTL: 30 * time.Second}))
	component.Register(`Phalanx\Redis\Client`, New, options...)
	component.RegisterType[*Link](`Phalanx\Redis\Link`, component.OnRelease((*Link).Close), component.ThrowsBy(exception))
	component.RegisterType[*Feed](`Phalanx\Redis\Feed`, component.OnRelease((*Feed).Close), component.ThrowsBy(exception),
		component.Const("CHANNELS", channels), component.Const("PATTERNS", patterns), component.Const("SHARDS", shards))
	component.RegisterType[*Lock](`Phalanx\Redis\Lock`, component.OnRelease((*Lock).abandoned), component.ThrowsBy(exception))
	component.RegisterValue[Message](`Phalanx\Redis\Message`)
	component.RegisterValue[Limit](`Phalanx\Redis\Limit`)
}
