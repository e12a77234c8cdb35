<?php

// No strict types: what the application gives as values is converted, as by the extension.

namespace Phalcon\Encryption\Security\JWT;

use Phalcon\Encryption\Security\JWT\Exceptions\EmptyPassphrase;
use Phalcon\Encryption\Security\JWT\Exceptions\InvalidAudience;
use Phalcon\Encryption\Security\JWT\Exceptions\InvalidExpirationTime;
use Phalcon\Encryption\Security\JWT\Exceptions\InvalidNotBefore;
use Phalcon\Encryption\Security\JWT\Exceptions\WeakPassphrase;
use Phalcon\Encryption\Security\JWT\Signer\SignerInterface;
use Phalcon\Encryption\Security\JWT\Token\Enum;
use Phalcon\Encryption\Security\JWT\Token\Item;
use Phalcon\Encryption\Security\JWT\Token\Signature;
use Phalcon\Encryption\Security\JWT\Token\Token;
use Phalcon\Support\Collection;
use Phalcon\Support\Helper\Json\Encode;
use Phalcon\Traits\Php\Base64Trait;

/** Makes tokens: RFC 7519. */
class Builder
{
    use Base64Trait;

    private Collection $claims;
    private Encode $encode;
    private Collection $jose;
    private string $passphrase = '';
    private SignerInterface $signer;

    public function __construct(SignerInterface $signer)
    {
        $this->init();
        $this->signer = $signer;
        $this->encode = new Encode();
        $this->jose->set(Enum::ALGO, $signer->getAlgHeader());
    }

    public function addClaim(string $name, $value): static
    {
        $this->claims->set($name, $value);

        return $this;
    }

    public function addHeader(string $name, $value): static
    {
        $this->jose->set($name, $value);

        return $this;
    }

    public function getAudience()
    {
        return $this->claims->get(Enum::AUDIENCE, []);
    }

    public function getClaims(): array
    {
        return $this->claims->toArray();
    }

    public function getContentType(): ?string
    {
        return $this->jose->get(Enum::CONTENT_TYPE, null, 'string');
    }

    public function getExpirationTime(): ?int
    {
        return $this->claims->get(Enum::EXPIRATION_TIME, null, 'int');
    }

    public function getHeaders(): array
    {
        return $this->jose->toArray();
    }

    public function getId(): ?string
    {
        return $this->claims->get(Enum::ID, null, 'string');
    }

    public function getIssuedAt(): ?int
    {
        return $this->claims->get(Enum::ISSUED_AT, null, 'int');
    }

    public function getIssuer(): ?string
    {
        return $this->claims->get(Enum::ISSUER, null, 'string');
    }

    public function getNotBefore(): ?int
    {
        return $this->claims->get(Enum::NOT_BEFORE, null, 'int');
    }

    public function getPassphrase(): string
    {
        return $this->passphrase;
    }

    public function getSubject(): ?string
    {
        return $this->claims->get(Enum::SUBJECT, null, 'string');
    }

    public function getToken(): Token
    {
        if (!$this->passphrase) {
            throw new EmptyPassphrase();
        }
        $claims = new Item($this->getClaims(), $this->doEncodeUrl(($this->encode)($this->getClaims())));
        $headers = new Item($this->getHeaders(), $this->doEncodeUrl(($this->encode)($this->getHeaders())));
        $hash = $this->signer->sign($headers->getEncoded() . '.' . $claims->getEncoded(), $this->passphrase);

        return new Token($headers, $claims, new Signature($hash, $this->doEncodeUrl($hash)));
    }

    /** Begins anew, with the header's algorithm "none" and without a passphrase. */
    public function init(): static
    {
        $this->passphrase = '';
        $this->claims = new Collection();
        $this->jose = new Collection([Enum::TYPE => 'JWT', Enum::ALGO => 'none']);

        return $this;
    }

    public function setAudience($audience): static
    {
        if (!is_string($audience) && !is_array($audience)) {
            throw new InvalidAudience();
        }

        return $this->setClaim(Enum::AUDIENCE, (array) $audience);
    }

    public function setContentType(string $contentType): static
    {
        $this->jose->set(Enum::CONTENT_TYPE, $contentType);

        return $this;
    }

    /** In seconds since 1970, and not past. */
    public function setExpirationTime(int $timestamp): static
    {
        return $timestamp < time()
            ? throw new InvalidExpirationTime()
            : $this->setClaim(Enum::EXPIRATION_TIME, $timestamp);
    }

    public function setId(string $jwtId): static
    {
        return $this->setClaim(Enum::ID, $jwtId);
    }

    public function setIssuedAt(int $timestamp): static
    {
        return $this->setClaim(Enum::ISSUED_AT, $timestamp);
    }

    public function setIssuer(string $issuer): static
    {
        return $this->setClaim(Enum::ISSUER, $issuer);
    }

    /** In seconds since 1970, and not in the future. */
    public function setNotBefore(int $timestamp): static
    {
        return $timestamp > time() ? throw new InvalidNotBefore() : $this->setClaim(Enum::NOT_BEFORE, $timestamp);
    }

    /** At least 16 characters, among them a capital and a small letter, a digit, and a sign. */
    public function setPassphrase(#[\SensitiveParameter] string $passphrase): static
    {
        if (preg_match('/^(?=.*[A-Z])(?=.*[a-z])(?=.*\d)(?=.*[\W_]).{16,}$/', $passphrase) !== 1) {
            throw new WeakPassphrase();
        }
        $this->passphrase = $passphrase;

        return $this;
    }

    public function setSubject(string $subject): static
    {
        return $this->setClaim(Enum::SUBJECT, $subject);
    }

    protected function setClaim(string $name, $value): Builder
    {
        $this->claims->set($name, $value);

        return $this;
    }
}
