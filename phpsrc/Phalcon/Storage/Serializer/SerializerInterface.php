<?php

declare(strict_types=1);

namespace Phalcon\Storage\Serializer;

/** Makes what can be stored of a value, and the value of that. */
interface SerializerInterface
{
    public function getData();

    public function serialize();

    public function setData($data): void;

    public function unserialize($data): void;
}
