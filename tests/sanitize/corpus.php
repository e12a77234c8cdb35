<?php

/*
 * The fuzz targets' corpora are kept as text, an input in hexadecimal a line:
 *
 *     corpus.php unpack FILE FOLDER    makes a file of each
 *     corpus.php pack FOLDER FILE      the other way round
 */

declare(strict_types=1);

[, $what, $from, $to] = $argv;
if ($what === 'unpack') {
    foreach (file($from, FILE_IGNORE_NEW_LINES) as $line) {
        file_put_contents($to . '/' . substr(sha1($line), 0, 16), hex2bin($line));
    }
    exit;
}
$lines = array_map(static fn (string $file): string => bin2hex(file_get_contents($file)), glob("$from/*"));
sort($lines);
file_put_contents($to, implode("\n", array_unique($lines)) . "\n");
