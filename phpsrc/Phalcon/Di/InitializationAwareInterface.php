<?php

declare(strict_types=1);

namespace Phalcon\Di;

/** A service that the container initializes when it hands it out. */
interface InitializationAwareInterface
{
    public function initialize(): void;
}
