<?php

declare(strict_types=1);

namespace Phalanx;

use Closure;
use InvalidArgumentException;
use Throwable;

/**
 * Values that are made once and are the same everywhere in the application: in the supervisor, and in all workers of
 * all server processes, whenever they start. Workers run the start script again, so what it makes by itself (a random
 * key, a start time) differs from worker to worker.
 */
final class Once
{
    /** @var array<string, mixed> what this script has asked for */
    private static array $values = [];

    /**
     * The value of this name. Who asks first makes it; others wait for that. It lives as long as the supervisor: a
     * restart makes it anew, a reload does not.
     *
     *     $key = Phalanx\Once::value('app.key', static fn () => random_bytes(32));
     *
     * @template T
     * @param Closure(): T $make its result must be fit for serialize(), and so must not be a closure or a resource.
     *     What it throws reaches the caller, and the next one who asks tries again
     * @return T a copy: changing it changes nobody else's
     * @throws InvalidArgumentException when $name is ''
     */
    public static function value(string $name, Closure $make): mixed
    {
        if ($name === '') {
            throw new InvalidArgumentException('A value needs a name');
        }
        if (\array_key_exists($name, self::$values)) {
            return self::$values[$name];
        }
        $known = \phalanx_once_get($name);
        if ($known !== null) {
            return self::$values[$name] = \unserialize($known);
        }
        try {
            $value = $make();
            \phalanx_once_put($name, \serialize($value));
        } catch (Throwable $e) {
            \phalanx_once_put($name, null);
            throw $e;
        }

        return self::$values[$name] = $value;
    }
}
