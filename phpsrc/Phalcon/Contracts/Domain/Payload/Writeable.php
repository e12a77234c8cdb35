<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Domain\Payload;

use Throwable;

/** The side of a payload that is written. */
interface Writeable
{
    public function setException(Throwable $exception): Payload;

    public function setExtras($extras): Payload;

    public function setInput($input): Payload;

    public function setMessages($messages): Payload;

    public function setOutput($output): Payload;

    public function setStatus($status): Payload;
}
