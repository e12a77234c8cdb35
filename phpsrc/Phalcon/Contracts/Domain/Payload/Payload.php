<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Domain\Payload;

/** A payload that can be read and written. */
interface Payload extends Readable, Writeable
{
}
