<?php

declare(strict_types=1);

namespace Shop;

use Phalcon\Encryption\Security\JWT\Builder;
use Phalcon\Encryption\Security\JWT\Signer\Hmac;
use Phalcon\Encryption\Security\JWT\Token\Parser;
use Phalcon\Encryption\Security\JWT\Validator;
use Throwable;

/** Signed tokens (JWT, RFC 7519) for programs, for a quarter of an hour. */
final class Tokens
{
    public function __construct(private readonly Secret $secret)
    {
    }

    public function issue(string $name, string $role): string
    {
        $builder = (new Builder(new Hmac('sha512')))
            ->setIssuer('shop')->setAudience('shop-api')->setSubject($name)
            ->setIssuedAt(time())->setExpirationTime(time() + 900)
            ->setPassphrase($this->secret->reveal());
        $builder->addClaim('role', $role);

        return $builder->getToken()->getToken();
    }

    /** @return array{name: string, role: string}|null */
    public function read(string $token): ?array
    {
        // The algorithm is ours. What the token's own header says ("none", a weaker one) decides nothing.
        $signer = new Hmac('sha512');
        try {
            $parsed = (new Parser())->parse($token);
            $ours = $parsed->getHeaders()->get('alg') === $signer->getAlgHeader();
            if (!$ours || !$parsed->verify($signer, $this->secret->reveal())) {
                return null;
            }
            $validator = (new Validator($parsed))
                ->validateIssuer('shop')->validateAudience('shop-api')->validateExpiration(time());
        } catch (Throwable) {
            return null; // not a token
        }
        if ($validator->getErrors() !== []) {
            return null;
        }
        $claims = $parsed->getClaims();

        return ['name' => (string) $claims->get('sub'), 'role' => (string) $claims->get('role')];
    }
}
