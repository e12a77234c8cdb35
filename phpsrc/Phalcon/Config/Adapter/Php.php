<?php

declare(strict_types=1);

namespace Phalcon\Config\Adapter;

use Phalcon\Config\Config;
use Phalcon\Config\Exceptions\CannotLoadConfigFile;

/** A PHP file that returns an array. */
class Php extends Config
{
    public function __construct(string $filePath)
    {
        if (!is_file($filePath)) {
            throw new CannotLoadConfigFile(basename($filePath));
        }
        parent::__construct(require $filePath);
    }
}
