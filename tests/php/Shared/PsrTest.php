<?php

declare(strict_types=1);

namespace Phalanx\Tests\Shared;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** The adapters with the oldest and the newest interfaces that Debian has, each in a process of its own. */
final class PsrTest extends TestCase
{
    /** @return array<string, array{string}> */
    public static function releases(): array
    {
        return ['version 1' => ['bullseye'], 'version 3' => ['trixie']];
    }

    private static function execute(string $command): string
    {
        exec($command, $lines, $status);
        self::assertSame(0, $status, implode("\n", $lines));

        return implode("\n", $lines);
    }

    #[DataProvider('releases')]
    public function testAdapters(string $release): void
    {
        $tool = escapeshellarg(dirname(__DIR__) . '/debian-tool.sh');
        $simple = self::execute("$tool $release php-psr-simple-cache 2>/dev/null");
        $pool = self::execute("$tool $release php-psr-cache 2>/dev/null");
        $script = implode(' ', array_map(escapeshellarg(...), [PHP_BINARY, __DIR__ . '/psr.php', $simple, $pool]));
        self::assertSame('all is as the PSRs say', self::execute("$script 2>&1"));
    }
}
