<?php

declare(strict_types=1);

namespace Phalanx;

use Closure;
use Phalanx\Log\Context;
use Phalanx\Log\Format;
use Phalanx\Log\Level;
use Phalanx\Log\LogException;
use Phalanx\Log\Output;
use Phalanx\Log\PsrLogger;
use Phalanx\Log\WhenFull;
use Psr\Log\LoggerInterface;
use Stringable;

/**
 * A log that is written beside the worker: a call queues a record, and the engine formats and writes it. It has PSR-3's
 * methods; psr() is a Psr\Log\LoggerInterface.
 *
 * A record is one line, whatever its texts hold. What has been logged is written when the worker stops, reloads, exits
 * or fails, and when a script ends.
 */
final class Log
{
    private Output $output;

    /** Records that are less grave are nothing. */
    private int $minimum;

    /** @var array<mixed> */
    private array $context = [];

    /** @var list<Closure(array<mixed>, Level, string): array<mixed>> */
    private array $processors = [];

    /**
     * All logs of one target are one queue in the process; the options from $rotateBytes on are the target's, and the
     * same for all of them.
     *
     * @param string $target a file, 'stdout', 'stderr', 'syslog', 'syslog://HOST:PORT' or 'syslog+tcp://HOST:PORT'
     * @param string $channel the name by which the records can be told from others
     * @param int $rotateBytes a file that would grow past it is moved away first; 0: never
     * @param bool $rotateDaily so is one of an earlier day
     * @param int $keepFiles how many such files stay; 0: all
     * @param float $keepFor for how many seconds; 0: for ever
     * @param bool $compress such files, by gzip
     * @param int $permissions of new files
     * @param int $maxQueueBytes what may wait to be written, at least 2 MiB
     * @param WhenFull $whenFull whether a log waits for room then, or drops the record; the log says how many
     * @throws LogException
     */
    public function __construct(
        string $target = 'stderr',
        string $channel = 'app',
        Level $level = Level::Debug,
        Format $format = Format::Line,
        int $rotateBytes = 0,
        bool $rotateDaily = false,
        int $keepFiles = 0,
        float $keepFor = 0.0,
        bool $compress = false,
        int $permissions = 0o644,
        int $maxQueueBytes = 8 << 20,
        WhenFull $whenFull = WhenFull::Block,
    ) {
        $this->minimum = $level->value;
        $this->output = new Output(
            $target,
            $channel,
            $format,
            rotateBytes: $rotateBytes,
            rotateDaily: $rotateDaily,
            keepFiles: $keepFiles,
            keepFor: $keepFor,
            compress: $compress,
            permissions: $permissions,
            maxQueueBytes: $maxQueueBytes,
            whenFull: $whenFull,
        );
    }

    /** The same log under another channel's name. */
    public function channel(string $name): self
    {
        $log = clone $this;
        $log->output = $this->output->channel($name);
        return $log;
    }

    /** The same log with another limit. */
    public function level(Level $level): self
    {
        $log = clone $this;
        $log->minimum = $level->value;
        return $log;
    }

    /**
     * The same log, whose records have this context besides their own, which is stronger.
     *
     * @param array<mixed> $context
     */
    public function with(array $context): self
    {
        $log = clone $this;
        $log->context = $context + $this->context;
        return $log;
    }

    /**
     * The same log with one processor more. Processors get each record that is logged, in their order, and answer its
     * context.
     *
     * @param callable(array<mixed>, Level, string): array<mixed> $processor
     */
    public function process(callable $processor): self
    {
        $log = clone $this;
        $log->processors[] = $processor(...);
        return $log;
    }

    /** Whether a record of this level would be written: for those that are costly to make. */
    public function isLogged(Level $level): bool
    {
        return $level->value <= $this->minimum;
    }

    /** @param array<mixed> $context */
    public function emergency(string|Stringable $message, array $context = []): void
    {
        $this->record(0, $message, $context);
    }

    /** @param array<mixed> $context */
    public function alert(string|Stringable $message, array $context = []): void
    {
        $this->record(1, $message, $context);
    }

    /** @param array<mixed> $context */
    public function critical(string|Stringable $message, array $context = []): void
    {
        $this->record(2, $message, $context);
    }

    /** @param array<mixed> $context */
    public function error(string|Stringable $message, array $context = []): void
    {
        $this->record(3, $message, $context);
    }

    /** @param array<mixed> $context */
    public function warning(string|Stringable $message, array $context = []): void
    {
        $this->record(4, $message, $context);
    }

    /** @param array<mixed> $context */
    public function notice(string|Stringable $message, array $context = []): void
    {
        $this->record(5, $message, $context);
    }

    /** @param array<mixed> $context */
    public function info(string|Stringable $message, array $context = []): void
    {
        $this->record(6, $message, $context);
    }

    /** @param array<mixed> $context */
    public function debug(string|Stringable $message, array $context = []): void
    {
        $this->record(7, $message, $context);
    }

    /**
     * @param array<mixed> $context
     * @throws LogException when there is no such level
     */
    public function log(Level|string $level, string|Stringable $message, array $context = []): void
    {
        $this->record(Level::of($level)->value, $message, $context);
    }

    /** Waits until all that has been logged to the target so far is written. In a coroutine others run meanwhile. */
    public function flush(): void
    {
        $this->output->flush();
    }

    /** @throws LogException when the package psr/log is not there */
    public function psr(): LoggerInterface
    {
        if (!\interface_exists(LoggerInterface::class)) {
            throw new LogException('Psr\Log\LoggerInterface cannot be loaded: composer require psr/log');
        }
        return new PsrLogger($this);
    }

    /** @param array<mixed> $context */
    private function record(int $level, string|Stringable $message, array $context): void
    {
        if ($level > $this->minimum) {
            return;
        }
        $message = (string) $message;
        if ($this->context !== []) {
            $context += $this->context;
        }
        foreach ($this->processors as $processor) {
            $context = $processor($context, Level::from($level), $message);
        }
        if (\class_exists(Trace::class, false) && ($span = Trace::current()) !== null) {
            $context += ['trace_id' => $span->traceID(), 'span_id' => $span->spanID()];
        }
        if ($context === []) {
            $this->output->write($level, $message, '');
            return;
        }
        if (\str_contains($message, '{')) {
            $message = Context::interpolate($message, $context);
        }
        $this->output->write($level, $message, Context::encode($context));
    }
}
