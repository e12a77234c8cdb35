<?php

declare(strict_types=1);

/*
 * Loads the classes of this folder for scripts that run without Composer, and an application's own protocols
 * (`namespace Protocols;`) from the folder "Protocols" beside its start script. Composer's autoloader, registered in
 * front of this one, wins. Where the C extension phalcon is loaded, Phalcon's classes are its own and no others.
 */
spl_autoload_register((static function (): Closure {
    $isExtension = extension_loaded('phalcon') && (new ReflectionExtension('phalcon'))->getClassNames() !== [];

    return static function (string $class) use ($isExtension): void {
        $file = match (strstr($class, '\\', true)) {
            'Workerman', 'Phalanx' => __DIR__,
            'Phalcon' => $isExtension ? null : __DIR__,
            'Protocols' => dirname($_SERVER['SCRIPT_FILENAME'] ?? ''),
            default => null,
        };
        if ($file !== null && is_file($file .= '/' . strtr($class, '\\', '/') . '.php')) {
            require $file;
        }
    };
})());
