<?php

declare(strict_types=1);

namespace Phalanx\Worker;

use ReflectionClass;
use Workerman\Worker;

/**
 * Which of the engine's protocols stands for a protocol class.
 *
 * @internal
 */
final class EngineProtocol
{
    private const BY_CLASS = [
        'Workerman\Protocols\Http' => 'http',
        'Workerman\Protocols\Websocket' => 'websocket',
        'Workerman\Protocols\Ws' => 'websocket', // the engine knows which end a connection is
        'Workerman\Protocols\Text' => 'text',
        'Workerman\Protocols\Frame' => 'frame',
    ];

    /** @var array<class-string, string> answers so far; a class does not change once it is loaded */
    private static array $names = [];

    /**
     * Only our own classes are replaced by the engine. What an application puts in their place with class_alias(), and
     * what extends them, is called.
     *
     * @return string 'raw'|'http'|'websocket'|'text'|'frame'|'user'
     */
    public static function nameOf(?string $class): string
    {
        return $class === null ? 'raw' : self::$names[$class] ??= self::find($class);
    }

    private static function find(string $class): string
    {
        if (!\class_exists($class)) {
            return 'user';
        }
        $reflection = new ReflectionClass($class); // names the class behind an alias
        $name = self::BY_CLASS[$reflection->getName()] ?? 'user';
        $ours = \dirname((string)(new ReflectionClass(Worker::class))->getFileName()) . '/Protocols';

        return \dirname((string)$reflection->getFileName()) === $ours ? $name : 'user';
    }
}
