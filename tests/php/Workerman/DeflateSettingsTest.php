<?php

declare(strict_types=1);

namespace Phalanx\Tests\Workerman;

use InvalidArgumentException;
use Phalanx\Worker\DeflateSettings;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class DeflateSettingsTest extends TestCase
{
    public function testWhatTheEngineGets(): void
    {
        self::assertNull(DeflateSettings::check(false));
        self::assertSame([], DeflateSettings::check(true));
        $kept = ['level' => 9, 'contextTakeover' => true];
        self::assertSame($kept, DeflateSettings::check(['level' => 9, 'contextTakeover' => 1]));
        self::assertSame(['threshold' => -1], DeflateSettings::check(['threshold' => 0]), 'every message');
    }

    /** @return array<string, array{array<string, mixed>, string}> */
    public static function wrongSettings(): array
    {
        return [
            'unknown' => [['levels' => 1], "has no setting 'levels'"],
            'level' => [['level' => 10], "['level'] must be an integer from 1 to 9"],
            'window' => [['windowBits' => 8], "['windowBits'] must be an integer from 9 to 15"],
            'type' => [['threshold' => '10'], "['threshold'] must be an integer"],
        ];
    }

    #[DataProvider('wrongSettings')]
    public function testWrongSettings(array $settings, string $message): void
    {
        $this->expectException(InvalidArgumentException::class);
        $this->expectExceptionMessage($message);
        DeflateSettings::check($settings);
    }
}
