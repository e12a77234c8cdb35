<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Paginator;

/** One page of a result and its neighbours. */
interface Repository
{
    public const PROPERTY_CURRENT_PAGE = 'current';
    public const PROPERTY_FIRST_PAGE = 'first';
    public const PROPERTY_ITEMS = 'items';
    public const PROPERTY_LAST_PAGE = 'last';
    public const PROPERTY_LIMIT = 'limit';
    public const PROPERTY_NEXT_PAGE = 'next';
    public const PROPERTY_PREVIOUS_PAGE = 'previous';
    public const PROPERTY_TOTAL_ITEMS = 'total_items';

    public function getAliases(): array;

    public function getCurrent(): int;

    public function getFirst(): int;

    public function getItems();

    public function getLast(): int;

    public function getLimit(): int;

    public function getNext(): int;

    public function getPrevious(): int;

    public function getTotalItems(): int;

    public function setAliases(array $aliases): Repository;

    public function setProperties(array $properties): Repository;
}
