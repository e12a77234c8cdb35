<?php

$resolveOnly = ['$connection = new AsyncTcpConnection(']; // it would connect again and again
if (!function_exists('handle')) {
    function handle(mixed $message): void
    {
    }
}
