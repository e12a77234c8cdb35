<?php

declare(strict_types=1);

namespace Phalanx\Tests\Shared;

use ArithmeticError;
use DateTime;
use DomainException;
use Exception;
use Phalanx\Shared\Cache;
use Phalanx\Shared\OptionsException;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use stdClass;
use TypeError;
use ValueError;

final class CacheTest extends TestCase
{
    private Cache $cache;

    protected function setUp(): void
    {
        $this->cache = new Cache('test', maxBytes: 1 << 20);
    }

    protected function tearDown(): void
    {
        $this->cache->drop();
    }

    /** @return array<string, array{mixed}> */
    public static function values(): array
    {
        $object = new stdClass();
        $object->self = $object;
        $object->date = new DateTime('2020-02-29 12:00:00', new \DateTimeZone('Europe/Berlin'));

        return [
            'null' => [null], 'false' => [false], 'int' => [PHP_INT_MIN], 'float' => [-0.0], 'INF' => [INF],
            'empty string' => [''], 'bytes' => ["\0\xff" . str_repeat('x', 100_000)],
            'list' => [[1, 'two', [3.5, null]]], 'map' => [['a' => 1, 7 => ['b' => true], '07' => 2]], 'empty' => [[]],
            'object' => [$object], 'objects in an array' => [['x' => [new DateTime('2020-01-01'), 5]]],
            'enum' => [\Random\IntervalBoundary::ClosedOpen],
        ];
    }

    #[DataProvider('values')]
    public function testValuesComeBackAsTheyWere(mixed $value): void
    {
        self::assertTrue($this->cache->set('key', $value));
        self::assertEquals($value, $this->cache->get('key', 'default'));
        self::assertSame(serialize($value), serialize($this->cache->get('key')));
        self::assertTrue($this->cache->set('key', $value, ttl: 60, tags: ['t']));
        self::assertSame(serialize($value), serialize($this->cache->get('key')));
        self::assertSame(serialize($value), serialize($this->cache->take('key')));
        self::assertSame('default', $this->cache->get('key', 'default'));
    }

    public function testAnObjectIsACopy(): void
    {
        $object = new stdClass();
        $object->n = 1;
        $this->cache->set('o', $object);
        $object->n = 2;
        self::assertSame(1, $this->cache->get('o')->n);
        self::assertNotSame($this->cache->get('o'), $this->cache->get('o'));
    }

    public function testWhatCannotBeStored(): void
    {
        $refused = [[fopen('php://memory', 'r'), TypeError::class], [static fn () => 1, Exception::class]];
        foreach ($refused as [$value, $class]) {
            foreach ([$value, [1, $value]] as $what) {
                try {
                    $this->cache->set('k', $what);
                    self::fail('stored');
                } catch (\Throwable $e) {
                    self::assertInstanceOf($class, $e);
                }
            }
        }
        self::assertFalse($this->cache->has('k'));
        $closed = new Cache('test', allowObjects: false);
        self::assertTrue($closed->set('k', [1, 'a']));
        $this->expectException(TypeError::class);
        $closed->set('k', new stdClass());
    }

    public function testWhatUnserializeThrowsReachesTheCaller(): void
    {
        $this->cache->set('o', new Fragile());
        Fragile::$broken = true;
        try {
            $this->cache->get('o');
            self::fail('read');
        } catch (DomainException $e) {
            self::assertSame('broken', $e->getMessage());
        } finally {
            Fragile::$broken = false;
        }
        self::assertInstanceOf(Fragile::class, $this->cache->get('o'));
    }

    public function testTimesToLive(): void
    {
        self::assertNull($this->cache->ttl('none'));
        $this->cache->set('forever', 1);
        self::assertSame(INF, $this->cache->ttl('forever'));
        $this->cache->set('minute', 1, 60);
        self::assertEqualsWithDelta(60, $this->cache->ttl('minute'), 5);
        self::assertFalse($this->cache->set('minute', 1, ttl: 0));
        self::assertFalse($this->cache->has('minute'));
        $this->expectException(OptionsException::class);
        $this->cache->set('minute', 1, NAN);
    }

