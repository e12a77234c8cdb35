package redis

import "github.com/phalanx-php/phalanx/goengine/component"

func init() {
	options := []component.Option{
		component.Defaults(defaults), component.OnRelease((*Client).release), component.ThrowsBy(exception),
	}
	for i, name := range shapeNames {
		options = append(options, component.Const(name, i))
	}
	component.Register(`Phalanx\Redis\Client`, New, options...)
	component.RegisterType[*Link](`Phalanx\Redis\Link`, component.OnRelease((*Link).Close), component.ThrowsBy(exception))
}
