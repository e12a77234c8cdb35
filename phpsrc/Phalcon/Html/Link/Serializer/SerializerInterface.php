<?php

declare(strict_types=1);

namespace Phalcon\Html\Link\Serializer;

/** Makes text of links. */
interface SerializerInterface
{
    public function serialize(array $links): ?string;
}
