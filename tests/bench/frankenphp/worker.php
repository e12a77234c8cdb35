<?php

/** The benchmark's FrankenPHP worker: the same text, by way of the usual PHP functions. */

declare(strict_types=1);

$handler = static function (): void {
    header('Content-Type: text/html;charset=utf-8');
    header('Content-Length: 13');
    echo 'Hello, World!';
};

while (frankenphp_handle_request($handler)) {
    // Garbage is left to PHP's own collector, as in the other servers.
}
