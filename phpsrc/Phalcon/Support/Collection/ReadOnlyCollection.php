<?php

declare(strict_types=1);

namespace Phalcon\Support\Collection;

use Phalcon\Support\Collection;
use Phalcon\Support\Collection\Exceptions\ReadOnlyViolation;

/** A collection that keeps what it was made with. */
class ReadOnlyCollection extends Collection
{
    protected $constructed = false;

    public function __construct(
        array $data = [],
        bool $insensitive = true,
        bool $strictNull = false,
        ?string $type = null
    ) {
        parent::__construct($data, $insensitive, $strictNull, $type);
        $this->constructed = true;
    }

    public function __unserialize(array $data): void
    {
        $this->constructed = false;
        try {
            parent::__unserialize($data);
        } finally {
            $this->constructed = true;
        }
    }

    public function clear(): void
    {
        throw new ReadOnlyViolation();
    }

    public function init(array $data = []): void
    {
        if ($this->constructed) {
            throw new ReadOnlyViolation();
        }
        parent::init($data);
    }

    public function remove(string $element): void
    {
        throw new ReadOnlyViolation();
    }

    public function replace(array $data): void
    {
        throw new ReadOnlyViolation();
    }

    public function set(string $element, $value): void
    {
        throw new ReadOnlyViolation();
    }
}
