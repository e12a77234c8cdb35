<?php

declare(strict_types=1);

namespace Phalanx\Log;

/** Severities of RFC 5424, the gravest first. */
enum Level: int
{
    case Emergency = 0;
    case Alert = 1;
    case Critical = 2;
    case Error = 3;
    case Warning = 4;
    case Notice = 5;
    case Info = 6;
    case Debug = 7;

    /** @throws LogException unless it is a level or one of PSR-3's names, in any case */
    public static function of(mixed $level): self
    {
        if ($level instanceof self) {
            return $level;
        }
        return match (\is_string($level) ? \strtolower($level) : null) {
            'emergency' => self::Emergency,
            'alert' => self::Alert,
            'critical' => self::Critical,
            'error' => self::Error,
            'warning' => self::Warning,
            'notice' => self::Notice,
            'info' => self::Info,
            'debug' => self::Debug,
            default => throw new LogException(\sprintf(
                'A level is a Phalanx\Log\Level or emergency, alert, critical, error, warning, notice, info or debug;'
                    . ' %s given',
                \is_string($level) ? "'$level'" : \get_debug_type($level),
            )),
        };
    }
}
