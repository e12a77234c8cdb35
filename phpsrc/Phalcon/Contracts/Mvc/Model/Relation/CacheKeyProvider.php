<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Mvc\Model\Relation;

/** A model that names itself in the cache of related records. */
interface CacheKeyProvider
{
    public function getUniqueKey(): string;
}
