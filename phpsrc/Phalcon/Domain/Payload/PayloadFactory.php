<?php

declare(strict_types=1);

namespace Phalcon\Domain\Payload;

/** Makes empty payloads. */
class PayloadFactory
{
    public function newInstance(): PayloadInterface
    {
        return new Payload();
    }
}
