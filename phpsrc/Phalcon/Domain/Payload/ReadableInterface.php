<?php

declare(strict_types=1);

namespace Phalcon\Domain\Payload;

use Phalcon\Contracts\Domain\Payload\Readable;

/** The half of a payload that reads. */
interface ReadableInterface extends Readable
{
}
