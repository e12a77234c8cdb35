<?php

declare(strict_types=1);

namespace Phalcon\Config\Adapter;

use Phalanx\Config\Parser;
use Phalanx\Exception\GoException;
use Phalcon\Config\Config;
use Phalcon\Config\Exceptions\CannotLoadConfigFile;
use Phalcon\Traits\Php\FileTrait;

/** A TOML file (TOML 1.0). Dates and times are strings. Phalcon itself has no such adapter. */
class Toml extends Config
{
    use FileTrait;

    public function __construct(string $filePath)
    {
        $content = $this->phpFileGetContents($filePath);
        if ($content === false) {
            throw new CannotLoadConfigFile(basename($filePath));
        }
        try {
            $config = Parser::toml($content);
        } catch (GoException $e) {
            trigger_error("$filePath: {$e->getMessage()}", E_USER_WARNING);
            throw new CannotLoadConfigFile(basename($filePath));
        }
        parent::__construct($config);
    }
}
