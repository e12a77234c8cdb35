<?php

declare(strict_types=1);

namespace Phalanx\Tests\Workerman;

use InvalidArgumentException;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use Workerman\Crontab\Parser;

final class CrontabParserTest extends TestCase
{
    private string $zone;

    protected function setUp(): void
    {
        $this->zone = \date_default_timezone_get();
        \date_default_timezone_set('UTC');
    }

    protected function tearDown(): void
    {
        \date_default_timezone_set($this->zone);
    }

    /** @return iterable<string, array{string, list<int>}> seconds after Sunday 2026-11-22 10:30:00 */
    public static function rules(): iterable
    {
        yield 'each minute' => ['* * * * *', [0]];
        yield 'this minute' => ['30 10 22 11 0', [0]];
        yield 'another minute' => ['31 * * * *', []];
        yield 'all days must fit' => ['* * 23 * 0', []];
        yield 'seconds' => ['*/15 * * * * *', [0, 15, 30, 45]];
        yield 'a list' => ['1,5,3 * * * * *', [1, 5, 3]];
        yield 'a range with a step' => ['10-20/5 * * * * *', [10, 15, 20]];
        yield 'a list of ranges' => ['1-3,58-70 * * * * *', [1, 2, 3, 58, 59]];
        yield 'a number with a step counts from 0, as with upstream' => ['50/20 * * * * *', [0, 20, 40]];
        yield 'out of range' => ['60 * * * * *', []];
        yield 'a step larger than the range' => ['5-9/30 * * * * *', [5]];
        yield 'spaces' => ["  0   30\t10 * * * ", [0]];
    }

    /** @param list<int> $seconds */
    #[DataProvider('rules')]
    public function testRules(string $rule, array $seconds): void
    {
        $minute = \gmmktime(10, 30, 0, 11, 22, 2026);
        self::assertSame(\array_map(static fn (int $s): int => $minute + $s, $seconds), new Parser()->parse($rule, $minute));
    }

    public function testWhatIsNoRule(): void
    {
        foreach (['', '* * * *', '* * * * * * *', 'a * * * *', '*/x * * * *', '@daily', '*/0 * * * *', '5/ * * * *'] as $bad) {
            try {
                new Parser()->parse($bad);
                self::fail($bad);
            } catch (InvalidArgumentException $e) {
                self::assertStringStartsWith('Invalid cron string: ', $e->getMessage());
            }
        }
    }
}
