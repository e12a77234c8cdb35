<?php

declare(strict_types=1);

// psr.php has the package psr/log.

use Phalanx\Log;
use Psr\Log\LoggerInterface;

require __DIR__ . '/psr.php';

function library(LoggerInterface $logger): void
{
    foreach (['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'info', 'debug'] as $level) {
        $logger->$level('hello {name}', ['name' => 'Ada']);
    }
    $logger->log('warning', 'hello {name}', ['name' => 'Ada']);
    try {
        $logger->log('loud', 'hello');
    } catch (Psr\Log\InvalidArgumentException $e) {
        echo 'refused: ', $e->getMessage(), "\n";
    }
}

$log = new Log('stdout', channel: 'lib');
ob_start();
library($log->psr());
$log->flush();
ob_end_flush();
