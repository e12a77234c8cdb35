<?php

declare(strict_types=1);

namespace Phalcon\Logger\Adapter;

use Phalcon\Logger\Exceptions\DeserializationFailed;
use Phalcon\Logger\Exceptions\SerializationFailed;
use Phalcon\Logger\Exceptions\TransactionAlreadyActive;
use Phalcon\Logger\Exceptions\TransactionNotActive;
use Phalcon\Logger\Formatter\FormatterInterface;
use Phalcon\Logger\Item;

/** What adapters have in common: a formatter, and a queue of what a transaction has not written yet. */
abstract class AbstractAdapter implements AdapterInterface
{
    protected $defaultFormatter = 'Phalcon\\Logger\\Formatter\\Line';
    protected $formatter = null;
    protected $inTransaction = false;
    protected $queue = [];
    protected $queueLimit = 0;

    public function __destruct()
    {
        if ($this->inTransaction) {
            $this->commit();
        }
        $this->close();
    }

    public function __serialize(): array
    {
        throw new SerializationFailed();
    }

    public function __unserialize(array $data): void
    {
        throw new DeserializationFailed();
    }

    /** Queues an item for commit(); over the limit the oldest is dropped. */
    public function add(Item $item): AdapterInterface
    {
        if ($this->queueLimit > 0 && count($this->queue) >= $this->queueLimit) {
            unset($this->queue[array_key_first($this->queue)]);
        }
        $this->queue[] = $item;

        return $this;
    }

    public function begin(): AdapterInterface
    {
        if ($this->inTransaction) {
            throw new TransactionAlreadyActive();
        }
        $this->inTransaction = true;

        return $this;
    }

    abstract public function close(): bool;

    public function commit(): AdapterInterface
    {
        $this->checkTransaction();
        foreach ($this->queue as $item) {
            $this->process($item);
        }
        $this->resetTransaction();

        return $this;
    }

    public function getFormatter(): FormatterInterface
    {
        return $this->formatter ??= new $this->defaultFormatter();
    }

    public function getQueueLimit(): int
    {
        return $this->queueLimit;
    }

    public function inTransaction(): bool
    {
        return $this->inTransaction;
    }

    abstract public function process(Item $item): void;

    public function rollback(): AdapterInterface
    {
        $this->checkTransaction();
        $this->resetTransaction();

        return $this;
    }

    public function setFormatter(FormatterInterface $formatter): AdapterInterface
    {
        $this->formatter = $formatter;

        return $this;
    }

    /** How many items may wait for commit(); 0: any number. */
    public function setQueueLimit(int $queueLimit): AdapterInterface
    {
        $this->queueLimit = $queueLimit;

        return $this;
    }

    protected function getFormattedItem(Item $item): string
    {
        return $this->getFormatter()->format($item);
    }

    private function checkTransaction(): void
    {
        if (!$this->inTransaction) {
            throw new TransactionNotActive();
        }
    }

    private function resetTransaction(): void
    {
        $this->queue = [];
        $this->inTransaction = false;
    }
}
