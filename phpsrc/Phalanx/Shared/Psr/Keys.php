<?php

declare(strict_types=1);

namespace Phalanx\Shared\Psr;

use Phalanx\Shared\Cache;

/**
 * What both PSRs say of keys.
 *
 * @internal
 */
trait Keys
{
    /** @return string the key in the cache */
    private function key(mixed $key): string
    {
        if (!\is_string($key) || $key === '' || \strpbrk($key, '{}()/\\@:') !== false) {
            $given = \is_string($key) ? "'$key'" : \get_debug_type($key);
            throw self::invalid("A key is a string of at least one character, without {}()/\\@: in it; not $given");
        }
        if (\strlen($this->prefix . $key) > 4096) {
            throw self::invalid('A key has up to 4096 bytes, the prefix included');
        }

        return $this->prefix . $key;
    }

    /** Deletes what this adapter can have stored. */
    private function clearAll(Cache $cache): void
    {
        if ($this->prefix === '') {
            $cache->clear();
            return;
        }
        foreach ($cache->keys(prefix: $this->prefix) as $key) {
            $cache->delete($key);
        }
    }
}