    public function testSeveralAndTags(): void
    {
        self::assertTrue($this->cache->setMultiple(['a' => 1, 2 => 'b'], tags: ['t']));
        self::assertSame(['a' => 1, 2 => 'b', 'c' => 0], $this->cache->getMultiple(['a', 2, 'c'], 0));
        self::assertSame(1, $this->cache->deleteMultiple(['a', 'c']));
        self::assertSame(1, $this->cache->invalidateTag('t', 'other'));
        self::assertCount(0, $this->cache);
    }

    public function testCounting(): void
    {
        self::assertSame(1, $this->cache->increment('n'));
        self::assertSame(5, $this->cache->increment('n', 4));
        self::assertSame(3, $this->cache->decrement('n', by: 2));
        self::assertSame(3, $this->cache->get('n'));
        self::assertSame(1, $this->cache->increment('timed', ttl: 10.0));
        self::assertLessThanOrEqual(10.0, $this->cache->ttl('timed'));
        $this->cache->set('max', PHP_INT_MAX);
        try {
            $this->cache->increment('max');
            self::fail('overflow');
        } catch (ArithmeticError) {
        }
        $this->cache->set('text', '5');
        $this->expectException(TypeError::class);
        $this->cache->increment('text');
    }

    public function testAddReplaceAndKeys(): void
    {
        self::assertFalse($this->cache->replace('k', 1));
        self::assertTrue($this->cache->add('k', 1));
        self::assertFalse($this->cache->add('k', 2));
        self::assertTrue($this->cache->replace('k', 3));
        $this->cache->set('other', [4]);
        $all = iterator_to_array($this->cache);
        ksort($all);
        self::assertSame(['k' => 3, 'other' => [4]], $all);
        self::assertSame(['other'], iterator_to_array($this->cache->keys(prefix: 'o'), false));
        $this->cache->clear();
        self::assertSame([], iterator_to_array($this->cache));
    }

    public function testRemember(): void
    {
        $calls = 0;
        $make = static function () use (&$calls): int {
            return ++$calls;
        };
        self::assertSame(1, $this->cache->remember('k', $make, ttl: 60, tags: ['t']));
        self::assertSame(1, $this->cache->remember('k', $make));
        $this->cache->invalidateTag('t');
        self::assertSame(2, $this->cache->remember('k', $make));
        self::assertNull($this->cache->remember('null', static fn () => null));
        self::assertNull($this->cache->remember('null', static fn () => 5));
        try {
            $this->cache->remember('fails', static fn () => throw new DomainException('no'));
            self::fail('nothing thrown');
        } catch (DomainException) {
        }
        self::assertSame('ok', $this->cache->remember('fails', static fn () => 'ok'));
        self::assertSame(0, $this->cache->stats()['computing']);
        $this->expectException(ValueError::class);
        $this->cache->remember('', static fn () => 1);
    }

    public function testALargeValueIsNotKept(): void
    {
        self::assertFalse($this->cache->set('large', str_repeat('x', 2 << 20)));
        self::assertSame(2 << 20, strlen($this->cache->remember('large', static fn () => str_repeat('x', 2 << 20))));
        self::assertFalse($this->cache->has('large'));
    }

    public function testOptionsAreThoseOfTheFirst(): void
    {
        self::assertSame(1 << 20, (new Cache('test'))->stats()['maxBytes']);
        $this->cache->set('k', 1);
        self::assertSame(1, (new Cache('test', maxBytes: 1 << 20))->get('k'));
        $this->cache->resize(2 << 20);
        self::assertSame(1, (new Cache('test', maxBytes: 2 << 20))->get('k'));
        $this->expectException(OptionsException::class);
        $this->expectExceptionMessage('the cache "test" is there with other options: maxBytes is 2097152, not 1048576');
        new Cache('test', maxBytes: 1 << 20);
    }

    public function testKeysThatAreNone(): void
    {
        self::assertNull($this->cache->get(''));
        $this->expectException(ValueError::class);
        $this->cache->set('', 1);
    }
}
