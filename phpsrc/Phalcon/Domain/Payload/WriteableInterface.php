<?php

declare(strict_types=1);

namespace Phalcon\Domain\Payload;

use Phalcon\Contracts\Domain\Payload\Writeable;

/** The half of a payload that writes. */
interface WriteableInterface extends Writeable
{
}
