<?php

declare(strict_types=1);

require __DIR__ . '/../../phpsrc/autoload.php';

spl_autoload_register(static function (string $class): void {
    $file = __DIR__ . '/' . strtr(substr($class, strlen('Phalanx\\Tests\\')), '\\', '/') . '.php';
    if (str_starts_with($class, 'Phalanx\\Tests\\') && is_file($file)) {
        require $file;
    }
});
