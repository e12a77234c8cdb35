<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon\Encryption;

use DateTimeImmutable;
use Phalcon\Encryption\Security\Random;
use Phalcon\Encryption\Security\Uuid;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class RandomTest extends TestCase
{
    /**
     * Chi-squared over an alphabet is near its size; ten standard deviations off are no accident but once in more runs
     * than anyone will do. A bias such as of byte % 58 is far beyond.
     */
    #[DataProvider('alphabets')]
    public function testEachCharacterIsEquallyLikely(string $method, int $size): void
    {
        $text = (new Random())->$method(200_000);
        self::assertSame(200_000, strlen($text));
        $counts = count_chars($text, 1);
        self::assertCount($size, $counts);
        $expected = strlen($text) / $size;
        $chi = array_sum(array_map(static fn (int $n): float => ($n - $expected) ** 2 / $expected, $counts));
        self::assertEqualsWithDelta($size - 1, $chi, 10 * sqrt(2 * ($size - 1)));
    }

    /** @return array<string, array{string, int}> */
    public static function alphabets(): array
    {
        return ['base58' => ['base58', 58], 'base62' => ['base62', 62], 'bytes' => ['bytes', 256]];
    }

    public function testValuesDoNotRepeat(): void
    {
        $random = new Random();
        $uuid = new Uuid();
        $makers = [
            $random->hex(...), $random->base58(...), $random->base62(...), $random->base64(...), $random->base64Safe(...),
            $random->uuid(...), $uuid->v1(...), $uuid->v4(...), $uuid->v6(...), $uuid->v7(...),
        ];
        foreach ($makers as $make) {
            $values = [];
            for ($i = 0; $i < 500; $i++) {
                $values[(string) $make()] = true;
            }
            self::assertCount(500, $values);
        }
    }

    public function testUUIDsSayWhatTheyAre(): void
    {
        $uuid = new Uuid();
        $dns = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
        $all = [1 => $uuid->v1(), 3 => $uuid->v3($dns, 'x'), 4 => $uuid->v4(), 5 => $uuid->v5($dns, 'x'), 6 => $uuid->v6(),
            7 => $uuid->v7()];
        foreach ($all as $version => $one) {
            self::assertMatchesRegularExpression(
                "/^[0-9a-f]{8}-[0-9a-f]{4}-$version" . '[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/D',
                (string) $one
            );
        }
        // RFC 9562, A.2 and A.4
        self::assertSame('5df41881-3aed-3515-88a7-2f4a814cf09e', (string) $uuid->v3($dns, 'www.example.com'));
        self::assertSame('2ed6657d-e927-568b-95e1-2665a8aea6a2', (string) $uuid->v5($dns, 'www.example.com'));
        // RFC 9562, A.1
        $time = new DateTimeImmutable('2022-02-22T14:22:22-05:00');
        $v1 = new Uuid\Version1($time, '9f6bdeced846');
        self::assertStringStartsWith('c232ab00-9414-11ec-', (string) $v1);
        self::assertEquals($time, $v1->getDateTime());
        self::assertSame('9f6bdeced846', $v1->getNode());
    }

    public function testUUIDsOfTimeAreInItsOrder(): void
    {
        $uuid = new Uuid();
        foreach (['v6' => 15, 'v7' => 13] as $method => $digits) {
            $last = '';
            for ($i = 0; $i < 200; $i++) {
                $time = substr((string) $uuid->$method(), 0, $digits);
                self::assertGreaterThanOrEqual($last, $time);
                $last = $time;
            }
        }
        $now = (float) (new DateTimeImmutable())->format('U.u');
        self::assertEqualsWithDelta($now, (float) $uuid->v6()->getDateTime()->format('U.u'), 60);
    }
}
