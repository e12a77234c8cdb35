<?php

declare(strict_types=1);

namespace Phalanx\Exception;

use RuntimeException;

/** An error of a component that names no exception class of its own. */
class GoException extends RuntimeException implements ExceptionInterface
{
    /** @var list<array{type: string, message: string}> */
    protected array $chain = [];

    /**
     * The Go error and those it wraps, the outermost first.
     *
     * @return list<array{type: string, message: string}> the types as Go writes them, for example "*fs.PathError"
     */
    public function getChain(): array
    {
        return $this->chain;
    }
}
