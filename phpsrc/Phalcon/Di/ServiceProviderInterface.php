<?php

declare(strict_types=1);

namespace Phalcon\Di;

/** Registers services that belong together. */
interface ServiceProviderInterface
{
    public function register(DiInterface $di): void;
}
