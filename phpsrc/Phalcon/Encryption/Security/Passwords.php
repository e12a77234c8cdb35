<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security;

use Fiber;
use Phalanx\Password;
use Phalanx\Password\Algorithm;
use Phalanx\Password\PasswordException;

/**
 * PHP's password functions. In a Fiber of a worker the engine does their work meanwhile others run; the hashes are the
 * same. What the engine refuses, such as costs over its limits, PHP does itself.
 *
 * @internal
 */
final class Passwords
{
    /** @param array{cost?: int, memory_cost?: int, time_cost?: int, threads?: int} $options */
    public static function hash(#[\SensitiveParameter] string $password, string $algorithm, array $options): string
    {
        if ($algorithm !== PASSWORD_ARGON2I && self::canWait($password)) {
            try {
                return $algorithm === PASSWORD_BCRYPT
                    ? Password::hash($password, algorithm: Algorithm::Bcrypt, cost: (int) $options['cost'])
                    : Password::hash(
                        $password,
                        algorithm: Algorithm::Argon2id,
                        memoryCost: (int) $options['memory_cost'],
                        timeCost: (int) $options['time_cost'],
                        threads: (int) $options['threads'],
                    );
            } catch (PasswordException) {
                // PHP's own function says what is wrong, or does it.
            }
        }

        return password_hash($password, $algorithm, $options);
    }

    public static function verify(#[\SensitiveParameter] string $password, string $hash): bool
    {
        if ((str_starts_with($hash, '$2y$') || str_starts_with($hash, '$argon2')) && self::canWait($password)) {
            try {
                return Password::verify($password, $hash);
            } catch (PasswordException) {
                // As above.
            }
        }

        return password_verify($password, $hash);
    }

    /** NUL bytes are PHP's matter: its functions and the engine's do not agree on them. */
    private static function canWait(#[\SensitiveParameter] string $password): bool
    {
        return Fiber::getCurrent() !== null
            && class_exists(Password::class, false)
            && !str_contains($password, "\0");
    }
}
