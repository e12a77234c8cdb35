<?php

declare(strict_types=1);

// A worker of FrankenPHP's.

$requests = 0;
while (
    frankenphp_handle_request(static function () use (&$requests): void {
        echo 'request ', ++$requests;
    })
) {
    gc_collect_cycles();
}
