<?php

declare(strict_types=1);

namespace Tasks;

use Phalcon\Encryption\Security\JWT\Builder;
use Phalcon\Encryption\Security\JWT\Signer\Hmac;
use Phalcon\Encryption\Security\JWT\Token\Parser;
use Phalcon\Encryption\Security\JWT\Validator;
use Throwable;

/** Signed tokens (JWT, RFC 7519) that say who somebody is, for an hour. */
final class Tokens
{
    private const ISSUER = 'tasks';
    private const LIFETIME = 3600;

    public function __construct(#[\SensitiveParameter] private readonly string $secret)
    {
    }

    public function issue(string $user, string $role): string
    {
        $now = time();
        $builder = (new Builder(new Hmac('sha512')))
            ->setIssuer(self::ISSUER)
            ->setSubject($user)
            ->setIssuedAt($now)
            ->setExpirationTime($now + self::LIFETIME)
            ->setPassphrase($this->secret);
        $builder->addClaim('role', $role);

        return $builder->getToken()->getToken();
    }

    /** @return array{user: string, role: string}|null null: not from here, changed, or too old */
    public function read(string $token): ?array
    {
        try {
            $parsed = (new Parser())->parse($token);
            $validator = (new Validator($parsed))
                ->validateSignature(new Hmac('sha512'), $this->secret)
                ->validateIssuer(self::ISSUER)
                ->validateExpiration(time());
        } catch (Throwable) {
            return null; // no token at all
        }
        if (!$parsed->verify(new Hmac('sha512'), $this->secret) || $validator->getErrors() !== []) {
            return null;
        }
        $claims = $parsed->getClaims();

        return ['user' => (string) $claims->get('sub'), 'role' => (string) $claims->get('role')];
    }
}
