<?php

declare(strict_types=1);

namespace Phalcon\Acl\Traits;

/** A name and a description. */
trait ItemTrait
{
    protected $description = null;
    protected $name = null;

    public function __toString(): string
    {
        return $this->name;
    }

    public function getDescription(): ?string
    {
        return $this->description;
    }

    public function getName(): string
    {
        return $this->name;
    }
}
