<?php

declare(strict_types=1);

namespace Phalanx\Http;

use RuntimeException;
use Stringable;

/** A body in memory, with the methods of PSR-7's StreamInterface: what Workerman\Http\Response has. */
class TextBody implements Stringable
{
    private int $at = 0;

    public function __construct(private string $text = '')
    {
    }

    public function __toString(): string
    {
        return $this->text;
    }

    public function close(): void
    {
        $this->text = '';
        $this->at = 0;
    }

    /** @return null there is no resource below */
    public function detach()
    {
        $this->close();

        return null;
    }

    public function getSize(): ?int
    {
        return \strlen($this->text);
    }

    public function tell(): int
    {
        return $this->at;
    }

    public function eof(): bool
    {
        return $this->at >= \strlen($this->text);
    }

    public function isSeekable(): bool
    {
        return true;
    }

    public function seek(int $offset, int $whence = SEEK_SET): void
    {
        $at = $offset + match ($whence) {
            SEEK_CUR => $this->at,
            SEEK_END => \strlen($this->text),
            default => 0,
        };
        if ($at < 0 || $at > \strlen($this->text)) {
            throw new RuntimeException('That is outside of the body');
        }
        $this->at = $at;
    }

    public function rewind(): void
    {
        $this->at = 0;
    }

    public function isWritable(): bool
    {
        return true;
    }

    /** Adds to the end. */
    public function write(string $string): int
    {
        $this->text .= $string;

        return \strlen($string);
    }

    public function isReadable(): bool
    {
        return true;
    }

    public function read(int $length): string
    {
        $piece = \substr($this->text, $this->at, $length);
        $this->at += \strlen($piece);

        return $piece;
    }

    public function getContents(): string
    {
        return $this->read(\strlen($this->text));
    }

    public function getMetadata(?string $key = null): mixed
    {
        return $key === null ? [] : null;
    }
}
