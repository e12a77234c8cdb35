<?php

declare(strict_types=1);

namespace Phalanx\Worker;

/**
 * The lines of the status command, in upstream's layout: other programs read them.
 *
 * @internal
 */
final class StatusTable
{
    public function __construct(private readonly int $listenWidth, private readonly int $nameWidth)
    {
    }

    public static function title(string $title): string
    {
        return \str_pad(\str_repeat('-', 51) . $title, 121, '-') . "\n";
    }

    public function heading(): string
    {
        return self::title('PROCESS STATUS')
            . "pid\tmemory  " . \str_pad('listening', $this->listenWidth) . ' ' . \str_pad('name', $this->nameWidth)
            . ' connections send_fail timers  total_request qps    status' . "\n";
    }

    /** A slot's line, or the one of the sums; without the requests per second. */
    public function row(
        int|string $pid,
        string $memory,
        string $listen,
        string $name,
        int|string $connections,
        int|string $sendFail,
        int|string $timers,
        int|string $requests
    ): string {
        return "$pid\t" . \str_pad($memory, 7)
            . ' ' . \str_pad($listen, $this->listenWidth)
            . ' ' . \str_pad($name, $this->nameWidth)
            . ' ' . \str_pad((string)$connections, 11)
            . ' ' . \str_pad((string)$sendFail, 9)
            . ' ' . \str_pad((string)$timers, 7)
            . ' ' . \str_pad((string)$requests, 13);
    }

    /** @return ?array<int|string, string> the whole row, and its fields by name */
    public static function parse(string $row): ?array
    {
        $numbers = '(?<connections>\d+)\s+(?<fails>\d+)\s+(?<timers>\d+)\s+(?<requests>\d+)';

        $pattern = "/^(?<pid>\d+)\s+(?<memory>[\d.]+)M\s.*\s$numbers\s*$/";

        return \preg_match($pattern, $row, $fields) === 1 ? $fields : null;
    }

    /**
     * Completes the lines that the supervisor has written: requests per second since they were last read, and the sums.
     *
     * @param array<int, array{name: string, listen: string}> $slots what there should be a line of, by process id
     * @param list<string> $lines
     * @param array<int, int> $before requests by process id when this was last called; changed to those of now
     */
    public static function complete(array $slots, array $lines, array &$before): string
    {
        $text = '';
        $rows = [];
        foreach ($lines as $line) {
            $row = self::parse($line);
            if ($row) {
                $rows[(int)$row['pid']] = $row;
            } else {
                $text .= "$line\n";
            }
        }
        $width = static fn (string $field): int => \max(8, 0, ...\array_map('strlen', \array_column($slots, $field)));
        $table = new self($width('listen'), $width('name'));
        $requests = [];
        $speeds = [];
        foreach ($slots as $pid => $slot) {
            if (!isset($rows[$pid])) {
                $text .= $table->row($pid, 'N/A', $slot['listen'], $slot['name'], 'N/A', 'N/A', 'N/A', 'N/A')
                    . " N/A    [busy] \n";
                continue;
            }
            $requests[$pid] = (int)$rows[$pid]['requests'];
            $speeds[$pid] = $requests[$pid] - ($before[$pid] ?? $requests[$pid]);
            $text .= $rows[$pid][0] . ' ' . \str_pad((string)$speeds[$pid], 6) . " [idle]\n";
        }
        $before = $requests;
        $sum = static fn (string $field): int|float => \array_sum(\array_column($rows, $field));

        return $text . self::title('PROCESS STATUS') . $table->row(
            'Summary',
            \round($sum('memory'), 2) . 'M',
            '-',
            '-',
            $sum('connections'),
            $sum('fails'),
            $sum('timers'),
            $sum('requests')
        ) . ' ' . \str_pad((string)\array_sum($speeds), 6) . " [Summary] \n";
    }
}
