<?php

declare(strict_types=1);

namespace Phalanx;

use DateTimeImmutable;
use DateTimeInterface;
use Phalanx\Cron\CronException;
use Phalanx\Cron\Job;
use Phalanx\Cron\Missed;
use Phalanx\Cron\Overlap;
use Phalanx\Cron\Schedules;

/**
 * Jobs at certain times. Every worker registers them, one worker of the application runs each, every time, in a Fiber
 * on its loop.
 */
final class Cron
{
    /**
     * Registers this worker for a job, until it stops or reloads. What the last worker registered is the job's rule.
     *
     * @param string $rule five fields of cron, six with seconds first, or @every 90s, @hourly, @daily, @weekly,
     *     @monthly, @yearly
     * @param callable(DateTimeImmutable): mixed $handler gets the time by the rule; what it throws is logged
     *     and counted
     * @param string|null $timezone of the rule; null: PHP's
     * @param float $jitter up to so many seconds, at random, pass before a run begins
     * @param float $timeout after so many seconds what the handler waits for throws; 0: never
     * @param string|null $cluster a server for messages, as Phalanx\PubSub takes it, by which several machines agree on
     *     one runner
     * @throws CronException
     */
    public static function schedule(
        string $name,
        string $rule,
        callable $handler,
        ?string $timezone = null,
        Overlap $overlap = Overlap::Skip,
        Missed $missed = Missed::Skip,
        float $jitter = 0.0,
        float $timeout = 0.0,
        ?string $cluster = null,
    ): Job {
        if ($timeout < 0) {
            throw new CronException("cron: $name: a time-out is not negative");
        }
        return Schedules::register(
            $name,
            $rule,
            static function (DateTimeImmutable $due) use ($handler, $timeout): void {
                if ($timeout > 0) {
                    timeout($timeout, $handler, $due);
                } else {
                    $handler($due);
                }
            },
            timezone: $timezone ?? \date_default_timezone_get(),
            overlap: $overlap,
            missed: $missed,
            jitter: $jitter,
            cluster: $cluster ?? '',
        );
    }

    /**
     * The jobs of this server process, with its figures.
     *
     * @return list<array{name: string, rule: string, timezone: string, next: ?DateTimeImmutable, running: int,
     *     workers: int, runs: int, failures: int, skipped: int, lastRun: ?DateTimeImmutable, lastSeconds: float,
     *     lastError: string}>
     */
    public static function jobs(): array
    {
        return Schedules::list();
    }

    /** Takes a job from all workers of this server process; false when there is none of the name. */
    public static function remove(string $name): bool
    {
        return Schedules::remove($name);
    }

    /**
     * The times of a rule: to show, or to test one.
     *
     * @return list<DateTimeImmutable>
     * @throws CronException
     */
    public static function nextRuns(
        string $rule,
        int $count = 1,
        ?DateTimeInterface $after = null,
        ?string $timezone = null,
    ): array {
        $timezone ??= \date_default_timezone_get();
        return Schedules::next($rule, $timezone, $after ?? new DateTimeImmutable(), $count);
    }
}
