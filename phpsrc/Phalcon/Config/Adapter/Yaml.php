<?php

declare(strict_types=1);

namespace Phalcon\Config\Adapter;

use Phalanx\Config\Parser;
use Phalcon\Config\Config;
use Phalcon\Config\Exceptions\CannotLoadConfigFile;
use Phalcon\Config\Exceptions\MissingYamlExtension;
use Phalcon\Traits\Php\InfoTrait;
use Phalcon\Traits\Php\YamlTrait;

/**
 * A YAML file. Callbacks, by tag, make values of those that have it: ['!env' => fn ($value, $tag) => getenv($value)].
 *
 * PHP's yaml extension is not needed; where it is loaded it reads the file.
 */
class Yaml extends Config
{
    use InfoTrait {
        phpExtensionLoaded as private extensionLoaded;
    }
    use YamlTrait;

    public function __construct(string $filePath, ?array $callbacks = [])
    {
        if (!static::phpExtensionLoaded('yaml')) {
            throw new MissingYamlExtension();
        }
        $config = static::phpYamlParseFile($filePath, 0, $callbacks ?? []);
        if ($config === false) {
            throw new CannotLoadConfigFile(basename($filePath));
        }
        parent::__construct($config ?? []);
    }

    protected static function phpExtensionLoaded(string $name): bool
    {
        return self::extensionLoaded($name) || ($name === 'yaml' && class_exists(Parser::class));
    }
}
