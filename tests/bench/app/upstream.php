<?php

/**
 * Makes a Workerman checkout loadable: with its own vendor folder when `composer install` has been run there, else from
 * its sources, with a stand-in for the one class of workerman/coroutine that starting a worker needs.
 */

declare(strict_types=1);

$checkout = rtrim((string) getenv('BENCH_WORKERMAN'), '/');
if (is_file("$checkout/vendor/autoload.php")) {
    require "$checkout/vendor/autoload.php";
    return;
}

spl_autoload_register(static function (string $class) use ($checkout): void {
    if ($class === 'Workerman\Coroutine\Context') {
        $standIn = new class () {
            public static function destroy(): void
            {
            }
        };
        class_alias($standIn::class, $class);
    } elseif (str_starts_with($class, 'Workerman\\')) {
        $file = $checkout . '/src/' . strtr(substr($class, strlen('Workerman\\')), '\\', '/') . '.php';
        if (is_file($file)) {
            require $file;
        }
    }
});
