<?php

$resolveOnly = ['Phalanx\async(']; // SQLite has no notifications
$db = new Database('sqlite::memory:');
if (!function_exists('handle')) {
    function handle(mixed $message): void
    {
    }
}
