<?php

declare(strict_types=1);

namespace Phalcon\Logger\Adapter;

use Phalcon\Logger\Adapter\Exceptions\FileOpenFailed;
use Phalcon\Logger\Adapter\Exceptions\InvalidStreamMode;
use Phalcon\Logger\Item;
use Phalcon\Traits\Php\FileTrait;

/** Writes to a file or another of PHP's streams, which is opened for the first item. */
class Stream extends AbstractAdapter
{
    use FileTrait;

    protected $handler = null;
    protected $mode = 'ab';
    protected $name = null;

    /** The option "mode" is fopen()'s, and none that reads. */
    public function __construct(string $name, array $options = [])
    {
        $mode = $options['mode'] ?? 'ab';
        if (str_contains($mode, 'r')) {
            throw new InvalidStreamMode();
        }
        $this->name = $name;
        $this->mode = $mode;
    }

    public function close(): bool
    {
        if ($this->handler === null) {
            return true;
        }
        $handler = $this->handler;
        $this->handler = null;

        return $this->phpFclose($handler);
    }

    public function getName(): string
    {
        return $this->name;
    }

    public function process(Item $item): void
    {
        if (!is_resource($this->handler)) {
            $this->handler = null;
            $handler = $this->phpFopen($this->name, $this->mode);
            if (!is_resource($handler)) {
                throw new FileOpenFailed($this->name, $this->mode);
            }
            $this->handler = $handler;
        }
        $this->phpFwrite($this->handler, $this->getFormattedItem($item) . PHP_EOL);
    }
}
