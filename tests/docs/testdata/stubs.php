<?php

/** What fragments take from elsewhere: components that a page declares in Go, interfaces of Composer packages. */

declare(strict_types=1);

namespace App {
    final class Greeter
    {
        public function __construct(private readonly string $greeting)
        {
        }

        public function hello(string $name): string
        {
            return "$this->greeting, $name";
        }
    }
}

namespace Psr\Http\Client {
    interface ClientInterface
    {
    }
}

namespace Psr\Cache {
    interface CacheItemPoolInterface
    {
    }
}

namespace Psr\SimpleCache {
    interface CacheInterface
    {
    }
}
