<?php

declare(strict_types=1);

namespace Demo;

use PDO;
use Workerman\Worker;

/**
 * The server's figures. Each worker writes its own row once a second; the chat worker reads all
 * rows and shows them. On Phalanx the engine adds what it counts for the whole process.
 */
final class Figures
{
    private const float STALE = 3.5; // seconds after which a row is that of a worker that is gone

    private readonly string $name;
    private int $requests = 0;
    private int $requestsBefore = 0;
    private float $reported;
    /** @var array<string, int> the engine's counters a second ago */
    private array $before = [];
    private float $collected = 0.0;

    public function __construct(private readonly PDO $database, private readonly Worker $worker)
    {
        $this->name = $worker->name . ' ' . $worker->id;
        $this->reported = microtime(true);
    }

    public function countRequest(): void
    {
        $this->requests++;
    }

    /** Writes this worker's row. */
    public function report(): void
    {
        $now = microtime(true);
        $rate = ($this->requests - $this->requestsBefore) / max($now - $this->reported, 0.001);
        $this->requestsBefore = $this->requests;
        $this->reported = $now;

        $this->database->prepare('REPLACE INTO figures VALUES (?, ?, ?, ?, ?, ?, ?, ?)')->execute([
            $this->name,
            ...$this->process(),
            memory_get_usage(),
            count($this->worker->connections),
            $this->requests,
            $rate,
            $now,
        ]);
    }

    /**
     * @return array{
     *     workers: list<array{name: string, memory: int, connections: int, requests: int, rate: float}>,
     *     connections: int, requests: int, rate: float, processes: int, resident: int,
     *     engine: array{accepted: int, read: float, written: float}|null
     * }
     */
    public function collect(): array
    {
        $query = $this->database->prepare('SELECT * FROM figures WHERE reported > ? ORDER BY worker');
        $query->execute([microtime(true) - self::STALE]);
        $rows = $query->fetchAll();

        $resident = array_column($rows, 'resident', 'process'); // workers of one process count once
        $figures = [
            'workers' => array_map(static fn (array $row): array => [
                'name' => $row['worker'],
                'memory' => $row['memory'],
                'connections' => $row['connections'],
                'requests' => $row['requests'],
                'rate' => round($row['rate'], 1),
            ], $rows),
            'connections' => array_sum(array_column($rows, 'connections')),
            'requests' => array_sum(array_column($rows, 'requests')),
            'rate' => round(array_sum(array_column($rows, 'rate')), 1),
            'processes' => count($resident),
            'resident' => array_sum($resident),
            'engine' => null,
        ];
        if (class_exists(\Phalanx\Engine::class)) {
            $process = \Phalanx\Engine::stats()['process'];
            $figures['connections'] = $process['connections'];
            $figures['engine'] = $this->engine($process);
        }

        return $figures;
    }

    /**
     * @param array<string, int> $process
     * @return array{accepted: int, read: float, written: float} connections since the start, bytes per second
     */
    private function engine(array $process): array
    {
        $now = microtime(true);
        $before = $this->before ?: $process;
        $seconds = max($now - $this->collected, 0.001);
        $this->before = $process;
        $this->collected = $now;

        return [
            'accepted' => $process['accepted'],
            'read' => round(($process['bytes_read'] - $before['bytes_read']) / $seconds),
            'written' => round(($process['bytes_written'] - $before['bytes_written']) / $seconds),
        ];
    }

    /** @return array{int, int} the operating system's process and its resident bytes, zeros where /proc is missing */
    private function process(): array
    {
        $status = (string) @file_get_contents('/proc/self/status');
        preg_match('/^Pid:\s+(\d+)/m', $status, $pid);
        preg_match('/^VmRSS:\s+(\d+) kB/m', $status, $resident);

        return [(int) ($pid[1] ?? 0), (int) ($resident[1] ?? 0) * 1024];
    }
}
