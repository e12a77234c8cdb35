<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Db\Geometry;

/** A value of a spatial column. */
interface Geometry
{
    public function getSrid(): int;

    public function getType(): int;

    public function toWkt(): string;
}
