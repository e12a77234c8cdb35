<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Domain\Payload;

use Throwable;

/** The side of a payload that is read. */
interface Readable
{
    public function getException(): ?Throwable;

    public function getExtras();

    public function getInput();

    public function getMessages();

    public function getOutput();

    public function getStatus();
}
