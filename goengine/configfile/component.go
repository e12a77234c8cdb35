package configfile

import "github.com/phalanx-php/phalanx/goengine/component"

//go:generate go run github.com/phalanx-php/phalanx/goengine/component/describe/gen

// Parser reads configuration: Phalcon\Config\Adapter\Yaml and Toml are what applications use.
type Parser struct{}

func init() {
	component.RegisterValue[Tagged](`Phalanx\Config\Tagged`)
	component.RegisterType[*Parser](`Phalanx\Config\Parser`, component.ThrowsBy(`Phalanx\Exception\GoException`),
		component.Static("yaml", parseYAML), component.Static("toml", TOML))
}

// parseYAML reads a text's first document. Values with one of these tags are Phalanx\Config\Tagged.
func parseYAML(text string, tags []string) (any, error) { return YAML([]byte(text), tags) }
