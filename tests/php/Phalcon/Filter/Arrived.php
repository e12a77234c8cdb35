<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon\Filter;

/** For validators of files: all files came with a request. */
trait Arrived
{
    protected function checkIsUploadedFile(string $name): bool
    {
        return true;
    }
}
