<?php

declare(strict_types=1);

namespace Phalanx\Tests\Protocols;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use Workerman\Protocols\Frame;
use Workerman\Protocols\Text;

final class TextAndFrameTest extends TestCase
{
    /** @return iterable<string, array{string, int, int}> */
    public static function lines(): iterable
    {
        yield 'a line without its end is not a message' => ['hello', 100, 0];
        yield 'a line is a message with its LF' => ["hello\n", 100, 6];
        yield 'the empty line is a message' => ["\n", 100, 1];
        yield 'the second line waits' => ["a\nb\n", 100, 2];
        yield 'one byte below the limit is taken' => ["1234\n", 6, 5];
        yield 'as many bytes as the limit are refused' => ["12345\n", 6, 0];
    }

    #[DataProvider('lines')]
    public function testTextFindsLines(string $buffer, int $limit, int $expected): void
    {
        $connection = new RecordingConnection();
        $connection->maxPackageSize = $limit;

        self::assertSame($expected, Text::input($buffer, $connection));
        self::assertSame(strlen($buffer) < $limit ? [] : [['close', null, false]], $connection->calls);
    }

    public function testTextAddsAndRemovesTheLineEnd(): void
    {
        self::assertSame("hello\n", Text::encode('hello'));
        self::assertSame('hello', Text::decode("hello\n"));
        self::assertSame('hello', Text::decode("hello\r\n"));
    }

    /** @return iterable<string, array{string, int}> */
    public static function frames(): iterable
    {
        yield 'a length cut short' => ["\0\0\0", 0];
        yield 'a length alone is known before its body' => ["\0\0\0\x2a", 42];
        yield 'the next frame is left alone' => ["\0\0\0\5a\0\0\0\6bc", 5];
        yield 'a length above 2 GiB stays positive' => ["\xff\xff\xff\xff", 4294967295];
    }

    #[DataProvider('frames')]
    public function testFrameFindsFrames(string $buffer, int $expected): void
    {
        self::assertSame($expected, Frame::input($buffer));
    }

    public function testFrameAddsAndRemovesTheLength(): void
    {
        self::assertSame("\0\0\0\x09hello", Frame::encode('hello'));
        self::assertSame("\0\0\0\4", Frame::encode(''));
        self::assertSame('hello', Frame::decode("\0\0\0\x09hello"));
    }
}
