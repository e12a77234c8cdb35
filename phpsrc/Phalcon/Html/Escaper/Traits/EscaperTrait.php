<?php

declare(strict_types=1);

namespace Phalcon\Html\Escaper\Traits;

/** The settings of an escaper, and what it knows of encodings. */
trait EscaperTrait
{
    /** Whether entities that are there already are escaped once more. */
    protected $doubleEncode = true;
    protected $encoding = 'utf-8';

    /** Flags of htmlspecialchars(); 11 is ENT_QUOTES | ENT_SUBSTITUTE. */
    protected $flags = 11;

    /** The first of UTF-32, UTF-8 and ISO-8859-1 that the bytes can be; ASCII when there are none. */
    final public function detectEncoding(string $input): ?string
    {
        return match (true) {
            $input === '' => 'ASCII',
            mb_check_encoding($input, 'UTF-32') => 'UTF-32',
            mb_check_encoding($input, 'UTF-8') => 'UTF-8',
            default => 'ISO-8859-1',
        };
    }

    public function getDoubleEncode(): bool
    {
        return $this->doubleEncode;
    }

    public function getEncoding(): string
    {
        return $this->encoding;
    }

    public function getFlags(): int
    {
        return $this->flags;
    }

    /** The text in UTF-32, whatever it came in. */
    final public function normalizeEncoding(string $input): string
    {
        return mb_convert_encoding($input, 'UTF-32', $this->detectEncoding($input));
    }

    public function setDoubleEncode(bool $doubleEncode): static
    {
        $this->doubleEncode = $doubleEncode;

        return $this;
    }

    public function setEncoding(string $encoding): static
    {
        $this->encoding = $encoding;

        return $this;
    }

    public function setFlags(int $flags): static
    {
        $this->flags = $flags;

        return $this;
    }
}
