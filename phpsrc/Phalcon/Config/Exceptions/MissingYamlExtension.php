<?php

declare(strict_types=1);

namespace Phalcon\Config\Exceptions;

use Phalcon\Config\Exception;

/** There is nothing that reads YAML: neither PHP's yaml extension nor Phalanx. */
class MissingYamlExtension extends Exception
{
    public function __construct()
    {
        parent::__construct('Yaml extension is not loaded');
    }
}
