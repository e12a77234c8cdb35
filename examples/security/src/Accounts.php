<?php

declare(strict_types=1);

namespace Shop;

use Phalanx\Password;
use Phalanx\RateLimiter;
use Phalanx\Sql\Database;
use SensitiveParameter;

/** Who somebody is. */
final class Accounts
{
    /** Of no password: what is computed for names that nobody has, so that the time tells nothing. */
    private const string NOBODY = '$2y$10$vb2UTcS/7WVcu/rR8xx6muwsvkJg83wknBGiUg0Xl3p/PRk5mVmRa';

    private readonly RateLimiter $perAddress;
    private readonly RateLimiter $perName;

    public function __construct(private readonly Database $database)
    {
        $this->perAddress = new RateLimiter('login.address', limit: 30, perSeconds: 60);
        $this->perName = new RateLimiter('login.name', limit: 5, perSeconds: 60);
    }

    public static function install(Database $database): void
    {
        $database->script(
            'CREATE TABLE IF NOT EXISTS account (name TEXT PRIMARY KEY, hash TEXT NOT NULL, role TEXT NOT NULL);'
            . 'CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, owner TEXT NOT NULL, text TEXT NOT NULL);',
        );
        $some = [['ada', 'correct horse', 'author'], ['root', 'battery staple', 'administrator']];
        foreach ($some as [$name, $password, $role]) {
            $database->execute(
                'INSERT OR IGNORE INTO account (name, hash, role) VALUES (?, ?, ?)',
                [$name, Password::hash($password, cost: 10), $role],
            );
        }
    }

    /**
     * @return array{name: string, role: string}|null null: wrong name or wrong password, which nobody learns
     * @throws Refusal 429 after too many tries
     */
    public function login(string $address, string $name, #[SensitiveParameter] string $password): ?array
    {
        foreach ([$this->perAddress->attempt($address), $this->perName->attempt(substr($name, 0, 64))] as $result) {
            if (!$result->allowed) {
                throw new Refusal(429, 'Too many tries', $result->headers());
            }
        }
        $row = $this->database->first('SELECT name, hash, role FROM account WHERE name = ?', [$name]);
        $right = strlen($password) <= 1024 && Password::verify($password, $row['hash'] ?? self::NOBODY);

        return $row !== null && $right ? ['name' => $row['name'], 'role' => $row['role']] : null;
    }
}
