<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Paginator;

/** Cuts a result into pages. */
interface Adapter
{
    public function getLimit(): int;

    public function paginate(): Repository;

    public function setCurrentPage(int $page): Adapter;

    public function setLimit(int $limit): Adapter;
}
