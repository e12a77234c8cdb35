<?php

declare(strict_types=1);

namespace Phalcon\Traits\Php;

/** The file parser of ext-yaml behind a method that a subclass can replace. */
trait YamlTrait
{
    protected static function phpYamlParseFile(string $filename, int $pos = 0, array $callbacks = [])
    {
        $documents = null;

        return yaml_parse_file($filename, $pos, $documents, $callbacks);
    }
}
