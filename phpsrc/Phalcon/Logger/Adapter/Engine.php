<?php

declare(strict_types=1);

namespace Phalcon\Logger\Adapter;

use Error;
use Phalanx\Log\Format;
use Phalanx\Log\LogException;
use Phalanx\Log\Output;
use Phalanx\Log\WhenFull;
use Phalcon\Logger\Enum;
use Phalcon\Logger\Exception;
use Phalcon\Logger\Item;

/**
 * Writes beside the worker: a call queues what the formatter makes, and the engine writes it. Each item is one line:
 * control characters in it, line feeds too, become escapes, so that nobody can add lines of his own. Phalanx's own
 * adapter; it needs the engine.
 */
class Engine extends AbstractAdapter
{
    /** Severities of RFC 5424, which a system's log is told, by level. */
    private const SEVERITIES = [
        Enum::CRITICAL => 2,
        Enum::ALERT => 1,
        Enum::CUSTOM => 3,
        Enum::TRACE => 7,
    ];

    private readonly Output $output;

    /**
     * All logs of one target in the process are one queue, and have the same options.
     *
     * @param string $name a file, 'stdout', 'stderr', 'syslog', 'syslog://HOST:PORT' or 'syslog+tcp://HOST:PORT'
     * @param array{
     *     channel?: string,
     *     rotateBytes?: int,
     *     rotateDaily?: bool,
     *     keepFiles?: int,
     *     keepFor?: float,
     *     compress?: bool,
     *     permissions?: int,
     *     maxQueueBytes?: int,
     *     whenFull?: WhenFull,
     * } $options those of Phalanx\Log
     * @throws Exception when the engine is not there, or cannot log so
     */
    public function __construct(string $name, array $options = [])
    {
        if (!class_exists(Output::class)) {
            throw new Exception('Phalcon\Logger\Adapter\Engine needs the engine: run the script with phalanx');
        }
        $channel = $options['channel'] ?? 'app';
        unset($options['channel']);
        try {
            $this->output = new Output($name, $channel, Format::Plain, ...$options);
        } catch (LogException | Error $e) { // an Error is of an option that does not exist
            throw new Exception($e->getMessage(), 0, $e);
        }
    }

    /** Waits until all that was logged to the target is written. In a coroutine others run meanwhile. */
    public function flush(): void
    {
        $this->output->flush();
    }

    /** Closes nothing: the queue is the process's, and what is in it will be written. */
    public function close(): bool
    {
        return true;
    }

    public function process(Item $item): void
    {
        $level = $item->getLevel();
        $this->output->write(self::SEVERITIES[$level] ?? min($level, 7), $this->getFormattedItem($item), '');
    }
}
