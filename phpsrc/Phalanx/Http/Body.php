<?php

declare(strict_types=1);

namespace Phalanx\Http;

use Closure;
use IteratorIterator;
use Iterator;
use Phalanx\Http\Exception\InvalidRequestException;
use Stringable;

/**
 * What the engine takes as a request's body.
 *
 * @internal
 */
final class Body
{
    /** Bytes: longer strings cross in pieces. */
    private const MAX_VALUE = 16777216;

    private const PIECE = 262144;

    /**
     * @return array<string, mixed> of the engine's request
     * @throws InvalidRequestException
     */
    public static function of(mixed $source, ?int $length = null, bool $part = false): array
    {
        $text = $part ? 'contents' : 'body';
        if ($source instanceof Stringable) {
            $source = (string)$source;
        }
        if (\is_string($source)) {
            if (\strlen($source) <= self::MAX_VALUE) {
                return [$text => $source];
            }
            $source = self::slices($source, $length);
        }
        $producer = match (true) {
            \is_resource($source) => self::fromResource($source, $length),
            \is_iterable($source) => self::fromIterable($source),
            \is_callable($source) => $source instanceof Closure ? $source : Closure::fromCallable($source),
            default => throw new InvalidRequestException(
                'A body is a string, a resource, an iterable of strings or a callable, not ' . \get_debug_type($source)
            ),
        };

        return $length === null ? ['producer' => $producer] : ['producer' => $producer, 'length' => $length];
    }

    /**
     * Callables cross as arguments of their own: their numbers take their places.
     *
     * @param array<string, mixed> $body of of()
     * @param list<Closure> $producers
     * @return array<string, mixed>
     */
    public static function number(array $body, array &$producers): array
    {
        if (isset($body['producer'])) {
            $producers[] = $body['producer'];
            $body['producer'] = \count($producers);
        }

        return $body;
    }

    /** The absolute path of a file that this script may read. */
    public static function readable(string $path): string
    {
        if (!\is_file($path) || !\is_readable($path)) {
            throw new InvalidRequestException("The file $path cannot be read");
        }

        return \realpath($path) ?: $path;
    }

    /** The absolute path of a file that this script may write. */
    public static function writable(string $path): string
    {
        $folder = \realpath(\dirname($path));
        if ($folder === false || !\is_writable($folder) || \is_dir($path)) {
            throw new InvalidRequestException("The file $path cannot be written");
        }

        return $folder . '/' . \basename($path);
    }

    private static function slices(string $text, ?int &$length): iterable
    {
        $length = \strlen($text);

        return (static function () use ($text): iterable {
            for ($at = 0, $end = \strlen($text); $at < $end; $at += self::PIECE) {
                yield \substr($text, $at, self::PIECE);
            }
        })();
    }

    /** @param resource $source */
    private static function fromResource(mixed $source, ?int &$length): Closure
    {
        $stat = @\fstat($source);
        if ($length === null && $stat !== false && ($stat['mode'] & 0o170000) === 0o100000) {
            $length = \max(0, $stat['size'] - (int)\ftell($source));
        }

        return static function () use ($source): ?string {
            while (true) {
                $piece = \fread($source, self::PIECE);
                if ($piece === false) {
                    throw new InvalidRequestException('The resource that is the body cannot be read');
                }
                if ($piece !== '') {
                    return $piece;
                }
                if (\feof($source)) {
                    return null;
                }
            }
        };
    }

    /** @param iterable<string> $source */
    private static function fromIterable(iterable $source): Closure
    {
        if (!$source instanceof Iterator) {
            $source = \is_array($source) ? new \ArrayIterator($source) : new IteratorIterator($source);
        }
        $begun = false;

        return static function () use ($source, &$begun): ?string {
            if ($begun) {
                $source->next();
            } else {
                $source->rewind();
                $begun = true;
            }

            return $source->valid() ? (string)$source->current() : null;
        };
    }
}
