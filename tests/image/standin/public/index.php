<?php

declare(strict_types=1);

// The page of the stand-in: what runs it.

header('Content-Type: text/plain');
echo json_encode([
    'sapi' => PHP_SAPI,
    'ini' => php_ini_scanned_files() !== false && str_contains(php_ini_scanned_files(), '/etc/'),
    'phalanx' => extension_loaded('phalanx'),
    'opcache' => function_exists('opcache_get_status'),
]);
