<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Logger\Adapter;

use Phalcon\Logger\Formatter\FormatterInterface;
use Phalcon\Logger\Item;

/** Writes log items somewhere, one by one or as a transaction. */
interface Adapter
{
    public function add(Item $item): Adapter;

    public function begin(): Adapter;

    public function close(): bool;

    public function commit(): Adapter;

    public function getFormatter(): FormatterInterface;

    public function inTransaction(): bool;

    public function process(Item $item): void;

    public function rollback(): Adapter;

    public function setFormatter(FormatterInterface $formatter): Adapter;
}
