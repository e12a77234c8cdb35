<?php

declare(strict_types=1);

namespace Demo;

use PDO;
use RuntimeException;

/** The SQLite file that the workers share. */
final class Database
{
    public static function open(string $file): PDO
    {
        $pdo = new PDO('sqlite:' . $file, options: [
            PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
            PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC,
            PDO::ATTR_TIMEOUT => 5, // seconds to wait for another worker's write
        ]);
        // With a write-ahead log, readers and the one writer do not wait for each other. Changing to it
        // needs the file alone, and SQLite does not wait for that: so one worker at a time.
        $lock = fopen($file . '.lock', 'c') ?: throw new RuntimeException("Cannot write beside $file");
        flock($lock, LOCK_EX);
        $pdo->exec('PRAGMA journal_mode = WAL');
        $pdo->exec('PRAGMA synchronous = NORMAL');
        $pdo->exec(<<<'SQL'
            CREATE TABLE IF NOT EXISTS note (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                author TEXT NOT NULL,
                text TEXT NOT NULL,
                created INTEGER NOT NULL
            );
            CREATE TABLE IF NOT EXISTS figures (
                worker TEXT PRIMARY KEY,
                process INTEGER NOT NULL,
                resident INTEGER NOT NULL,
                memory INTEGER NOT NULL,
                connections INTEGER NOT NULL,
                requests INTEGER NOT NULL,
                rate REAL NOT NULL,
                reported REAL NOT NULL
            );
            SQL);
        fclose($lock);

        return $pdo;
    }
}
