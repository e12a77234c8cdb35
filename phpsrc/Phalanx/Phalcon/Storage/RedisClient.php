<?php

declare(strict_types=1);

namespace Phalanx\Phalcon\Storage;

use Phalanx\Redis as Engine;
use Phalanx\Redis\Exception\CommandException;
use Phalanx\Redis\Exception\RedisException;

/**
 * The engine's client as Phalcon's adapters use the classes Redis and RedisCluster: with a prefix for all keys, values
 * that it serializes itself if told so, and false for what there is not and for what the server refuses. A server that
 * is gone, or does not answer in time, is a Phalanx\Redis\Exception\RedisException.
 *
 * It is what getAdapter() of these adapters answers where the redis extension is not loaded. Further commands:
 * engine(), which knows nothing of prefix and serializer, or rawCommand().
 */
final class RedisClient
{
    // Numbers of the extension.
    public const OPT_SERIALIZER = 1;
    public const OPT_PREFIX = 2;
    public const SERIALIZER_NONE = 0;
    public const SERIALIZER_PHP = 1;
    public const SERIALIZER_IGBINARY = 2;
    public const SERIALIZER_MSGPACK = 3;
    public const SERIALIZER_JSON = 4;

    private string $prefix = '';

    private int $serializer = self::SERIALIZER_NONE;

    public function __construct(private readonly Engine $redis)
    {
    }

    public function engine(): Engine
    {
        return $this->redis;
    }

    /** One of OPT_*; false: there is no such option. */
    public function setOption(int $option, mixed $value): bool
    {
        switch ($option) {
            case self::OPT_PREFIX:
                $this->prefix = (string) $value;

                return true;
            case self::OPT_SERIALIZER:
                $this->serializer = (int) $value;

                return true;
            default:
                return false;
        }
    }

    public function getOption(int $option): mixed
    {
        return match ($option) {
            self::OPT_PREFIX => $this->prefix,
            self::OPT_SERIALIZER => $this->serializer,
            default => null,
        };
    }

    public function get(string $key): mixed
    {
        return $this->unpack($this->tried(fn (): ?string => $this->redis->get($this->prefix . $key)));
    }

    /** @param ?int $ttl seconds; null or 0: for ever */
    public function set(string $key, mixed $value, ?int $ttl = null): bool
    {
        $data = $this->pack($value);
        $options = $ttl ? ['ex' => $ttl] : [];

        return $this->tried(fn (): bool => (bool) $this->redis->set($this->prefix . $key, $data, $options)) === true;
    }

    /**
     * @param list<string> $keys
     * @return list<mixed>|false
     */
    public function mget(array $keys): array|false
    {
        $values = $this->tried(fn (): array => $this->redis->mGet($this->prefixed($keys)));

        return $values === false ? false : array_map($this->unpack(...), $values);
    }

    /** @param string|list<string> $key */
    public function del(string|array $key, string ...$more): int|false
    {
        $keys = $this->prefixed([...(array) $key, ...$more]);

        return $keys === [] ? 0 : $this->tried(fn (): int => $this->redis->del($keys));
    }

    /** @param string|list<string> $key */
    public function unlink(string|array $key, string ...$more): int|false
    {
        $keys = $this->prefixed([...(array) $key, ...$more]);

        return $keys === [] ? 0 : $this->tried(fn (): int => $this->redis->unlink($keys));
    }

    public function exists(string $key): int|false
    {
        return $this->tried(fn (): int => $this->redis->exists($this->prefix . $key));
    }

    public function expire(string $key, int $seconds): bool
    {
        return $this->tried(fn (): bool => $this->redis->expire($this->prefix . $key, $seconds));
    }

    public function ttl(string $key): int|false
    {
        return $this->tried(fn (): int => $this->redis->ttl($this->prefix . $key));
    }

    public function incrBy(string $key, int $by): int|false
    {
        return $this->tried(fn (): int => $this->redis->incrBy($this->prefix . $key, $by));
    }

    public function decrBy(string $key, int $by): int|false
    {
        return $this->tried(fn (): int => $this->redis->decrBy($this->prefix . $key, $by));
    }

    /**
     * Names that match, with the prefix, which the pattern has not. They come in steps that do not hold up the server.
     *
     * @return list<string>
     */
    public function keys(string $pattern): array
    {
        $match = addcslashes($this->prefix, '\\*?[]') . $pattern;

        return array_keys(array_fill_keys(iterator_to_array($this->redis->scan($match, 1000), false), true));
    }

    /** @throws RedisException */
    public function ping(): bool
    {
        return $this->redis->ping() !== '';
    }

    /** Empties the server, or all masters of the cluster. */
    public function flushAll(): bool
    {
        return $this->tried(fn (): bool => $this->redis->flushAll());
    }

    /** Any command, with keys and values as they are. */
    public function rawCommand(string $command, string|int|float|array ...$arguments): mixed
    {
        $reply = $this->tried(fn (): mixed => $this->redis->command($command, ...$arguments));

        return $reply === 'OK' ? true : $reply ?? false;
    }

    /**
     * @template T
     * @param callable(): T $command
     * @return T|false false: the server refuses
     */
    private function tried(callable $command): mixed
    {
        try {
            return $command();
        } catch (CommandException) {
            return false;
        }
    }

    /**
     * @param array<array-key, string|int> $keys
     * @return list<string>
     */
    private function prefixed(array $keys): array
    {
        $prefixed = [];
        foreach ($keys as $key) {
            $prefixed[] = $this->prefix . $key;
        }

        return $prefixed;
    }

    /** As the extension makes a text of a value. */
    private function pack(mixed $value): string
    {
        return match ($this->serializer) {
            self::SERIALIZER_PHP => serialize($value),
            self::SERIALIZER_IGBINARY => (string) igbinary_serialize($value),
            self::SERIALIZER_MSGPACK => (string) msgpack_pack($value),
            self::SERIALIZER_JSON => (string) json_encode($value),
            default => is_array($value) ? 'Array' : (string) $value,
        };
    }

    /** What cannot be unserialized is answered as it is, as by the extension. */
    private function unpack(string|false|null $data): mixed
    {
        if ($data === null || $data === false) {
            return false;
        }
        switch ($this->serializer) {
            case self::SERIALIZER_PHP:
                $value = @unserialize($data);

                return $value === false && $data !== 'b:0;' ? $data : $value;
            case self::SERIALIZER_IGBINARY:
                $value = @igbinary_unserialize($data);

                return $value === null && $data !== igbinary_serialize(null) ? $data : $value;
            case self::SERIALIZER_MSGPACK:
                return msgpack_unpack($data);
            case self::SERIALIZER_JSON:
                $value = json_decode($data, true);

                return json_last_error() === JSON_ERROR_NONE ? $value : $data;
            default:
                return $data;
        }
    }
}
