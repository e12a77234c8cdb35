<?php

declare(strict_types=1);

namespace Phalanx\Exception;

use Error;

/** A component has panicked: a mistake in its Go code. The process lives; the component's own state may not be sound. */
class PanicException extends Error implements ExceptionInterface
{
    protected string $goStack = '';

    /** The stack of the goroutine that panicked. */
    public function getGoStack(): string
    {
        return $this->goStack;
    }
}
