<?php

declare(strict_types=1);

namespace Phalcon\Cli\Console\Exceptions;

use Phalcon\Cli\Console\Exception;

/** A module is neither an array nor a closure. */
class InvalidModuleDefinition extends Exception
{
    public function __construct(?string $name = null, ?string $reason = null)
    {
        $module = $name === null ? '' : " for module '$name'";
        parent::__construct('Invalid module definition' . $module . ($reason === null ? '' : ": $reason"));
    }
}
