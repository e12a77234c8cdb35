<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon;

use DateTimeImmutable;
use Phalanx\Log\Output;
use Phalcon\Logger\Adapter\Engine;
use Phalcon\Logger\Adapter\Stream;
use Phalcon\Logger\AdapterFactory;
use Phalcon\Logger\Exception;
use Phalcon\Logger\Formatter\Json;
use Phalcon\Logger\Formatter\Line;
use Phalcon\Logger\Item;
use Phalcon\Logger\Logger;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** What becomes of messages that would be more than one line of a log. */
final class LoggerTest extends TestCase
{
    private string $file;

    protected function setUp(): void
    {
        $this->file = tempnam(sys_get_temp_dir(), 'log');
    }

    protected function tearDown(): void
    {
        unlink($this->file);
    }

    /** @return array<string, array{string}> */
    public static function hostile(): array
    {
        return [
            'a line of his own' => ["x\n[2026-01-01T00:00:00+00:00][error] forged"],
            'carriage returns' => ["x\r\nforged\rover"],
            'escape sequences' => ["\e[2J\e]0;title\x07"],
            'NUL' => ["a\0b"],
            'C1 controls' => ["a\u{85}b\u{9b}2J"],
            'line separators' => ["a\u{2028}b\u{2029}c"],
            'another direction' => ["a\u{202e}b"],
            'HTML' => ['<script>alert(1)</script>'],
            'JSON' => ['","level":"emergency","x":"'],
        ];
    }

    #[DataProvider('hostile')]
    public function testLineWritesAMessageAsItIs(string $message): void
    {
        $logger = new Logger('test', ['main' => new Stream($this->file)]);
        $logger->info($message);
        $logger->info('%name%', ['name' => $message]);
        $written = (string) file_get_contents($this->file);
        self::assertSame(2, substr_count($written, $message));
        self::assertSame(2, substr_count($written, '[info] '));
    }

    #[DataProvider('hostile')]
    public function testJsonIsOneLineThatSaysWhatWasMeant(string $message): void
    {
        $adapter = new Stream($this->file);
        $logger = new Logger('test', ['main' => $adapter->setFormatter(new Json())]);
        $logger->info('%name%', ['name' => $message]);
        $lines = file($this->file);
        self::assertCount(1, $lines);
        self::assertDoesNotMatchRegularExpression('/[\x00-\x1f\x7f<>\'&]/', rtrim($lines[0], "\n"));
        self::assertSame($message, json_decode($lines[0], true)['message']);
    }

    #[DataProvider('hostile')]
    public function testEngineIsOneLineWithoutControlCharacters(string $message): void
    {
        if (!class_exists(Output::class)) {
            $this->expectException(Exception::class);
            $this->expectExceptionMessage('needs the engine');
        }
        $adapter = (new AdapterFactory())->newInstance('engine', $this->file);
        self::assertInstanceOf(Engine::class, $adapter);
        $logger = new Logger('test', ['main' => $adapter]);
        $logger->begin();
        $logger->info('%name%', ['name' => $message]);
        $logger->info($message);
        $logger->commit();
        $adapter->flush();
        $lines = file($this->file);
        self::assertCount(2, $lines);
        self::assertDoesNotMatchRegularExpression('/[\x00-\x1f\x7f\x{80}-\x{9f}\x{2028}\x{2029}\x{202e}]/u', rtrim($lines[0]));
        self::assertSame($lines[0], $lines[1]);
    }

    public function testAMessagesNamesInPercentSignsAreOfItsContextOnly(): void
    {
        $item = new Item('%a% %b% %date%', 'info', 6, new DateTimeImmutable(), ['a' => '%b%', 'b' => '%a%']);
        self::assertSame('%b% %a% %date%', (new Line('%message%'))->format($item));
    }

    public function testATransactionThatNobodyEndsIsWritten(): void
    {
        $logger = new Logger('test', ['main' => new Stream($this->file)]);
        $logger->begin();
        $logger->error('kept');
        self::assertSame('', file_get_contents($this->file));
        unset($logger);
        gc_collect_cycles();
        self::assertStringContainsString('kept', (string) file_get_contents($this->file));
    }

    public function testAnExcludedAdapterIsBackForTheNextMessage(): void
    {
        $logger = new Logger('test', ['main' => new Stream($this->file)]);
        $logger->excludeAdapters(['main'])->info('first');
        $logger->info('second');
        $logger->setLogLevel(Logger::ERROR)->excludeAdapters(['main'])->info('less grave');
        $logger->error('third');
        self::assertMatchesRegularExpression(
            '/^\S+ second\n\S+ third\n$/D',
            (string) file_get_contents($this->file)
        );
    }
}
