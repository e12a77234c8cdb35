<?php

// No strict types: what the application gives as values is converted, as by the extension.

namespace Phalcon\Encryption\Security\JWT;

use Phalcon\Encryption\Security\JWT\Exceptions\InvalidAudienceType;
use Phalcon\Encryption\Security\JWT\Signer\SignerInterface;
use Phalcon\Encryption\Security\JWT\Token\Enum;
use Phalcon\Encryption\Security\JWT\Token\Token;
use Phalcon\Time\Clock\ClockInterface;

/** Checks the claims of a token, and keeps what is wrong with them. The signature is checked only when asked for. */
class Validator
{
    private array $claims;
    private array $errors = [];
    private int $timeShift;
    private Token $token;

    /** Times are compared with the clock's, or the system's, put on by that many seconds. */
    public function __construct(Token $token, int $timeShift = 0, ?ClockInterface $clock = null)
    {
        $now = $clock === null ? time() : $clock->now()->getTimestamp();
        $this->token = $token;
        $this->timeShift = $timeShift;
        $this->claims = [
            Enum::AUDIENCE => null,
            Enum::EXPIRATION_TIME => $now,
            Enum::ID => null,
            Enum::ISSUED_AT => $now,
            Enum::ISSUER => null,
            Enum::NOT_BEFORE => $now,
            Enum::SUBJECT => null,
        ];
    }

    public function getErrors(): array
    {
        return $this->errors;
    }

    public function get(string $claim): mixed
    {
        return $this->claims[$claim] ?? null;
    }

    /** What Token::validate() compares a claim with. */
    public function set(string $claim, $value): static
    {
        $this->claims[$claim] = $value;

        return $this;
    }

    public function setToken(Token $token): static
    {
        $this->token = $token;

        return $this;
    }

    public function validateClaim(string $name, $value): static
    {
        return $this->expect($value === $this->token->getClaims()->get($name), "incorrect $name");
    }

    /** Each of these must be among the token's audience. */
    public function validateAudience($audience): static
    {
        if (!is_string($audience) && !is_array($audience)) {
            throw new InvalidAudienceType();
        }
        $claimed = (array) $this->token->getClaims()->get(Enum::AUDIENCE, []);
        $known = array_map(strval(...), array_filter($claimed, self::isName(...)));
        foreach ((array) $audience as $item) {
            $this->expect(self::isName($item) && in_array((string) $item, $known, true), 'audience not allowed');
        }

        return $this;
    }

    public function validateExpiration(int $timestamp): static
    {
        $claims = $this->token->getClaims();
        $isPast = $claims->has(Enum::EXPIRATION_TIME)
            && $timestamp + $this->timeShift > (int) $claims->get(Enum::EXPIRATION_TIME);

        return $this->expect(!$isPast, 'the token has expired');
    }

    public function validateId(?string $id = null): static
    {
        return $this->expect($id === null || $id === $this->text(Enum::ID), 'incorrect Id');
    }

    public function validateIssuedAt(int $timestamp): static
    {
        return $this->expect($this->hasCome($timestamp, Enum::ISSUED_AT), 'the token cannot be used yet (future)');
    }

    public function validateIssuer(?string $issuer = null): static
    {
        return $this->expect($issuer === null || $issuer === $this->text(Enum::ISSUER), 'incorrect issuer');
    }

    public function validateNotBefore(int $timestamp): static
    {
        return $this->expect($this->hasCome($timestamp, Enum::NOT_BEFORE), 'the token cannot be used yet (not before)');
    }

    public function validateSignature(SignerInterface $signer, #[\SensitiveParameter] string $passphrase): static
    {
        $isSigned = $signer->verify($this->token->getSignature()->getHash(), $this->token->getPayload(), $passphrase);

        return $this->expect($isSigned, 'the signature does not match');
    }

    public function validateSubject(?string $subject = null): static
    {
        return $this->expect($subject === null || $subject === $this->text(Enum::SUBJECT), 'incorrect subject');
    }

    private function expect(bool $isGood, string $error): static
    {
        if (!$isGood) {
            $this->errors[] = "Validation: $error";
        }

        return $this;
    }

    private function hasCome(int $timestamp, string $claim): bool
    {
        return $timestamp + $this->timeShift >= (int) $this->token->getClaims()->get($claim);
    }

    /** Audiences are names; true, which is equal to every one of them, is none. */
    private static function isName(mixed $audience): bool
    {
        return is_string($audience) || is_int($audience);
    }

    private function text(string $claim): string
    {
        $value = $this->token->getClaims()->get($claim);

        return is_scalar($value) ? (string) $value : '';
    }
}
