<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalanx;

use ArrayObject;
use DateTimeImmutable;
use JsonSerializable;
use LogicException;
use Phalanx\Log\Context;
use Phalanx\Log\Level;
use Phalanx\Log\LogException;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use RuntimeException;
use Stringable;

final class LogContextTest extends TestCase
{
    /** @return iterable<string, array{mixed, string}> */
    public static function values(): iterable
    {
        yield 'scalars' => [[null, true, 1, 1.0, 'ü/"'], '[null,true,1,1.0,"ü/\""]'];
        yield 'floats that JSON has not' => [[NAN, -INF], '["NAN","-INF"]'];
        yield 'bytes that are no text' => ["a\xff", "\"a\u{fffd}\""];
        yield 'a date' => [new DateTimeImmutable('2026-11-22 03:45:00.5+01:00'), '"2026-11-22T03:45:00.500000+01:00"'];
        yield 'an enum' => [Level::Error, '3'];
        yield 'a closure' => [static fn () => 1, '"[Closure]"'];
        yield 'an object' => [new ArrayObject([1]), '"[ArrayObject]"'];
        yield 'a resource' => [\STDIN, '"[resource (stream)]"'];
        yield 'Stringable' => [new class implements Stringable {
            public function __toString(): string
            {
                return 'text';
            }
        }, '"text"'];
        yield 'JsonSerializable' => [new class implements JsonSerializable {
            public function jsonSerialize(): array
            {
                return ['a' => new ArrayObject()];
            }
        }, '{"a":"[ArrayObject]"}'];
    }

    #[DataProvider('values')]
    public function testValues(mixed $value, string $json): void
    {
        self::assertSame('{"x":' . $json . '}', Context::encode(['x' => $value]));
    }

    public function testWhatThrowsIsNamed(): void
    {
        $bad = new class implements JsonSerializable {
            public function jsonSerialize(): never
            {
                throw new LogicException('no');
            }
        };
        self::assertMatchesRegularExpression(
            '/^\{"x":"\[JsonSerializable@anonymous.* threw LogicException\]","y":1\}$/',
            Context::encode(['x' => $bad, 'y' => 1]),
        );
    }

    public function testExceptionsAreToldWithoutArguments(): void
    {
        $secret = static fn (string $password) => throw new RuntimeException('outer', 7, new LogicException('inner'));
        try {
            $secret('hunter2');
        } catch (RuntimeException $e) {
        }
        $json = Context::encode(['exception' => $e]);
        $all = \json_decode($json, true)['exception'];
        self::assertSame(['class', 'message', 'code', 'file', 'trace', 'previous'], \array_keys($all));
        self::assertSame('outer', $all['message']);
        self::assertSame(7, $all['code']);
        self::assertStringStartsWith(__FILE__ . ':', $all['file']);
        self::assertStringContainsString('testExceptionsAreToldWithoutArguments()', \implode("\n", $all['trace']));
        self::assertSame('inner', $all['previous']['message']);
        self::assertStringNotContainsString('hunter2', $json);
    }

    public function testDepthAndSizeAreBounded(): void
    {
        $deep = 'bottom';
        for ($i = 0; $i < 50; $i++) {
            $deep = ['x' => $deep];
        }
        self::assertStringContainsString('[...]', Context::encode(['deep' => $deep]));
        $loop = [];
        $loop['self'] = &$loop;
        self::assertLessThan(1000, \strlen(Context::encode($loop)));
        $endless = new class implements JsonSerializable {
            public function jsonSerialize(): array
            {
                return [$this];
            }
        };
        self::assertStringContainsString('[...]', Context::encode([$endless]));
        $wide = \json_decode(Context::encode(['wide' => \range(1, 5000)]), true)['wide'];
        self::assertCount(1001, $wide);
        self::assertSame('4000 more', $wide['...']);
        $chain = null;
        for ($i = 0; $i < 30; $i++) {
            $chain = new LogicException("$i", 0, $chain);
        }
        self::assertSame(9, \substr_count(Context::encode([$chain]), '"class"'));
    }

    public function testPlaceholders(): void
    {
        $text = Context::interpolate('{a} {b} {c} {d} {none} { a } {e}', [
            'a' => 1, 'b' => null, 'c' => ['x'], 'd' => new RuntimeException('why'), 'e' => '{a}',
        ]);
        self::assertSame('1 null [array] why {none} { a } {a}', $text, 'and values are no templates');
    }

    public function testLevels(): void
    {
        self::assertSame(Level::Warning, Level::of('WARNING'));
        self::assertSame(Level::Debug, Level::of(Level::Debug));
        foreach (['loud', 3, null] as $bad) {
            try {
                Level::of($bad);
                self::fail();
            } catch (LogException $e) {
                self::assertStringStartsWith('A level is', $e->getMessage());
            }
        }
    }
}
