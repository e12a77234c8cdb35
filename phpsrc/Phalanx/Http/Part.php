<?php

declare(strict_types=1);

namespace Phalanx\Http;

use Closure;

/** A part of a multipart/form-data body that is more than a plain field. */
final class Part
{
    /** @param array<string, mixed> $content */
    private function __construct(
        private readonly array $content,
        private readonly ?string $filename,
        private readonly ?string $type
    ) {
    }

    /** Text or bytes from memory. */
    public static function text(string $contents, ?string $filename = null, ?string $type = null): self
    {
        return new self(['contents' => $contents], $filename, $type);
    }

    /**
     * A file, read while it is sent.
     *
     * @param ?string $filename what the server is told; the file's own name if not given
     */
    public static function file(string $path, ?string $filename = null, ?string $type = null): self
    {
        return new self(['file' => Body::readable($path)], $filename, $type);
    }

    /**
     * What a resource, an iterable of strings, or a callable (null at the end) gives while it is sent. The request
     * cannot be repeated.
     *
     * @param resource|iterable<string>|callable(): ?string $source
     * @param ?int $length bytes; without it the request is sent in chunks
     */
    public static function stream(mixed $source, string $filename, ?string $type = null, ?int $length = null): self
    {
        return new self(Body::of($source, $length, true), $filename, $type);
    }

    /**
     * @internal
     * @param array<string|int, mixed> $fields
     * @param list<Closure> $producers
     * @return list<array<string, mixed>>
     */
    public static function all(array $fields, array &$producers, string $prefix = ''): array
    {
        $parts = [];
        foreach ($fields as $key => $value) {
            $name = $prefix === '' ? (string)$key : $prefix . '[' . (\is_int($key) ? '' : $key) . ']';
            if (\is_array($value)) {
                \array_push($parts, ...self::all($value, $producers, $name));
            } elseif ($value instanceof self) {
                $parts[] = ['name' => $name, 'filename' => $value->filename ?? '', 'type' => $value->type ?? '']
                    + Body::number($value->content, $producers);
            } elseif ($value !== null) {
                $text = \is_bool($value) ? ($value ? '1' : '0') : (string)$value;
                $parts[] = ['name' => $name, 'contents' => $text];
            }
        }

        return $parts;
    }
}
