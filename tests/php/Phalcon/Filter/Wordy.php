<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon\Filter;

use Stringable;

/** An object that has a text. */
final class Wordy implements Stringable
{
    public function __construct(private readonly string $text)
    {
    }

    public function __toString(): string
    {
        return $this->text;
    }
}
