<?php

declare(strict_types=1);

namespace Phalcon\Storage\Serializer;

/** Leaves values as they are. */
class None extends AbstractSerializer
{
    public function serialize(): mixed
    {
        return $this->data;
    }

    public function unserialize($data): void
    {
        $this->data = $data;
    }
}
