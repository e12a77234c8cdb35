<?php

/** Packs a folder: zip.php FOLDER FILE.zip TIME. The same files and time give the same bytes. */

declare(strict_types=1);

[, $folder, $file, $time] = $argv;
$names = [];
foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator($folder, FilesystemIterator::SKIP_DOTS)) as $entry) {
    $names[] = substr($entry->getPathname(), strlen($folder) + 1);
}
sort($names, SORT_STRING);
$zip = new ZipArchive();
$zip->open($file, ZipArchive::CREATE | ZipArchive::OVERWRITE) === true || throw new RuntimeException("$file cannot be written");
foreach ($names as $name) {
    $mode = is_executable("$folder/$name") ? 0100755 : 0100644;
    $zip->addFile("$folder/$name", $name)
        // The highest level takes three times as long for one percent.
        && $zip->setCompressionName($name, ZipArchive::CM_DEFLATE, 6)
        && $zip->setMtimeName($name, (int) $time)
        && $zip->setExternalAttributesName($name, ZipArchive::OPSYS_UNIX, $mode << 16)
        || throw new RuntimeException("$name cannot be packed");
}
$zip->close() || throw new RuntimeException("$file cannot be written");
