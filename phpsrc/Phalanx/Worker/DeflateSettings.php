<?php

declare(strict_types=1);

namespace Phalanx\Worker;

use InvalidArgumentException;

/**
 * The settings of Workerman\Worker::$websocketDeflate.
 *
 * @internal
 */
final class DeflateSettings
{
    private const RANGES = ['level' => [1, 9], 'threshold' => [0, 1 << 30], 'windowBits' => [9, 15]];

    /**
     * @return array{level?: int, threshold?: int, contextTakeover?: bool, windowBits?: int}|null as phalanx_listen()
     *     takes them; null: no compression
     * @throws InvalidArgumentException for an unknown setting or a value out of range
     */
    public static function check(bool|array $settings): ?array
    {
        if (\is_bool($settings)) {
            return $settings ? [] : null;
        }
        foreach ($settings as $name => $value) {
            if ($name === 'contextTakeover') {
                $settings[$name] = (bool)$value;
                continue;
            }
            [$least, $most] = self::RANGES[$name] ?? throw new InvalidArgumentException(
                "Worker::\$websocketDeflate has no setting '$name', "
                . 'only level, threshold, contextTakeover and windowBits'
            );
            if (!\is_int($value) || $value < $least || $value > $most) {
                throw new InvalidArgumentException(
                    "Worker::\$websocketDeflate['$name'] must be an integer from $least to $most"
                );
            }
        }
        if (($settings['threshold'] ?? null) === 0) {
            $settings['threshold'] = -1; // to the engine 0 means its default
        }

        return $settings;
    }
}
