<?php

declare(strict_types=1);

namespace Phalcon\Domain\Payload;

use Phalcon\Contracts\Domain\Payload\Payload as PayloadContract;

/** A payload. */
interface PayloadInterface extends PayloadContract, ReadableInterface, WriteableInterface
{
}
