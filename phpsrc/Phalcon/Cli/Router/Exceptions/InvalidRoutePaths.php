<?php

declare(strict_types=1);

namespace Phalcon\Cli\Router\Exceptions;

use Phalcon\Cli\Router\Exception;

/** The paths of a route are neither an array nor a string. */
class InvalidRoutePaths extends Exception
{
    public function __construct(string $route = '')
    {
        parent::__construct('The route contains invalid paths' . ($route === '' ? '' : " ('$route')"));
    }
}
