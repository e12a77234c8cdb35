<?php

// No strict types: what the application gives as values is converted, as by the extension.

namespace Phalcon\Encryption\Security\JWT\Token;

use Phalcon\Encryption\Security\JWT\Signer\SignerInterface;
use Phalcon\Encryption\Security\JWT\Validator;

/** A token; neither its signature nor its claims are known to be good before verify() and validate(). */
class Token
{
    private Item $claims;
    private Item $headers;
    private Signature $signature;

    public function __construct(Item $headers, Item $claims, Signature $signature)
    {
        $this->headers = $headers;
        $this->claims = $claims;
        $this->signature = $signature;
    }

    public function getClaims(): Item
    {
        return $this->claims;
    }

    public function getHeaders(): Item
    {
        return $this->headers;
    }

    public function getPayload(): string
    {
        return $this->headers->getEncoded() . '.' . $this->claims->getEncoded();
    }

    public function getSignature(): Signature
    {
        return $this->signature;
    }

    public function getToken(): string
    {
        return $this->getPayload() . '.' . $this->signature->getEncoded();
    }

    /** What is wrong with the claims: a list of messages. */
    public function validate(Validator $validator): array
    {
        $methods = [
            Enum::AUDIENCE => $validator->validateAudience(...),
            Enum::EXPIRATION_TIME => $validator->validateExpiration(...),
            Enum::ID => $validator->validateId(...),
            Enum::ISSUED_AT => $validator->validateIssuedAt(...),
            Enum::ISSUER => $validator->validateIssuer(...),
            Enum::NOT_BEFORE => $validator->validateNotBefore(...),
            Enum::SUBJECT => $validator->validateSubject(...),
        ];
        foreach ($methods as $claim => $method) {
            $value = $validator->get($claim);
            if ($value !== null) {
                $method($value);
            }
        }

        return $validator->getErrors();
    }

    /** Whether this signer, whose algorithm must be the header's, has signed the token with that key. */
    public function verify(SignerInterface $signer, #[\SensitiveParameter] string $key): bool
    {
        return $signer->getAlgHeader() === $this->headers->get(Enum::ALGO)
            && $signer->verify($this->signature->getHash(), $this->getPayload(), $key);
    }
}
