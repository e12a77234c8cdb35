<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Encryption\Security\Uuid;

use DateTimeImmutable;

/** A UUID that tells when and where it was made. */
interface TimeBasedUuid
{
    public function getDateTime(): DateTimeImmutable;

    public function getNode(): string;
}
