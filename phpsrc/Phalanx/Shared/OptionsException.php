<?php

declare(strict_types=1);

namespace Phalanx\Shared;

use Phalanx\Exception\GoException;

/** A shared service is in use under this name with other options, or the options make no sense. */
class OptionsException extends GoException
{
}
